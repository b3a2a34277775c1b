import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { everyScope } from '../open-tenant.ts'
import { activation, pim, post, requests, scopes, weakToken } from '../pim/kit.ts'
import { appToken, callGraph, instancesOf, keysIn, membersOf, oidOf, personToken } from './kit.ts'

const tenant = await startTenant({ permitted: { delegated: everyScope } })
afterEach(() => tenant.reset())
afterAll(() => tenant.close())

const { access } = tenant.groups
const everything = Object.values(scopes).join(' ')
const ada = () => personToken(tenant, 'ada', `${everything} User.Read User.ReadBasic.All GroupMember.Read.All`)
const policyFilter = `$filter=${encodeURIComponent(`scopeId eq '${access}' and scopeType eq 'Group'`)}`
const policyAssignments = `/policies/roleManagementPolicyAssignments?${policyFilter}`
const policies = `/policies/roleManagementPolicies?${policyFilter}`
const get = async (path: string, token?: string) => callGraph(tenant, path, { token: token ?? (await ada()) })

/** Addresses of every kind, with what may be named in a $select there. */
const addresses: [path: string, name: string][] = [
  [instancesOf(tenant), 'endDateTime'],
  [`${pim}/assignmentSchedules/filterByCurrentUser(on='principal')?x=1`, 'scheduleInfo'],
  [`${requests}/filterByCurrentUser(on='principal')?x=1`, 'ticketInfo'],
  [`${pim}/eligibilityScheduleInstances/filterByCurrentUser(on='principal')?x=1`, 'eligibilityScheduleId'],
  [`${pim}/assignmentApprovals/filterByCurrentUser(on='approver')?x=1`, 'id'],
  [policyAssignments, 'policyId'],
  [policies, 'isOrganizationDefault'],
  [`${membersOf(tenant)}?x=1`, 'userPrincipalName'],
  ['/me?x=1', 'jobTitle'],
  [`/groups/${access}?x=1`, 'displayName'],
]

describe.each(addresses)('%s', (path, name) => {
  test('refuses an option that Graph does not have', async () => {
    for (const option of ['$limit=1', '$selct=id', '$=1']) {
      const { status, body } = await get(`${path}&${option}`)
      expect([status, body.error?.code]).toEqual([400, 'BadRequest'])
    }
  })

  test('refuses a name that its objects do not have, and takes one that they have, in any case', async () => {
    for (const each of ['nonsense', `${name},nonsense`, `${name}s`])
      expect((await get(`${path}&$select=${each}`)).status).toBe(400)
    for (const each of [name, name.toUpperCase(), `id, ${name}`, '*'])
      expect((await get(`${path}&$select=${each}`)).status).toBe(200)
    expect((await get(`${path}&$expand=nonsense`)).status).toBe(400)
  })

  test('refuses an option that comes twice', async () => {
    expect((await get(`${path}&$select=${name}&$select=${name}`)).status).toBe(400)
  })

  test('passes over what has no dollar', async () => {
    expect((await get(`${path}&limit=1&select=nonsense`)).status).toBe(200)
  })
})

test.each([
  ['$expand=principal($select=displayName),group($select=id;$expand=owners)', 200],
  ['$expand=activatedUsing($select=id)', 200],
  ['$expand=principal($select=nonsense)', 400],
  ['$expand=principal($limit=1)', 400],
  ['$expand=principal,nonsense($select=id)', 400],
])('an instance asked for with %s is answered with %i', async (query, status) => {
  expect((await get(`${instancesOf(tenant)}&${query}`)).status).toBe(status)
})

test('one object takes no options of lists, and subscriptions take none', async () => {
  for (const path of ['/me?$top=1', '/me?$filter=id eq 1', '/me?$count=true', `/groups/${access}?$orderby=displayName`])
    expect((await get(path)).status).toBe(400)
  const token = await appToken(tenant, ['Group.Read.All'])
  for (const option of ['$select=id', '$top=1', "$filter=resource eq 'x'"])
    expect((await get(`/subscriptions?${option}`, token)).status).toBe(400)
  expect((await get('/subscriptions', token)).status).toBe(200)
})

test('a token that is not good is said before what was asked wrongly', async () => {
  expect((await callGraph(tenant, '/me?$limit=1', { token: 'x' })).status).toBe(401)
})

