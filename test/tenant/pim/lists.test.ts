import { describe, expect, test } from 'vitest'
import { appToken, callGraph, keysIn, oidOf } from '../graph/kit.ts'
import { openTenant } from '../open-tenant.ts'
import { activation, deactivation, pim, post, requests, scopes, strongToken, weakToken } from './kit.ts'

const { tenant, forward } = await openTenant()
const { access } = tenant.groups
const filtered = (path: string, filter: string) => `${path}?$filter=${encodeURIComponent(filter)}`
const ofGroup = `groupId eq '${access}'`

const collections = [
  ['assignmentScheduleRequests', scopes.readAssignments, scopes.readEligibility],
  ['assignmentSchedules', scopes.readAssignments, scopes.readEligibility],
  ['assignmentScheduleInstances', scopes.readAssignments, scopes.readEligibility],
  ['eligibilityScheduleRequests', scopes.readEligibility, scopes.readAssignments],
  ['eligibilitySchedules', scopes.readEligibility, scopes.readAssignments],
  ['eligibilityScheduleInstances', scopes.readEligibility, scopes.readAssignments],
] as const

describe.each(collections)('%s', (name, scope, otherScope) => {
  const path = `${pim}/${name}`
  const own = `${path}/filterByCurrentUser(on='principal')`
  const get = async (address: string, token: string) => callGraph(tenant, address, { token })

  test('demand a filter on the group or on a person', async () => {
    const token = await weakToken(tenant, 'ada')
    for (const each of [path, filtered(path, "accessId eq 'member'")]) expect((await get(each, token)).status).toBe(400)
    for (const each of [ofGroup, `principalId eq '${oidOf(tenant, 'alice')}'`])
      expect((await get(filtered(path, each), token)).body.value.length).toBeGreaterThan(0)
  })

  test('narrow down by several things, the rest of the query being tolerated', async () => {
    const filter = `${ofGroup} and accessId eq 'Member' and principalId eq '${oidOf(tenant, 'alice').toUpperCase()}'`
    const query = '&$orderby=createdDateTime desc&$top=1&$count=true&$select=id,principalId'
    const { body } = await get(filtered(path, filter) + query, await weakToken(tenant, 'ada'))
    expect(body.value).toEqual([{ id: expect.any(String), principalId: oidOf(tenant, 'alice') }])
  })

  test('are for administrators and for the app, each with the scope', async () => {
    const others = filtered(path, ofGroup)
    const statuses = []
    for (const token of [
      await weakToken(tenant, 'ada', scope),
      await appToken(tenant, [scope]),
      await weakToken(tenant, 'ben', scope),
      await weakToken(tenant, 'ada', otherScope),
      await appToken(tenant, [otherScope]),
    ])
      statuses.push((await get(others, token)).status)
    expect(statuses).toEqual([200, 200, 403, 403, 403])
  })

  test('show everybody their own, with quotes written either way', async () => {
    const token = await weakToken(tenant, 'alice', scope)
    for (const each of [
      own,
      own.replaceAll("'", '%27'),
      filtered(path, `principalId eq '${oidOf(tenant, 'alice')}'`),
    ]) {
      const { status, body } = await get(each, token)
      expect([status, keysIn(tenant, body.value)]).toEqual([200, ['alice']])
    }
  })

  test('have nothing of one’s own for the app, and no other part to play', async () => {
    expect((await get(own, await appToken(tenant, [scope]))).status).toBe(400)
    expect((await get(own.replace('principal', 'nobody'), await weakToken(tenant, 'alice'))).status).toBe(400)
  })

  test('show one row to whom it is about, and to administrators', async () => {
    const token = await weakToken(tenant, 'alice')
    const [row] = (await get(own, token)).body.value
    const statuses = []
    for (const key of ['alice', 'ada', 'oskar'])
      statuses.push((await get(`${path}/${row.id}`, await weakToken(tenant, key))).status)
    expect(statuses).toEqual([200, 200, 403])
    expect((await get(`${path}/${row.id}0`, token)).status).toBe(404)
  })

  test('expand a person and a group no further than the caller may read', async () => {
    const address = `${own}?$expand=principal($select=displayName),group&$select=id`
    const bare = (await get(address, await weakToken(tenant, 'alice'))).body.value[0]
    expect(bare).toMatchObject({ principal: { displayName: 'Alice Lindqvist' }, group: { id: access } })
    expect(bare.group).not.toHaveProperty('displayName')
    const others = `${filtered(path, `principalId eq '${oidOf(tenant, 'alice')}'`)}&$expand=principal`
    expect((await get(others, await weakToken(tenant, 'ada'))).body.value[0].principal).toEqual({
      '@odata.type': '#microsoft.graph.user',
      id: oidOf(tenant, 'alice'),
    })
    const seeing = await weakToken(tenant, 'ada', `${scope} User.ReadBasic.All`)
    expect((await get(others, seeing)).body.value[0].principal).toMatchObject({ displayName: 'Alice Lindqvist' })
  })
})

