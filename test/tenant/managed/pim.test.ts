import { describe, expect, test } from 'vitest'
import type { ManagedGroup } from '../../../infra/tenant/directory/managed.ts'
import { callGraph, keysIn } from '../graph/kit.ts'
import { openTenant } from '../open-tenant.ts'
import { activation, deactivation, pim, post, refusalIn, requests, scopes, strongToken, weakToken } from '../pim/kit.ts'

const { tenant } = await openTenant()
const { managedGroups } = tenant
const wish = { minutes: 30, reason: 'night shift' }
const filtered = (path: string, filter: string) => `${path}?$filter=${encodeURIComponent(filter)}`
const get = async (path: string, token: string) => callGraph(tenant, path, { token })
const inOperators = { groupId: managedGroups.operators }
const last = () => tenant.requests.at(-1)

type Rule = { id: string } & Record<string, unknown>

async function policyOf(group: ManagedGroup) {
  const filter = `scopeId eq '${managedGroups[group]}' and scopeType eq 'Group' and roleDefinitionId eq 'member'`
  const path = `${filtered('/policies/roleManagementPolicyAssignments', filter)}&$expand=policy($expand=rules)`
  const { body } = await get(path, await weakToken(tenant, 'ben', scopes.readPolicies))
  expect(body.value).toHaveLength(1)
  const { policy, ...assignment } = body.value[0]
  return { ...assignment, rule: (id: string) => policy.rules.find((rule: Rule) => rule.id === id) }
}

describe('the policy of a group', () => {
  test('is found by the id of the group', async () => {
    const { scopeId, policyId } = await policyOf('operators')
    expect([scopeId, policyId]).toEqual([
      managedGroups.operators,
      expect.stringMatching(`^Group_${managedGroups.operators}_`),
    ])
  })

  test('is set without a change at another group', async () => {
    tenant.setPolicy({ group: 'operators', maxMinutes: 60, context: 'c2', approval: { approvers: ['lena'] } })
    const [operators, members] = [await policyOf('operators'), await policyOf('members')]
    const facts = ({ rule }: typeof members) => [
      rule('Expiration_EndUser_Assignment').maximumDuration,
      rule('AuthenticationContext_EndUser_Assignment').claimValue,
      rule('Approval_EndUser_Assignment').setting.isApprovalRequired,
    ]
    expect(facts(operators)).toEqual(['PT1H', 'c2', true])
    expect(facts(members)).toEqual(['PT8H', 'c1', false])
  })

  test('keeps its id when the policy of another group gets a new one', async () => {
    tenant.setPolicy({ maxMinutes: 60 })
    const { policyId } = await policyOf('operators')
    tenant.setPolicy({ maxMinutes: 90, group: 'auditors' })
    expect((await policyOf('operators')).policyId).toBe(policyId)
  })

  test('is changed through Graph, for this group alone', async () => {
    const { policyId, rule } = await policyOf('operators')
    const present = rule('Expiration_EndUser_Assignment')
    const path = `/policies/roleManagementPolicies/${policyId}/rules/${present.id}`
    const body = { ...present, maximumDuration: 'PT1H' }
    const token = await weakToken(tenant, 'ada')
    expect((await callGraph(tenant, path, { token, method: 'PATCH', body })).status).toBe(204)
    expect((await policyOf('operators')).rule(present.id).maximumDuration).toBe('PT1H')
    expect((await policyOf('members')).rule(present.id).maximumDuration).toBe('PT8H')
  })
})

