import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { appToken, callGraph, oidOf } from '../graph/kit.ts'
import { everyScope } from '../open-tenant.ts'
import { refusalIn, scopes, weakToken } from './kit.ts'

const tenant = await startTenant({ permitted: { delegated: everyScope } })
afterEach(() => tenant.reset())
afterAll(() => tenant.close())
const { access } = tenant.groups
const filter = (role: string) =>
  encodeURIComponent(`scopeId eq '${access}' and scopeType eq 'Group' and roleDefinitionId eq '${role}'`)
const assignments = (role = 'member') =>
  `/policies/roleManagementPolicyAssignments?$filter=${filter(role)}&$expand=policy($expand=rules)`
const readers = () => weakToken(tenant, 'ben', scopes.readPolicies)

type Rule = { id: string; '@odata.type': string } & Record<string, unknown>

async function assignment(role?: string) {
  const { status, body } = await callGraph(tenant, assignments(role), { token: await readers() })
  expect(status).toBe(200)
  return body.value[0]
}

async function rules(role?: string): Promise<Rule[]> {
  return (await assignment(role)).policy.rules
}

const rule = async (id: string, role?: string) => (await rules(role)).find(each => each.id === id) as Rule

async function patch(id: string, change: object, { key = 'ada', role = 'member' } = {}) {
  const { policyId } = await assignment(role)
  const present = await rule(id, role)
  const token = await weakToken(tenant, key)
  const path = `/policies/roleManagementPolicies/${policyId}/rules/${id}`
  return callGraph(tenant, path, { token, method: 'PATCH', body: { ...present, ...change } })
}

const enablement = 'Enablement_EndUser_Assignment'
const context = 'AuthenticationContext_EndUser_Assignment'
const mfa = { enabledRules: ['MultiFactorAuthentication'] }

describe('the policy of members', () => {
  test('is found by its scope, with 17 rules', async () => {
    const { policy, ...found } = await assignment()
    expect(found).toEqual({
      id: `${found.policyId}_member`,
      policyId: expect.stringMatching(`^Group_${access}_[0-9a-f-]{36}$`),
      scopeId: access,
      scopeType: 'Group',
      roleDefinitionId: 'member',
    })
    expect(policy).toMatchObject({ id: found.policyId, lastModifiedDateTime: expect.any(String) })
    expect(new Set(policy.rules.map(({ id }: Rule) => id)).size).toBe(17)
  })

  test.each([
    ['Expiration_EndUser_Assignment', { isExpirationRequired: true, maximumDuration: 'PT8H' }],
    ['Expiration_Admin_Assignment', { maximumDuration: 'P180D' }],
    ['Expiration_Admin_Eligibility', { maximumDuration: 'P365D' }],
    [enablement, { enabledRules: ['Justification'] }],
    ['Enablement_Admin_Eligibility', { enabledRules: [] }],
    [context, { isEnabled: true, claimValue: 'c1' }],
    ['Notification_Approver_EndUser_Assignment', { recipientType: 'Approver', notificationType: 'Email' }],
  ])('begins with %s', async (id, facts) => {
    const [kind, ...where] = id.split('_')
    expect(await rule(id)).toMatchObject({
      '@odata.type': `#microsoft.graph.unifiedRoleManagementPolicy${kind}Rule`,
      target: { caller: where.at(-2), level: where.at(-1), operations: ['All'] },
      ...facts,
    })
  })

  test('has approvers at the ready though approval is off', async () => {
    expect(await rule('Approval_EndUser_Assignment')).toMatchObject({
      setting: {
        isApprovalRequired: false,
        approvalStages: [
          {
            primaryApprovers: [
              { '@odata.type': '#microsoft.graph.singleUser', userId: oidOf(tenant, 'lena'), description: null },
              { userId: oidOf(tenant, 'ada') },
            ],
          },
        ],
      },
    })
  })

  test('spells approvers with an id of their own, if told to', async () => {
    tenant.set({ approverSpelling: 'id' })
    const { setting } = (await rule('Approval_EndUser_Assignment')) as unknown as {
      setting: { approvalStages: { primaryApprovers: object[] }[] }
    }
    const [first] = setting.approvalStages[0]?.primaryApprovers ?? []
    expect(first).toMatchObject({ id: oidOf(tenant, 'lena'), isBackup: false })
    expect(first).not.toHaveProperty('userId')
  })

  test('is not the policy of owners', async () => {
    expect(await rule(context, 'owner')).toMatchObject({ isEnabled: false, claimValue: '' })
    await patch('Expiration_EndUser_Assignment', { maximumDuration: 'PT1H' }, { role: 'owner' })
    expect(await rule('Expiration_EndUser_Assignment')).toMatchObject({ maximumDuration: 'PT8H' })
  })
})

describe('policies are listed', () => {
  test.each([
    ['', 400],
    [`?$filter=${encodeURIComponent(`scopeId eq '${access}'`)}`, 400],
    [`?$filter=${encodeURIComponent(`scopeId eq '${access}' and scopeType eq 'Group'`)}`, 200],
  ])('with %s: %d', async (query, status) => {
    const token = await readers()
    for (const list of ['roleManagementPolicies', 'roleManagementPolicyAssignments'])
      expect((await callGraph(tenant, `/policies/${list}${query}`, { token })).status).toBe(status)
  })

  test('by themselves as well, without saying whose they are', async () => {
    const both = encodeURIComponent(`scopeId eq '${access}' and scopeType eq 'Group'`)
    const { body } = await callGraph(tenant, `/policies/roleManagementPolicies?$filter=${both}&$expand=rules`, {
      token: await readers(),
    })
    expect(body.value.map((policy: { rules: Rule[] }) => policy.rules.length)).toEqual([17, 17])
    expect(body.value[0]).not.toHaveProperty('roleDefinitionId')
  })
})