describe('requests', () => {
  test.each([
    ['principal', 'ben', 1],
    ['createdBy', 'ben', 1],
    ['approver', 'lena', 1],
    ['approver', 'ben', 0],
    ['principal', 'lena', 0],
  ])('on %s are listed to %s', async (on, key, count) => {
    tenant.setPolicy({ approval: { approvers: ['lena'] } })
    tenant.activate('ben', { minutes: 60, reason: 'night shift', ticket: 'CHG-1' })
    const filter = `${ofGroup} and status eq 'pendingapproval'`
    const path = filtered(`${requests}/filterByCurrentUser(on='${on}')`, filter)
    const { body } = await callGraph(tenant, path, { token: await weakToken(tenant, key) })
    expect(body.value).toHaveLength(count)
    if (count)
      expect(body.value[0]).toMatchObject({ justification: 'night shift', ticketInfo: { ticketNumber: 'CHG-1' } })
  })

  test('of administrators are in the list of whom they were about', async () => {
    tenant.end('alice', 'left the team')
    const { body } = await callGraph(tenant, `${requests}/filterByCurrentUser(on='principal')`, {
      token: await weakToken(tenant, 'alice'),
    })
    expect(body.value.at(-1)).toMatchObject({
      action: 'adminRemove',
      status: 'Revoked',
      justification: 'left the team',
      createdBy: { user: { id: oidOf(tenant, 'ada') } },
    })
  })

  test('show in the schedule that came of them', async () => {
    const token = await strongToken(tenant, 'ben')
    const { body } = await post(tenant, token, activation(tenant, 'ben'))
    const schedules = await callGraph(tenant, `${pim}/assignmentSchedules/filterByCurrentUser(on='principal')`, {
      token,
    })
    expect(schedules.body.value).toMatchObject([
      { id: body.targetScheduleId, createdUsing: body.id, assignmentType: 'activated', status: 'Provisioned' },
    ])
  })

  test.each([
    ['to turn on', scopes.assignments, 201],
    ['to turn on', scopes.readAssignments, 403],
    ['to turn on', scopes.removeAssignments, 403],
    ['to turn off', scopes.removeAssignments, 201],
    ['to turn off', scopes.readAssignments, 403],
  ])('%s take a scope: %s', async (what, scope, status) => {
    tenant.setPolicy({ context: false })
    const key = what === 'to turn on' ? 'ben' : 'alice'
    const body = key === 'ben' ? activation(tenant, key) : deactivation(tenant, key)
    expect((await post(tenant, await weakToken(tenant, key, scope), body)).status).toBe(status)
  })
})

test('the assignments of the app by itself cannot be turned on by it', async () => {
  const body = activation(tenant, 'ben')
  expect((await post(tenant, await appToken(tenant, [scopes.assignments]), body)).status).toBe(403)
})

test('an eligibility shows since when and until when, and is gone at its end', async () => {
  tenant.makeEligible('oskar', { until: new Date('2026-03-02T13:00:00Z') })
  const path = `${pim}/eligibilityScheduleInstances/filterByCurrentUser(on='principal')`
  const mine = async () => (await callGraph(tenant, path, { token: await weakToken(tenant, 'oskar') })).body.value
  expect(await mine()).toMatchObject([
    { startDateTime: '2026-03-02T12:00:00.000Z', endDateTime: '2026-03-02T13:00:00.000Z' },
  ])
  forward({ minutes: 60 })
  expect(await mine()).toEqual([])
})