describe('turning on access to a group', () => {
  test('needs eligibility for this very group', async () => {
    const token = await strongToken(tenant, 'ben')
    const refusal = refusalIn(await post(tenant, token, activation(tenant, 'ben', inOperators)))
    expect(refusal).toMatchObject({ code: 'RoleAssignmentRequestPolicyValidationFailed' })
    tenant.makeEligible('ben', { group: 'operators' })
    const { status, body } = await post(tenant, token, activation(tenant, 'ben', inOperators))
    expect([status, body.groupId, body.status]).toEqual([201, managedGroups.operators, 'Provisioned'])
  })

  test('needs the authentication context of this group’s policy', async () => {
    tenant.makeEligible('ben', { group: 'operators' })
    tenant.set({ contextsWithPolicy: ['c1', 'c2'] })
    tenant.setPolicy({ group: 'operators', context: 'c2' })
    const ask = (token: string) => post(tenant, token, activation(tenant, 'ben', inOperators))
    const refusal = refusalIn(await ask(await strongToken(tenant, 'ben', 'c1')))
    expect([refusal.code, decodeURIComponent(refusal.message)]).toEqual([
      'RoleAssignmentRequestAcrsValidationFailed',
      expect.stringContaining('"c2"'),
    ])
    expect((await ask(await strongToken(tenant, 'ben', 'c2'))).status).toBe(201)
  })

  test('is not hindered by access to another group, nor by a request for another group that waits', async () => {
    tenant.makeEligible('alice', { group: 'operators' })
    tenant.makeEligible('alice', { group: 'auditors' })
    tenant.setPolicy({ group: 'auditors', approval: { approvers: ['lena'] } })
    tenant.activate('alice', { ...wish, group: 'auditors' })
    const token = await strongToken(tenant, 'alice')
    expect((await post(tenant, token, activation(tenant, 'alice', inOperators))).body.status).toBe('Provisioned')
  })

  test('and turning it off leaves access to the other group on', async () => {
    tenant.makeEligible('alice', { group: 'operators' })
    tenant.assign('alice', { ...wish, group: 'operators', how: 'activated' })
    const body = { ...deactivation(tenant, 'alice'), groupId: managedGroups.members }
    expect((await post(tenant, await weakToken(tenant, 'alice'), body)).body.status).toBe('Revoked')
    const { value } = (
      await get(
        `${requests.replace('Requests', 'Instances')}/filterByCurrentUser(on='principal')`,
        await weakToken(tenant, 'alice'),
      )
    ).body
    expect(value.map(({ groupId }: { groupId: string }) => groupId)).toEqual([managedGroups.operators])
  })

  test('needs a group that exists', async () => {
    const body = activation(tenant, 'ben', { groupId: '00000000-0000-4000-8000-000000000000' })
    expect((await post(tenant, await strongToken(tenant, 'ben'), body)).status).toBe(404)
  })
})

describe('an eligibility for one group', () => {
  test('ends without an end at another group', () => {
    tenant.makeEligible('ben', { group: 'operators' })
    tenant.endEligibility('ben', { group: 'operators' })
    expect(() => tenant.activate('ben', { ...wish, group: 'operators' })).toThrow('not eligible')
    expect(tenant.activate('ben', wish).status).toBe('Provisioned')
  })

  test('is listed with its group, beside those for other groups', async () => {
    tenant.makeEligible('ben', { group: 'operators' })
    const own = `${pim}/eligibilityScheduleInstances/filterByCurrentUser(on='principal')`
    const groupsIn = async (path: string) =>
      (await get(path, await weakToken(tenant, 'ben'))).body.value.map(({ groupId }: { groupId: string }) => groupId)
    expect(await groupsIn(own)).toEqual([managedGroups.members, managedGroups.operators])
    expect(await groupsIn(filtered(own, `groupId eq '${managedGroups.operators}'`))).toEqual([managedGroups.operators])
  })
})

