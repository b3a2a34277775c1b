import { expect, test } from 'vitest'
import { appToken, callGraph, instancesOf, keysIn, membersOf, oidOf } from '../graph/kit.ts'
import { openTenant } from '../open-tenant.ts'
import { claimsIn, openBrowser, redeem } from '../sign-in/browser.ts'
import { activation, deactivation, pim, post, refusalIn, requests, strongToken } from './kit.ts'

const { tenant, forward } = await openTenant()
const end = '2026-03-02T14:00:00.000Z'

/** Ben has turned on access until two o'clock. */
async function on() {
  const token = await strongToken(tenant, 'ben')
  await post(tenant, token, activation(tenant, 'ben'))
  return token
}

const extend = (token: string, start = end) =>
  post(tenant, token, activation(tenant, 'ben', { start, duration: 'PT30M' }))

async function schedules(token: string) {
  const { body } = await callGraph(tenant, `${pim}/assignmentSchedules/filterByCurrentUser(on='principal')`, { token })
  return body.value.map(({ status, scheduleInfo }: Row) => [status, scheduleInfo.startDateTime])
}
type Row = { status: string; scheduleInfo: { startDateTime: string } }

/** Where Ben shows. */
async function seen() {
  const token = await appToken(tenant)
  const members = keysIn(tenant, (await callGraph(tenant, membersOf(tenant), { token })).body.value)
  const instances = keysIn(tenant, (await callGraph(tenant, instancesOf(tenant), { token })).body.value)
  const groups = claimsIn(await redeem(tenant, await openBrowser(tenant).signIn('ben'))).groups ?? []
  return [groups.includes(tenant.groups.access), members.includes('ben'), instances.includes('ben')]
}

test.each(['Granted', 'ScheduleCreated'] as const)(
  'an extension is %s, and provisioned when it begins',
  async status => {
    tenant.set({ futureStatus: status })
    const token = await on()
    const { body } = await extend(token)
    expect([body.status, body.scheduleInfo.startDateTime]).toEqual([status, end])
    expect(await schedules(token)).toEqual([
      ['Provisioned', '2026-03-02T12:00:00.000Z'],
      [status, end],
    ])
    forward({ minutes: 120 })
    const later = await strongToken(tenant, 'ben')
    expect((await callGraph(tenant, `${requests}/${body.id}`, { token: later })).body.status).toBe('Provisioned')
    expect(await schedules(later)).toEqual([['Provisioned', end]])
  },
)

test('without a gap nobody is missed at the seam, and at the end of the second all is over', async () => {
  await extend(await on())
  forward({ minutes: 119, seconds: 59 })
  expect(await seen()).toEqual([true, true, true])
  forward({ seconds: 1 })
  expect(await seen()).toEqual([true, true, true])
  forward({ minutes: 30 })
  expect(await seen()).toEqual([false, false, false])
})

test('with a gap the person is missing from tokens and members while PIM says that the second has begun', async () => {
  tenant.set({ seamGapSeconds: 20 })
  await extend(await on())
  forward({ minutes: 120 })
  expect(await seen()).toEqual([false, false, true])
  forward({ seconds: 20 })
  expect(await seen()).toEqual([true, true, true])
})

test('the lags count at the seam as everywhere', async () => {
  tenant.set({ tokenLagSeconds: 5, membersLagSeconds: 10, rosterLagSeconds: 15, seamGapSeconds: 20 })
  await extend(await on())
  forward({ minutes: 120 })
  expect(await seen()).toEqual([true, true, true])
  forward({ seconds: 10 })
  expect(await seen()).toEqual([false, false, true])
  forward({ seconds: 15 })
  expect(await seen()).toEqual([true, false, true])
})

test.each([
  ['that begins before the present one ends', '2026-03-02T13:59:59Z', 'accepted'],
  ['where none is taken', end, 'refused'],
] as const)('an extension %s is refused', async (_which, start, extension) => {
  tenant.set({ extension })
  expect(refusalIn(await extend(await on(), start)).code).toBe('RoleAssignmentExists')
})

test('one extension at a time is enough', async () => {
  const token = await on()
  await extend(token)
  expect(refusalIn(await extend(token, '2026-03-02T14:30:00Z')).code).toBe('RoleAssignmentExists')
})

test.each([
  ['running', ['Granted']],
  ['all', []],
] as const)('turning off ends what is %s', async (deactivationEnds, left) => {
  tenant.set({ deactivationEnds })
  const token = await on()
  await extend(token)
  forward({ minutes: 5 })
  expect((await post(tenant, token, deactivation(tenant, 'ben'))).status).toBe(201)
  expect((await schedules(token)).map(([status]: string[]) => status)).toEqual(left)
})

test('an extension can be called off until it begins', async () => {
  const token = await on()
  const { body } = await extend(token)
  const cancel = (bearer: string) =>
    callGraph(tenant, `${requests}/${body.id}/cancel`, { token: bearer, method: 'POST' })
  expect((await cancel(token)).status).toBe(204)
  expect(refusalIn(await cancel(token))).toMatchObject({ status: 400 })
  expect(await schedules(token)).toHaveLength(1)
  forward({ minutes: 120 })
  expect(await seen()).toEqual([false, false, false])
})

test('an activation may begin later though nothing is on', async () => {
  const token = await strongToken(tenant, 'ben')
  expect((await extend(token, '2026-03-02T12:30:00Z')).body.status).toBe('Granted')
  expect((await seen())[1]).toBe(false)
  forward({ minutes: 30 })
  expect(await seen()).toEqual([true, true, true])
})

test('what was turned on past PIM’s checks ends as what was asked for does', async () => {
  expect(tenant.activate('ben', { minutes: 30, reason: 'night shift' })).toMatchObject({ status: 'Provisioned' })
  expect(() => tenant.activate('ben', { minutes: 30, reason: 'again' })).toThrow('already')
  expect(() => tenant.activate('oskar', { minutes: 30, reason: 'me too' })).toThrow('not eligible')
  const { body } = await callGraph(tenant, instancesOf(tenant), { token: await appToken(tenant) })
  expect(
    body.value.find(({ principalId }: { principalId: string }) => principalId === oidOf(tenant, 'ben')),
  ).toMatchObject({
    endDateTime: '2026-03-02T12:30:00.000Z',
  })
})
