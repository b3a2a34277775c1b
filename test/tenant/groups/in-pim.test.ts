import { describe, expect, test } from 'vitest'
import { filter, nothing, operatorOf } from '../applications/kit.ts'
import { oidOf } from '../graph/kit.ts'
import { openTenant } from '../open-tenant.ts'
import { pim, refusalIn } from '../pim/kit.ts'
import { claimsIn, refresh, tokensOf } from '../sign-in/browser.ts'

const { tenant, forward } = await openTenant()
const operator = operatorOf(tenant)
const { get, post, patch } = operator

async function made(more: object = {}): Promise<string> {
  const wish = {
    displayName: 'Payments approvers',
    mailEnabled: false,
    mailNickname: 'approvers',
    securityEnabled: true,
  }
  return (await post('/groups', { ...wish, ...more })).body.id
}

const assignments = (id: string, role = 'member') =>
  get(
    `/policies/roleManagementPolicyAssignments${filter(`scopeId eq '${id}' and scopeType eq 'Group' and roleDefinitionId eq '${role}'`)}&$expand=policy($expand=rules)`,
  )
const policyOf = async (id: string) => (await assignments(id)).body.value[0].policy
const ruleOf = async (id: string, rule: string) =>
  (await policyOf(id)).rules.find((each: { id: string }) => each.id === rule)
async function patchRule(id: string, name: string, change: object, by = operator) {
  const [{ id: policy }, rule] = [await policyOf(id), await ruleOf(id, name)]
  return by.patch(`/policies/roleManagementPolicies/${policy}/rules/${name}`, { ...rule, ...change })
}

const wish = (groupId: string, more: object = {}) => ({
  accessId: 'member',
  groupId,
  principalId: oidOf(tenant, 'ben'),
  action: 'adminAssign',
  justification: 'Works with payments',
  scheduleInfo: { startDateTime: null, expiration: { type: 'afterDuration', duration: 'PT2H' } },
  ...more,
})
const makeEligible = (id: string, more?: object) => post(`${pim}/eligibilityScheduleRequests`, wish(id, more))
const assign = (id: string, more?: object) => post(`${pim}/assignmentScheduleRequests`, wish(id, more))
const listed = async (list: string, id: string) =>
  (await get(`${pim}/${list}${filter(`groupId eq '${id}'`)}`)).body.value
const managed = async () => ((await (await fetch(`${tenant.origin}/control`)).json()) as Control).managed
type Control = { managed: Record<string, { name: string }> }

const longest = 'Expiration_EndUser_Assignment'
const approval = 'Approval_EndUser_Assignment'
const mails = 'Notification_Admin_EndUser_Assignment'

describe('a group that was just made', () => {
  test('has two policies of 17 rules that nobody has changed, and no context on activation', async () => {
    const id = await made()
    const { rules, lastModifiedDateTime } = await policyOf(id)
    expect([rules.length, lastModifiedDateTime]).toEqual([17, null])
    expect((await assignments(id, 'owner')).body.value).toHaveLength(1)
    expect(await ruleOf(id, 'AuthenticationContext_EndUser_Assignment')).toMatchObject({ isEnabled: false })
  })

  test('is not managed by PIM until somebody is made eligible, which changes the id of its policy', async () => {
    const id = await made()
    const before = await policyOf(id)
    expect(await managed()).not.toHaveProperty(id)
    expect((await makeEligible(id)).body).toMatchObject({ status: 'Provisioned', groupId: id })
    expect((await managed())[id]).toMatchObject({ name: 'Payments approvers' })
    expect((await policyOf(id)).id).not.toBe(before.id)
  })

  test('comes under PIM by the first write of a rule as well, and not by a request that only asks', async () => {
    const id = await made()
    const before = await policyOf(id)
    expect((await makeEligible(id, { isValidationOnly: true })).status).toBe(201)
    expect((await policyOf(id)).id).toBe(before.id)
    expect((await patchRule(id, longest, { maximumDuration: 'PT4H' })).status).toBe(204)
    const after = await policyOf(id)
    expect(after.id).not.toBe(before.id)
    expect(after.lastModifiedDateTime).toEqual(expect.any(String))
    expect(await managed()).toHaveProperty([id])
  })

  test('is unknown to PIM for as long as the directory lags', async () => {
    tenant.set({ directoryLagSeconds: 10 })
    const id = await made()
    expect(refusalIn(await assignments(id))).toMatchObject({ status: 404, code: 'ResourceNotFound' })
    expect(refusalIn(await makeEligible(id))).toMatchObject({ status: 404, code: 'ResourceNotFound' })
    forward({ seconds: 10 })
    expect((await makeEligible(id)).status).toBe(201)
  })
})