describe('the id of a policy', () => {
  test('changes at the first write and not at the second; the old one is unknown then', async () => {
    const ids = [(await assignment()).policyId]
    for (const maximumDuration of ['PT4H', 'PT2H']) {
      expect((await patch('Expiration_EndUser_Assignment', { maximumDuration })).status).toBe(204)
      ids.push((await assignment()).policyId)
    }
    expect(ids[1]).not.toBe(ids[0])
    expect(ids[2]).toBe(ids[1])
    const token = await readers()
    expect((await callGraph(tenant, `/policies/roleManagementPolicies/${ids[0]}`, { token })).status).toBe(404)
    expect((await callGraph(tenant, `/policies/roleManagementPolicies/${ids[1]}`, { token })).status).toBe(200)
  })

  test('can change whenever it is listed, the one listed last being good', async () => {
    tenant.set({ policyIdsChange: true })
    const [first, second] = [(await assignment()).policyId, (await assignment()).policyId]
    const token = await readers()
    const statuses = []
    for (const id of [first, second])
      statuses.push((await callGraph(tenant, `/policies/roleManagementPolicies/${id}`, { token })).status)
    expect(statuses).toEqual([404, 200])
  })
})

describe('a write', () => {
  test.each([
    ['without its type', { '@odata.type': undefined }, 'InvalidPolicyRule'],
    ['without its id', { id: undefined }, 'InvalidPolicyRule'],
    ['without its target', { target: undefined }, 'InvalidPolicyRule'],
    ['with a rule that is none', { enabledRules: ['Password'] }, 'InvalidPolicyRule'],
    ['of MFA beside a context', mfa, 'MfaAndAcrsConflict'],
  ])('%s is refused', async (_what, change, code) => {
    expect(refusalIn(await patch(enablement, change))).toMatchObject({ status: 400, code })
  })

  test('of a context beside MFA is taken, whatever the context', async () => {
    await patch(context, { isEnabled: false, claimValue: '' })
    expect((await patch(enablement, mfa)).status).toBe(204)
    expect((await patch(context, { isEnabled: true, claimValue: 'c98' })).status).toBe(204)
    expect(await rule(enablement)).toMatchObject(mfa)
    expect(await rule(context)).toMatchObject({ claimValue: 'c98' })
  })

  test('of several rules at once answers with the policy, without its rules', async () => {
    const { policyId } = await assignment()
    const longest = { ...(await rule('Expiration_EndUser_Assignment')), maximumDuration: 'PT3H' }
    const path = `/policies/roleManagementPolicies/${policyId}`
    const call = { token: await weakToken(tenant, 'ada'), method: 'PATCH', body: { rules: [longest] } }
    const { status, body } = await callGraph(tenant, path, call)
    expect([status, 'rules' in body]).toEqual([200, false])
    expect(await rule('Expiration_EndUser_Assignment')).toMatchObject({ maximumDuration: 'PT3H' })
  })

  test('is for administrators', async () => {
    expect((await patch(enablement, { enabledRules: [] }, { key: 'ben' })).status).toBe(403)
  })
})

test.each([
  ['somebody with the scope', 'everyone', () => readers(), 200],
  ['somebody without it', 'everyone', () => weakToken(tenant, 'ben', scopes.assignments), 403],
  ['the app with the permission', 'administrators', () => appToken(tenant, [scopes.readPolicies]), 200],
  ['the app without it', 'everyone', () => appToken(tenant), 403],
  ['somebody, where only administrators may', 'administrators', () => readers(), 403],
  ['an administrator', 'administrators', () => weakToken(tenant, 'ada', scopes.readPolicies), 200],
] as const)('%s reads policies', async (_who, policyReaders, token, status) => {
  tenant.set({ policyReaders })
  expect((await callGraph(tenant, assignments(), { token: await token() })).status).toBe(status)
})

test('a wish is written into the rules', async () => {
  tenant.setPolicy({
    maxMinutes: 90,
    reason: false,
    ticket: true,
    context: false,
    approval: { approvers: ['ada'], groups: [tenant.groups.staff] },
  })
  expect(await rule('Expiration_EndUser_Assignment')).toMatchObject({ maximumDuration: 'PT1H30M' })
  expect(await rule(enablement)).toMatchObject({ enabledRules: ['Ticketing'] })
  expect(await rule(context)).toMatchObject({ isEnabled: false, claimValue: '' })
  expect(await rule('Approval_EndUser_Assignment')).toMatchObject({
    setting: {
      isApprovalRequired: true,
      approvalStages: [{ primaryApprovers: [{}, { groupId: tenant.groups.staff }] }],
    },
  })
  tenant.setPolicy({ approval: false })
  expect(await rule('Approval_EndUser_Assignment')).toMatchObject({
    setting: { isApprovalRequired: false, approvalStages: [{ primaryApprovers: [{}, {}] }] },
  })
})
