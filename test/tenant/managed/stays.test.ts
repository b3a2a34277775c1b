import { describe, expect, test } from 'vitest'
import { type ManagedGroup, managedKeys } from '../../../infra/tenant/directory/managed.ts'
import { startTenant } from '../../../infra/tenant/start.ts'
import { appToken, callGraph, instancesOf, keysIn, membersOf, personToken } from '../graph/kit.ts'
import { openTenant } from '../open-tenant.ts'
import { claimsIn, openBrowser, refresh, tokensOf } from '../sign-in/browser.ts'

const { tenant, forward } = await openTenant()
const { members, operators, administrators, auditors } = tenant.managedGroups
const wish = { minutes: 30, reason: 'night shift' }
const others = managedKeys.filter(group => group !== 'members')

const listed = async (path: string) => (await callGraph(tenant, path, { token: await appToken(tenant) })).body.value
const instanceOf = async (key: string, group: ManagedGroup) =>
  (await listed(instancesOf(tenant, group))).find((row: { id: string }) => keysIn(tenant, [row])[0] === key)
const groupsOf = async (key: string) => claimsIn(await tokensOf(tenant, key)).groups

/** The groups whose list of members, and whose list of instances, names the person. */
async function listedIn(key: string) {
  const found: Record<'members' | 'instances', ManagedGroup[]> = { members: [], instances: [] }
  for (const group of managedKeys) {
    if (keysIn(tenant, await listed(membersOf(tenant, group))).includes(key)) found.members.push(group)
    if (await instanceOf(key, group)) found.instances.push(group)
  }
  return found
}

test('the access group is the managed group that acts are about when they name none', () => {
  expect(members).toBe(tenant.groups.access)
  tenant.assign('oskar', wish)
  expect(tenant.requests.at(-1)).toMatchObject({ group: 'members', key: 'oskar' })
})

describe.each(others)('a stay in %s', group => {
  test('is in the lists of this group alone', async () => {
    tenant.assign('oskar', { ...wish, group })
    expect(await listedIn('oskar')).toEqual({ members: [group], instances: [group] })
  })

  test('is in the token until it ends', async () => {
    tenant.assign('oskar', { ...wish, group })
    const first = await tokensOf(tenant, 'oskar')
    expect(claimsIn(first).groups).toEqual([tenant.managedGroups[group]])
    forward({ minutes: 30 })
    expect(claimsIn(await refresh(tenant, first))).not.toHaveProperty('groups')
  })

  test('shows its group and its end as an instance', async () => {
    tenant.assign('oskar', { ...wish, group, how: 'activated' })
    expect(await instanceOf('oskar', group)).toMatchObject({
      id: expect.stringMatching(`^${tenant.managedGroups[group]}_member_`),
      groupId: tenant.managedGroups[group],
      assignmentType: 'activated',
      endDateTime: '2026-03-02T12:30:00.000Z',
    })
  })

  test('lets the person in where assignment is required', async () => {
    tenant.set({ assignmentRequired: true })
    expect((await openBrowser(tenant).signIn('oskar')).text).toContain('AADSTS50105')
    tenant.assign('oskar', { ...wish, group })
    expect((await tokensOf(tenant, 'oskar')).status).toBe(200)
  })
})

test('the token of somebody in all managed groups lists them all', async () => {
  for (const group of managedKeys) tenant.assign('ben', { ...wish, group })
  expect(new Set(await groupsOf('ben'))).toEqual(new Set(Object.values(tenant.managedGroups)))
})

test('one check answers for all managed groups that were asked about', async () => {
  tenant.assign('alice', { ...wish, group: 'auditors' })
  const token = await personToken(tenant, 'alice', 'User.Read GroupMember.Read.All')
  const body = { groupIds: [operators, auditors, administrators, members] }
  const answer = await callGraph(tenant, '/me/checkMemberGroups', { token, method: 'POST', body })
  expect([answer.body.value, tenant.calls.graph.check]).toEqual([[auditors, members], 1])
})