test('reads of rules, plans and members lag with the directory, and writes do not', async () => {
  const id = await made()
  tenant.set({ directoryLagSeconds: 10 })
  forward({ seconds: 10 })
  await patchRule(id, longest, { maximumDuration: 'PT4H' })
  await makeEligible(id)
  await assign(id, { principalId: oidOf(tenant, 'oskar') })
  const seen = async () => [
    (await ruleOf(id, longest)).maximumDuration,
    (await listed('eligibilitySchedules', id)).length,
    (await listed('eligibilityScheduleInstances', id)).length,
    (await listed('eligibilityScheduleRequests', id)).length,
    (await listed('assignmentSchedules', id)).length,
    (await listed('assignmentScheduleInstances', id)).length,
    (await get(`/groups/${id}/members`)).body.value.length,
  ]
  expect(await seen()).toEqual(['PT8H', 0, 0, 0, 0, 0, 0])
  expect(refusalIn(await makeEligible(id))).toMatchObject({ code: 'RoleAssignmentExists' })
  forward({ seconds: 10 })
  expect(await seen()).toEqual(['PT4H', 1, 1, 1, 1, 1, 1])
})

test('a plan without an end takes a rule that allows it, and one with a date keeps the date', async () => {
  const id = await made()
  const expiration = { type: 'noExpiration' }
  expect(refusalIn(await makeEligible(id, { scheduleInfo: { expiration } })).message).toContain('ExpirationRule')
  await patchRule(id, 'Expiration_Admin_Eligibility', { isExpirationRequired: false })
  expect((await makeEligible(id, { scheduleInfo: { expiration } })).body.status).toBe('Provisioned')
  const until = '2026-04-01T00:00:00.000Z'
  await assign(id, { scheduleInfo: { expiration: { type: 'afterDateTime', endDateTime: until } } })
  expect(await listed('eligibilityScheduleInstances', id)).toMatchObject([{ endDateTime: null }])
  expect(await listed('assignmentScheduleInstances', id)).toMatchObject([{ endDateTime: until }])
})

describe('somebody who is assigned to a made group', () => {
  test('is in it for tokens, members and checks, until the end', async () => {
    const id = await made()
    tenant.set({ groupMembershipClaims: 'SecurityGroup' })
    const signedIn = await tokensOf(tenant, 'ben')
    await assign(id)
    const checked = async () =>
      (await post(`/users/${oidOf(tenant, 'ben')}/checkMemberGroups`, { groupIds: [id] })).body.value
    const memberIds = async () => (await get(`/groups/${id}/members`)).body.value.map((row: { id: string }) => row.id)
    expect(claimsIn(await refresh(tenant, signedIn)).groups).toContain(id)
    expect([await checked(), await memberIds()]).toEqual([[id], [oidOf(tenant, 'ben')]])
    forward({ minutes: 120 })
    expect(claimsIn(await refresh(tenant, signedIn)).groups).not.toContain(id)
    expect([await checked(), await memberIds()]).toEqual([[], []])
  })

  test('is in the groups that contain it, but only for checks that follow groups', async () => {
    const [inner, outer] = [await made(), await made()]
    await post(`/groups/${outer}/members/$ref`, { '@odata.id': `${tenant.graphBase}/groups/${inner}` })
    await assign(inner)
    const groupIds = [outer]
    const checked = await post(`/users/${oidOf(tenant, 'ben')}/checkMemberGroups`, { groupIds })
    expect(checked.body.value).toEqual([outer])
    const ids = async (list: string) =>
      (await get(`/groups/${outer}/${list}`)).body.value.map((row: { id: string }) => row.id)
    expect(await ids('members')).toEqual([inner])
    expect(await ids('transitiveMembers')).toEqual([inner, oidOf(tenant, 'ben')])
  })
})

describe('acts of the control surface', () => {
  test('take the object id of a group in place of a key', async () => {
    const id = await made()
    tenant.setPolicy({ group: id.toUpperCase(), maxMinutes: 60 })
    tenant.makeEligible('ben', { group: id })
    tenant.activate('ben', { group: id, minutes: 30, reason: 'night shift' })
    expect(tenant.requests.at(-1)).toMatchObject({ group: id, action: 'selfActivate', status: 'Provisioned' })
    expect(await ruleOf(id, longest)).toMatchObject({ maximumDuration: 'PT1H' })
    expect(tenant.mails.at(-1)?.subject).toBe('Ben Okafor turned on access to the group Payments approvers')
  })

  test('take the object id of a group with a key for the key', () => {
    tenant.makeEligible('ben', { group: tenant.groups.operators })
    expect(tenant.requests.at(-1)).toMatchObject({ group: 'operators', key: 'ben' })
  })

  test('refuse the id of no group', () => {
    expect(() => tenant.makeEligible('ben', { group: nothing })).toThrow(`there is no group '${nothing}'`)
  })

  test('are offered for the group on the page of the administrator', async () => {
    const id = await made()
    await makeEligible(id)
    const page = await (await fetch(`${tenant.origin}/pim?group=${id}`)).text()
    expect(page).toContain('People and the group Payments approvers')
    const body = new URLSearchParams({ group: id, person: 'oskar', minutes: '30', reason: 'night shift' })
    const { headers } = await fetch(`${tenant.origin}/pim/assign`, { method: 'POST', body, redirect: 'manual' })
    expect(headers.get('location')).toBe(`/pim?group=${id}`)
    expect(await listed('assignmentScheduleInstances', id)).toHaveLength(1)
  })
})

