import { describe, expect, test } from 'vitest'
import { appToken, callGraph, instancesOf, membersOf, oidOf, personToken } from '../graph/kit.ts'
import { openSubscriber, subscribe } from '../graph/receiver.ts'
import { openTenant } from '../open-tenant.ts'
import { pim, requests, weakToken } from '../pim/kit.ts'

const { tenant, forward } = await openTenant()
const { managedGroups } = tenant
const app = await openSubscriber()
const wish = { minutes: 30, reason: 'night shift' }
const to = (group: 'operators' | 'members') => ({ resource: `groups/${managedGroups[group]}/members` })
const statusesOf = async (paths: readonly string[], token: string) =>
  Promise.all(paths.map(async path => (await callGraph(tenant, path, { token })).status))

describe('a fault of one group', () => {
  test('hits the lists of this group, while those of another answer', async () => {
    const token = await appToken(tenant)
    tenant.set({ graphError: { what: '503', group: 'operators' } })
    const paths = (['operators', 'members'] as const).flatMap(group => [
      instancesOf(tenant, group),
      membersOf(tenant, group),
    ])
    expect(await statusesOf(paths, token)).toEqual([503, 503, 200, 200])
  })

  test('for one time waits for a call about this group', async () => {
    const token = await appToken(tenant)
    tenant.set({ graphError: { what: '429', group: 'operators', when: 'next' } })
    const statuses = []
    for (const group of ['members', 'operators', 'operators'] as const)
      statuses.push(...(await statusesOf([instancesOf(tenant, group)], token)))
    expect(statuses).toEqual([200, 429, 200])
  })

  test('hits a check that asks about this group', async () => {
    const token = await personToken(tenant, 'alice', 'User.Read GroupMember.Read.All')
    tenant.set({ graphError: { what: '503', group: 'operators' } })
    const ask = async (groupIds: string[]) =>
      (await callGraph(tenant, '/me/checkMemberGroups', { token, method: 'POST', body: { groupIds } })).status
    expect([await ask([managedGroups.members]), await ask(Object.values(managedGroups))]).toEqual([200, 503])
  })

  test('hits a request for this group by its id', async () => {
    tenant.makeEligible('ben', { group: 'operators' })
    const [own, other] = [tenant.activate('ben', { ...wish, group: 'operators' }), tenant.activate('ben', wish)]
    const token = await weakToken(tenant, 'ben')
    tenant.set({ graphError: { what: '503', group: 'operators' } })
    expect(await statusesOf([`${requests}/${own.id}`, `${requests}/${other.id}`], token)).toEqual([503, 200])
  })

  test('hits a policy of this group by its id', async () => {
    const token = await weakToken(tenant, 'ada')
    const filter = (group: 'operators' | 'members') =>
      encodeURIComponent(`scopeId eq '${managedGroups[group]}' and scopeType eq 'Group'`)
    const paths: string[] = []
    for (const group of ['operators', 'members'] as const) {
      const { body } = await callGraph(tenant, `/policies/roleManagementPolicies?$filter=${filter(group)}`, { token })
      paths.push(`/policies/roleManagementPolicies/${body.value[0].id}`)
    }
    tenant.set({ graphError: { what: '503', group: 'operators' } })
    expect(await statusesOf(paths, token)).toEqual([503, 200])
  })

  test('hits a subscription to this group, when it is made and by its id', async () => {
    const { at } = await subscribe(tenant, app, to('operators'))
    tenant.set({ graphError: { what: '503', group: 'operators' } })
    const statuses = [(await at('GET')).status]
    for (const group of ['operators', 'members'] as const)
      statuses.push((await subscribe(tenant, app, to(group))).status)
    expect(statuses).toEqual([503, 503, 201])
  })

  test('is for a group that PIM manages', () => {
    expect(() => tenant.set({ graphError: { what: '503', group: 'staff' as never } })).toThrow('group')
  })
})

describe('calls to Graph', () => {
  test('are counted for the group that they are about', async () => {
    const token = await appToken(tenant)
    await statusesOf([instancesOf(tenant, 'operators'), instancesOf(tenant, 'operators'), instancesOf(tenant)], token)
    const { graph, graphOf } = tenant.calls
    expect([graph, graphOf.operators, graphOf.members].map(({ instances }) => instances)).toEqual([3, 2, 1])
  })

  test('about several groups are counted for each', async () => {
    const token = await personToken(tenant, 'alice', 'User.Read GroupMember.Read.All')
    const body = { groupIds: [managedGroups.members, managedGroups.operators] }
    await callGraph(tenant, '/me/checkMemberGroups', { token, method: 'POST', body })
    const { graph, graphOf } = tenant.calls
    const counted = [graph, graphOf.members, graphOf.operators, graphOf.auditors].map(({ check }) => check)
    expect(counted).toEqual([1, 1, 1, 0])
  })

  test('are counted from zero after a reset', async () => {
    await statusesOf([instancesOf(tenant, 'operators')], await appToken(tenant))
    tenant.reset()
    expect(tenant.calls.graphOf.operators.instances).toBe(0)
  })
})

describe('a subscription to one group', () => {
  test('is told of changes of this group alone', async () => {
    await subscribe(tenant, app, to('operators'))
    tenant.assign('ben', wish)
    tenant.assign('ben', { ...wish, group: 'operators' })
    await expect.poll(() => app.received).toHaveLength(1)
    expect(app.received[0]).toMatchObject({
      resource: `Groups/${managedGroups.operators}`,
      resourceData: { id: managedGroups.operators, 'members@delta': [{ id: oidOf(tenant, 'ben') }] },
    })
  })

  test('is told of an end that was reached', async () => {
    tenant.assign('ben', { ...wish, group: 'operators' })
    await subscribe(tenant, app, to('operators'))
    forward({ minutes: 30 })
    await expect.poll(() => app.received).toHaveLength(1)
    expect(app.received[0].resourceData['members@delta']).toMatchObject([{ '@removed': 'deleted' }])
  })
})

test('a subscription to all groups is told of the changes of each', async () => {
  await subscribe(tenant, app, { resource: 'groups' })
  tenant.addDirectly('oskar')
  tenant.addDirectly('oskar', { group: 'auditors' })
  await expect
    .poll(() => app.received.map(({ resourceData }) => resourceData.id).sort())
    .toEqual([managedGroups.members, managedGroups.auditors].sort())
})

test('each managed group has a name', async () => {
  const token = await appToken(tenant)
  const names = []
  for (const id of Object.values(managedGroups))
    names.push((await callGraph(tenant, `/groups/${id}`, { token })).body.displayName)
  expect(names).toEqual(['Payments administrators', 'Payments operators', 'Access administrators', 'Access auditors'])
})

test('the schedules of a group are found by its id', async () => {
  const token = await weakToken(tenant, 'ada')
  const path = `${pim}/assignmentSchedules?$filter=${encodeURIComponent(`groupId eq '${managedGroups.administrators}'`)}`
  expect((await callGraph(tenant, path, { token })).body.value).toMatchObject([
    { principalId: oidOf(tenant, 'ada'), groupId: managedGroups.administrators, status: 'Provisioned' },
  ])
})
