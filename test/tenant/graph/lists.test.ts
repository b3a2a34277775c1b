import { describe, expect, test } from 'vitest'
import { openTenant } from '../open-tenant.ts'
import { appToken, callGraph, instancesOf, keysIn, membersOf, oidOf, personToken } from './kit.ts'

const { tenant, forward } = await openTenant()
const { access, administrators, staff } = tenant.groups
const pim = '/identityGovernance/privilegedAccess/group/assignmentScheduleInstances'
const scopeOfPim = 'PrivilegedAssignmentSchedule.Read.AzureADGroup'
const filtered = (filter: string) => `${pim}?$filter=${encodeURIComponent(filter)}`

async function listed(path: string, token?: string) {
  const { status, body } = await callGraph(tenant, path, { token: token ?? (await appToken(tenant)) })
  expect(status).toBe(200)
  return body
}

describe('the instances', () => {
  test('tell who is in the group, since when, until when and how', async () => {
    const { value, ...envelope } = await listed(instancesOf(tenant))
    expect(envelope).toEqual({
      '@odata.context': `${tenant.graphBase}/$metadata#identityGovernance/privilegedAccess/group/assignmentScheduleInstances`,
    })
    const alice = value.find(({ principalId }: { principalId: string }) => principalId === oidOf(tenant, 'alice'))
    expect(alice).toEqual({
      id: expect.stringMatching(`^${access}_member_[0-9a-f-]{36}$`),
      principalId: oidOf(tenant, 'alice'),
      accessId: 'member',
      groupId: access,
      assignmentType: 'activated',
      memberType: 'direct',
      assignmentScheduleId: alice.id,
      startDateTime: '2026-03-01T12:00:00.000Z',
      endDateTime: '2026-03-02T20:00:00.000Z',
    })
  })

  test('hold owners as well, and people without an end', async () => {
    const { value } = await listed(instancesOf(tenant))
    expect(keysIn(tenant, value)).toEqual(['ada', 'alice', 'mona', 'ada'])
    expect(value[0]).toMatchObject({ accessId: 'owner', endDateTime: null })
    expect(value[2]).toMatchObject({ accessId: 'member', assignmentType: 'assigned', endDateTime: null })
  })

  test('are gone at the second they end', async () => {
    tenant.assign('ben', { minutes: 30, reason: 'quarterly report', how: 'activated' })
    const ofBen = filtered(`groupId eq '${access}' and principalId eq '${oidOf(tenant, 'ben')}'`)
    forward({ minutes: 29, seconds: 59 })
    const { value } = await listed(ofBen)
    expect(value).toMatchObject([{ assignmentType: 'activated' }])
    expect((await listed(`${pim}/${value[0].id}`)).id).toBe(value[0].id)
    forward({ seconds: 1 })
    expect((await listed(ofBen)).value).toEqual([])
  })

  test.each([
    ["principalId eq 'ALICE'", 1],
    ["groupId eq 'GROUP' and accessId eq 'Owner'", 1],
    ["groupId eq 'GROUP' and assignmentType eq 'assigned' and accessId eq 'member'", 2],
    ["groupId eq '00000000-0000-4000-8000-000000000000'", 0],
  ])('narrow down by %s', async (filter, count) => {
    const exact = filter.replace('ALICE', oidOf(tenant, 'alice')).replace('GROUP', access.toUpperCase())
    expect((await listed(filtered(exact))).value).toHaveLength(count)
  })

  test.each([pim, filtered("accessId eq 'member'"), filtered("groupId ne 'x'"), filtered("nonsense eq 'x'")])(
    '%s is refused: the filter on a group or a person is a must',
    async path => {
      expect((await callGraph(tenant, path, { token: await appToken(tenant) })).status).toBe(400)
    },
  )

  test('can be written with capitals, and with fewer members', async () => {
    tenant.set({ graphEnumCase: 'pascal' })
    const { value } = await listed(`${instancesOf(tenant)}&$select=accessId,memberType`)
    expect(value[1]).toEqual({ accessId: 'Member', memberType: 'Direct' })
  })

  test.each([
    ['the app with the permission', 200, () => appToken(tenant, [scopeOfPim])],
    ['the app without it', 403, () => appToken(tenant, ['GroupMember.Read.All'])],
    ['an administrator with the scope', 200, () => personToken(tenant, 'ada', scopeOfPim)],
    ['an administrator without it', 403, () => personToken(tenant, 'ada', 'User.Read')],
    ['somebody else with the scope', 403, () => personToken(tenant, 'ben', scopeOfPim)],
  ] as const)('to %s they answer %d', async (_who, status, token) => {
    expect((await callGraph(tenant, instancesOf(tenant), { token: await token() })).status).toBe(status)
  })

  test('of one’s own may be read by everybody with the scope, and not by the app', async () => {
    const own = `${pim}/filterByCurrentUser(on='principal')`
    expect(keysIn(tenant, (await listed(own, await personToken(tenant, 'alice', scopeOfPim))).value)).toEqual(['alice'])
    expect((await callGraph(tenant, own, { token: await appToken(tenant) })).status).toBe(400)
  })
})

describe('the members', () => {
  test('are the people in the group, with no more than the caller may read', async () => {
    expect((await listed(membersOf(tenant))).value).toContainEqual({
      '@odata.type': '#microsoft.graph.user',
      id: oidOf(tenant, 'alice'),
    })
    const token = await appToken(tenant, ['GroupMember.Read.All', 'User.Read.All'])
    tenant.disable('alice')
    const { value } = await listed(`${membersOf(tenant)}?$select=id,displayName,accountEnabled`, token)
    expect(value).toContainEqual({
      '@odata.type': '#microsoft.graph.user',
      id: oidOf(tenant, 'alice'),
      displayName: 'Alice Lindqvist',
      accountEnabled: false,
    })
  })

  test('list a group in the group as a group; transitively its people too', async () => {
    tenant.set({ nestedMembers: ['oskar'] })
    const direct = (await listed(membersOf(tenant))).value
    expect(direct[0]).toMatchObject({ '@odata.type': '#microsoft.graph.group' })
    expect(keysIn(tenant, direct)).not.toContain('oskar')
    const all = await listed(`/groups/${access}/transitiveMembers`)
    expect(keysIn(tenant, all.value)).toContain('oskar')
    expect(keysIn(tenant, (await listed(`/groups/${direct[0].id}/members`)).value)).toEqual(['oskar'])
  })

  test('of other groups are known too, and of unknown groups not', async () => {
    expect(keysIn(tenant, (await listed(`/groups/${administrators}/members`)).value)).toEqual(['ada'])
    expect((await listed(`/groups/${staff}/members`)).value).toHaveLength(5)
    const unknown = '/groups/00000000-0000-4000-8000-000000000000/members'
    const { status, body } = await callGraph(tenant, unknown, { token: await appToken(tenant) })
    expect([status, body.error.code]).toEqual([404, 'Request_ResourceNotFound'])
  })

  test.each([
    [['GroupMember.Read.All'], 200],
    [['GroupMember.ReadBasic.All'], 200],
    [[scopeOfPim, 'User.Read.All'], 403],
  ])('to the app with %j they answer %d', async (permissions, status) => {
    const token = await appToken(tenant, permissions)
    expect((await callGraph(tenant, membersOf(tenant), { token })).status).toBe(status)
  })
})