test('stays of one person in two groups end each at its own time', async () => {
  tenant.assign('ben', { ...wish, minutes: 10 })
  tenant.assign('ben', { ...wish, minutes: 20, group: 'operators' })
  forward({ minutes: 10 })
  expect(await groupsOf('ben')).toEqual([operators])
  forward({ minutes: 10 })
  expect(await groupsOf('ben')).toBeUndefined()
})

test('Ada’s place among the administrators is a permanent assignment', async () => {
  expect(await listed(instancesOf(tenant, 'administrators'))).toMatchObject([
    { principalId: tenant.people.find(({ key }) => key === 'ada')?.oid, assignmentType: 'assigned', endDateTime: null },
  ])
})

test('Ada’s place among the administrators can be ended, and she keeps her access', async () => {
  tenant.end('ada', 'other duties', { group: 'administrators' })
  expect(await groupsOf('ada')).toEqual([members])
})

describe('in one group alone', () => {
  test('an end is moved away', async () => {
    tenant.assign('alice', { ...wish, group: 'operators' })
    tenant.extend('alice', { ...wish, group: 'operators' })
    const ends = [await instanceOf('alice', 'operators'), await instanceOf('alice', 'members')]
    expect(ends.map(({ endDateTime }) => endDateTime)).toEqual(['2026-03-02T13:00:00.000Z', '2026-03-02T20:00:00.000Z'])
  })

  test('somebody is ended, and stays in the other group', async () => {
    tenant.assign('alice', { ...wish, group: 'operators' })
    tenant.end('alice', 'done', { group: 'operators' })
    expect(await groupsOf('alice')).toEqual([members])
  })

  test('somebody is added past PIM, and removed', async () => {
    tenant.addDirectly('oskar', { group: 'auditors' })
    expect(await listedIn('oskar')).toEqual({ members: ['auditors'], instances: [] })
    tenant.removeDirectly('oskar', { group: 'auditors' })
    expect(await listedIn('oskar')).toEqual({ members: [], instances: [] })
  })

  test('lists and tokens lag, while those of the other groups do not', async () => {
    tenant.set({ rosterLagSeconds: 10, membersLagSeconds: 10, tokenLagSeconds: 10, laggingGroup: 'operators' })
    tenant.assign('ben', wish)
    tenant.assign('ben', { ...wish, group: 'operators' })
    expect(await listedIn('ben')).toEqual({ members: ['members'], instances: ['members'] })
    expect(await groupsOf('ben')).toEqual([members])
    forward({ seconds: 10 })
    expect(await listedIn('ben')).toEqual({ members: ['members', 'operators'], instances: ['members', 'operators'] })
  })
})

test.each([
  [() => tenant.end('ben', 'done', { group: 'operators' }), 'not in the group Payments operators through PIM'],
  [() => tenant.removeDirectly('alice', { group: 'operators' }), 'not in the group Payments operators'],
  [
    () => tenant.extend('ada', { ...wish, group: 'administrators' }),
    'in the group Access administrators without an end',
  ],
])('an act that cannot be done says which group it is about', (act, message) => {
  expect(act).toThrow(message)
})

test('a mail says which group it is about', () => {
  tenant.assign('ben', { ...wish, group: 'operators' })
  expect(tenant.mails[0]).toMatchObject({ subject: 'Ben Okafor was assigned to the group Payments operators' })
})

test('a reset puts every managed group back', async () => {
  tenant.assign('ben', { ...wish, group: 'operators' })
  tenant.end('ada', 'other duties', { group: 'administrators' })
  tenant.reset()
  expect([await groupsOf('ben'), await groupsOf('ada')]).toEqual([undefined, [administrators, members]])
})

test('people can be eligible for more groups from the start, also after a reset', async () => {
  const other = await startTenant({ eligible: { operators: ['ben', 'alice'] } })
  for (const key of ['ben', 'alice']) other.activate(key, { ...wish, group: 'operators' })
  other.reset()
  expect(other.activate('ben', { ...wish, group: 'operators' }).status).toBe('Provisioned')
  await other.close()
})