describe('PIM refuses', () => {
  test.each([
    ['dynamic', { groupTypes: ['DynamicMembership'], membershipRule: 'user.department -eq "Payments"' }],
    ['synchronised', { onPremisesSyncEnabled: true }],
  ])('a %s group', async (_what, change) => {
    const id = await made()
    const row = tenant.groupObjects.rows.now(id)
    if (row) tenant.groupObjects.rows.put({ ...row, ...change })
    const refusals = [await assignments(id), await makeEligible(id)].map(refusalIn)
    expect(refusals.map(({ status, code }) => [status, code])).toEqual([
      [400, 'ResourceTypeNotSupported'],
      [400, 'ResourceTypeNotSupported'],
    ])
  })

  test('a group in a restricted unit, unless it is told to take it', async () => {
    const id = await made()
    const units = '/directory/administrativeUnits'
    const unit = (await post(units, { displayName: 'Restricted', isMemberManagementRestricted: true })).body.id
    await post(`${units}/${unit}/members/$ref`, { '@odata.id': `${tenant.graphBase}/groups/${id}` })
    expect([(await makeEligible(id)).status, (await patchRule(id, longest, {})).status]).toEqual([403, 403])
    tenant.set({ pimInRestrictedUnits: 'accepted' })
    expect((await makeEligible(id)).status).toBe(201)
  })

  test.each([
    ['an approver of no kind', approval, { primaryApprovers: [{ userId: nothing }] }],
    ['an approver without an id', approval, { primaryApprovers: [{ '@odata.type': '#microsoft.graph.singleUser' }] }],
    [
      'an approver under another name',
      approval,
      {
        primaryApprovers: [{ '@odata.type': '#microsoft.graph.singleUser', id: nothing }],
      },
    ],
  ])('%s', async (_what, name, stage) => {
    const id = await made()
    const setting = { ...(await ruleOf(id, name)).setting, approvalStages: [stage] }
    expect((await patchRule(id, name, { setting })).status).toBe(400)
  })

  test('recipients of mails that are no list', async () => {
    const id = await made()
    expect((await patchRule(id, mails, { notificationRecipients: 'a@contoso.example' })).status).toBe(400)
    expect((await patchRule(id, mails, { notificationRecipients: ['a@contoso.example'] })).status).toBe(204)
    expect(await ruleOf(id, mails)).toMatchObject({ notificationRecipients: ['a@contoso.example'] })
  })
})

describe('in PIM a made group is managed', () => {
  const by = (person: string) => operatorOf(tenant, { person })
  const status = async (person: string, id: string) =>
    (await by(person).post(`${pim}/eligibilityScheduleRequests`, wish(id))).status

  test('by its owners, and by nobody else without a role', async () => {
    const id = await made({ 'owners@odata.bind': [`${tenant.graphBase}/users/${oidOf(tenant, 'lena')}`] })
    expect([await status('oskar', id), await status('lena', id)]).toEqual([403, 201])
    expect((await patchRule(id, longest, {}, by('oskar'))).status).toBe(403)
    expect((await patchRule(id, longest, {}, by('lena'))).status).toBe(204)
  })

  test('by Groups Administrators, unless roles can be assigned to it', async () => {
    tenant.set({ groupsAdministrators: ['oskar'] })
    expect(await status('oskar', await made())).toBe(201)
    expect(await status('oskar', await made({ isAssignableToRole: true }))).toBe(403)
  })

  test('by the app with the permission', async () => {
    const app = operatorOf(tenant, {
      application: true,
      permissions: ['PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup'],
    })
    expect((await app.post(`${pim}/eligibilityScheduleRequests`, wish(await made()))).status).toBe(201)
  })
})

test('a reset forgets the groups that were made, and what PIM knew of them', async () => {
  const id = await made()
  await assign(id)
  tenant.reset()
  expect((await get(`/groups/${id}`)).status).toBe(404)
  expect((await assignments(id)).status).toBe(404)
  expect(await managed()).not.toHaveProperty(id)
  expect((await patch(`/groups/${id}`, { description: 'gone' })).status).toBe(404)
})