describe('a request for one group', () => {
  test('is decided on by the approvers of this group alone', () => {
    tenant.makeEligible('ben', { group: 'operators' })
    tenant.setPolicy({ group: 'operators', approval: { approvers: ['oskar'] } })
    const { id } = tenant.activate('ben', { ...wish, group: 'operators' })
    expect(() => tenant.approve(id, 'lena', 'fine')).toThrow('not an approver')
    tenant.approve(id, 'oskar', 'fine')
    expect(last()).toMatchObject({ group: 'operators', status: 'Provisioned', decision: { by: 'oskar' } })
  })

  test('is listed to the approver with its group, and approved through Graph', async () => {
    tenant.makeEligible('ben', { group: 'operators' })
    tenant.setPolicy({ group: 'operators', approval: { approvers: ['lena'] } })
    tenant.activate('ben', { ...wish, group: 'operators' })
    const token = await weakToken(tenant, 'lena')
    const path = filtered(`${requests}/filterByCurrentUser(on='approver')`, "status eq 'PendingApproval'")
    const [{ id, groupId }] = (await get(path, token)).body.value
    expect(groupId).toBe(managedGroups.operators)
    const stage = `${pim}/assignmentApprovals/${id}/stages/${id}`
    const body = { reviewResult: 'Approve', justification: 'fine' }
    expect((await callGraph(tenant, stage, { token, method: 'PATCH', body })).status).toBe(204)
    expect(last()).toMatchObject({ status: 'Provisioned', decision: { by: 'lena' } })
  })

  test('asks the approvers by a mail that names the group', () => {
    tenant.makeEligible('ben', { group: 'operators' })
    tenant.setPolicy({ group: 'operators', approval: { approvers: ['lena'] } })
    tenant.activate('ben', { ...wish, group: 'operators' })
    expect(tenant.mails).toMatchObject([
      { to: 'lena@contoso.example', subject: 'Ben Okafor asks to turn on access to the group Payments operators' },
    ])
  })

  test('can be called off', async () => {
    tenant.makeEligible('ben', { group: 'operators' })
    tenant.setPolicy({ group: 'operators', approval: { approvers: ['lena'] } })
    const { id } = tenant.activate('ben', { ...wish, group: 'operators' })
    const token = await weakToken(tenant, 'ben')
    expect((await callGraph(tenant, `${requests}/${id}/cancel`, { token, method: 'POST' })).status).toBe(204)
    expect(last()?.status).toBe('Canceled')
  })
})

describe('the lists of a group', () => {
  const instances = (group: ManagedGroup) =>
    filtered(`${pim}/assignmentScheduleInstances`, `groupId eq '${managedGroups[group]}'`)

  test('are for the members of this group, not for those of another', async () => {
    const token = await weakToken(tenant, 'alice', scopes.readAssignments)
    const statuses = [
      (await get(instances('members'), token)).status,
      (await get(instances('operators'), token)).status,
    ]
    expect(statuses).toEqual([200, 403])
  })

  test('are not for the owners of the access group, when it is another group', async () => {
    tenant.set({ owners: ['oskar'] })
    const token = await weakToken(tenant, 'oskar', scopes.readAssignments)
    const statuses = [
      (await get(instances('members'), token)).status,
      (await get(instances('operators'), token)).status,
    ]
    expect(statuses).toEqual([200, 403])
  })

  test('name the group when it is expanded', async () => {
    const token = await weakToken(tenant, 'ada', `${scopes.readAssignments} GroupMember.Read.All`)
    const { body } = await get(`${instances('administrators')}&$expand=group`, token)
    expect(keysIn(tenant, body.value)).toEqual(['ada'])
    expect(body.value[0].group).toMatchObject({
      id: managedGroups.administrators,
      displayName: 'Access administrators',
    })
  })

  test('show one assignment of an administrator by the app', async () => {
    const token = await weakToken(tenant, 'ada')
    const body = {
      ...activation(tenant, 'oskar', inOperators),
      action: 'adminAssign',
      scheduleInfo: { expiration: { type: 'afterDuration', duration: 'PT1H' } },
    }
    expect((await post(tenant, token, body)).status).toBe(201)
    expect(keysIn(tenant, (await get(instances('operators'), token)).body.value)).toEqual(['oskar'])
  })
})