describe('a property that Graph does not have is refused', () => {
  const wish = () => activation(tenant, 'ben') as Record<string, unknown>
  test.each<[string, () => object]>([
    ['in a request', () => ({ ...wish(), reason: 'x' })],
    ['in its schedule', () => ({ ...wish(), scheduleInfo: { ...(wish().scheduleInfo as object), until: 'x' } })],
    ['in its length', () => ({ ...wish(), scheduleInfo: { expiration: { type: 'afterDuration', minutes: 5 } } })],
    ['in its ticket', () => ({ ...wish(), ticketInfo: { number: '1' } })],
  ])('%s', async (_where, body) => {
    const before = tenant.requests.length
    const { status, body: reply } = await post(tenant, await weakToken(tenant, 'ben'), body())
    expect([status, reply.error.code]).toEqual([400, 'BadRequest'])
    expect(tenant.requests).toHaveLength(before)
  })

  test('in a question about groups', async () => {
    const ask = async (body: object) =>
      (await callGraph(tenant, '/me/checkMemberGroups', { token: await ada(), method: 'POST', body })).status
    expect(await ask({ groupIds: [access], securityEnabledOnly: true })).toBe(400)
    expect(await ask({ groupIds: [access] })).toBe(200)
  })

  test('in a subscription', async () => {
    const token = await appToken(tenant, ['Group.Read.All'])
    const body = { changeType: 'updated', resource: `groups/${access}/members`, url: 'http://localhost/' }
    expect((await callGraph(tenant, '/subscriptions', { token, method: 'POST', body })).body.error.code).toBe(
      'BadRequest',
    )
  })

  test('in a rule, also one of another kind of rule, and an annotation is none', async () => {
    const [{ id }] = (await get(policies)).body.value
    const path = `/policies/roleManagementPolicies/${id}/rules/Expiration_EndUser_Assignment`
    const { '@odata.context': _, ...rule } = (await get(path)).body
    const patch = async (more: object) =>
      (await callGraph(tenant, path, { token: await ada(), method: 'PATCH', body: { ...rule, ...more } })).status
    expect(await patch({ longest: 'PT1H' })).toBe(400)
    expect(await patch({ enabledRules: [] })).toBe(400)
    expect(await patch({ target: { ...rule.target, who: 'x' } })).toBe(400)
    expect(await patch({ 'maximumDuration@odata.type': '#Duration' })).toBe(204)
  })

  test('in a decision', async () => {
    tenant.setPolicy({ context: false, approval: { approvers: ['lena'] } })
    const { id } = (await post(tenant, await weakToken(tenant, 'ben'), activation(tenant, 'ben'))).body
    const decide = async (body: object) =>
      callGraph(tenant, `${pim}/assignmentApprovals/${id}/stages/${id}`, {
        token: await weakToken(tenant, 'lena'),
        method: 'PATCH',
        body,
      })
    expect((await decide({ reviewResult: 'Approve', comment: 'fine' })).status).toBe(400)
    expect((await decide({ reviewResult: 'Approve', justification: 'fine' })).status).toBe(204)
  })
})

describe('what PIM lists of the group', () => {
  test('is read by its members too, and no longer once they are none', async () => {
    const token = await personToken(tenant, 'alice', scopes.readAssignments)
    const { body } = await get(instancesOf(tenant), token)
    expect(keysIn(tenant, body.value)).toContain('ada')
    const row = body.value.find(({ principalId }: { principalId: string }) => principalId === oidOf(tenant, 'mona'))
    expect((await get(`${pim}/assignmentScheduleInstances/${row.id}`, token)).status).toBe(200)
    tenant.end('alice')
    expect((await get(instancesOf(tenant), token)).status).toBe(403)
  })

  test('can take the permission to write, where it is what was asked', async () => {
    const [reading, writing] = [scopes.readAssignments, scopes.assignments]
    const own = `${requests}/filterByCurrentUser(on='principal')`
    const status = async (scope: string, path = own) =>
      (await get(path, await personToken(tenant, 'ben', scope))).status
    expect(await status(reading)).toBe(200)
    tenant.set({ requestReaders: 'writers' })
    expect([await status(reading), await status(writing)]).toEqual([403, 200])
    expect(await status(reading, own.replace('ScheduleRequests', 'Schedules'))).toBe(200)
    expect(await status(scopes.readEligibility, own.replace('assignment', 'eligibility'))).toBe(403)
  })
})

test('the rules of a policy, one rule and one policy assignment have addresses of their own', async () => {
  const [assignment] = (await get(policyAssignments)).body.value
  const one = await get(`/policies/roleManagementPolicyAssignments/${assignment.id}?$expand=policy($expand=rules)`)
  expect(one.body).toMatchObject({ id: assignment.id, roleDefinitionId: 'member', scopeId: access })
  expect(one.body.policy.rules).toHaveLength(17)
  const path = `/policies/roleManagementPolicies/${assignment.policyId}/rules`
  const { value } = (await get(path)).body
  expect(value).toEqual(one.body.policy.rules)
  expect((await get(`${path}/Expiration_EndUser_Assignment`)).body).toMatchObject({ maximumDuration: 'PT8H' })
  for (const unknown of [
    `${path}/Nonsense`,
    `${path.replace('Group_', 'Grou_')}`,
    `${policyAssignments}`.replace('?', '/x?'),
  ])
    expect([400, 404]).toContain((await get(unknown)).status)
  const reader = await personToken(tenant, 'ben', scopes.readPolicies)
  expect((await get(path, reader)).status).toBe(200)
  expect((await get(path, await personToken(tenant, 'ben', scopes.readAssignments))).status).toBe(403)
})

test('one stage of an approval is read by either name, by whoever may read the approval', async () => {
  tenant.setPolicy({ context: false, approval: { approvers: ['lena'] } })
  const { id } = (await post(tenant, await weakToken(tenant, 'ben'), activation(tenant, 'ben'))).body
  const stage = async (segment: string, key: string, stageId = id) =>
    get(`${pim}/assignmentApprovals/${id}/${segment}/${stageId}`, await weakToken(tenant, key))
  for (const segment of ['stages', 'steps'])
    expect((await stage(segment, 'lena')).body).toMatchObject({ id, assignedToMe: true, reviewResult: 'NotReviewed' })
  expect((await stage('stages', 'ben')).body).toMatchObject({ assignedToMe: false })
  expect((await stage('stages', 'oskar')).status).toBe(403)
  expect((await stage('stages', 'lena', access)).status).toBe(404)
})

test.each(['beta', 'v2.0', ''])('Graph says that it has no version %j here', async version => {
  const { status, headers, body } = await get(`${tenant.origin}/graph/${version}/me`)
  expect([status, body.error.code]).toEqual([400, 'BadRequest'])
  expect(headers.get('request-id')).toBe(body.error.innerError['request-id'])
})
