import { describe, expect, test } from 'vitest'
import { appToken, callGraph, instancesOf, oidOf } from '../graph/kit.ts'
import { openTenant } from '../open-tenant.ts'
import { activation, pim, post, refusalIn, requests, scopes, strongToken, weakToken } from './kit.ts'

const { tenant, forward } = await openTenant()
const eligibilityRequests = `${pim}/eligibilityScheduleRequests`
const order = (key: string, action: string, more: object = {}) => activation(tenant, key, { action, ...more })
const forDays = (days: number) => ({ duration: `P${days}D` })
const asAda = async (body: object, path = requests) => post(tenant, await weakToken(tenant, 'ada'), body, path)

async function endOf(key: string) {
  const { body } = await callGraph(tenant, instancesOf(tenant), { token: await appToken(tenant) })
  type Row = { principalId: string; accessId: string; endDateTime: string }
  const row = body.value.find((each: Row) => each.principalId === oidOf(tenant, key) && each.accessId === 'member')
  return row?.endDateTime
}

describe('an administrator', () => {
  test('gives access until a day, moves the day, and takes access away', async () => {
    const { status, body } = await asAda(order('oskar', 'adminAssign', forDays(2)))
    expect([status, body.status, await endOf('oskar')]).toEqual([201, 'Provisioned', '2026-03-04T12:00:00.000Z'])
    await asAda(order('oskar', 'adminUpdate', forDays(3)))
    expect(await endOf('oskar')).toBe('2026-03-05T12:00:00.000Z')
    forward({ minutes: 5 })
    expect((await asAda(order('oskar', 'adminRemove'))).body.status).toBe('Revoked')
    expect(await endOf('oskar')).toBeUndefined()
  })

  test('ends what somebody turned on', async () => {
    expect((await asAda(order('alice', 'adminRemove', { scheduleInfo: undefined }))).status).toBe(201)
    expect(await endOf('alice')).toBeUndefined()
  })

  test('gives access from later on, and calls it off', async () => {
    const { body } = await asAda(order('oskar', 'adminAssign', { start: '2026-03-02T13:00:00Z' }))
    expect([body.status, await endOf('oskar')]).toEqual(['Granted', undefined])
    const token = await weakToken(tenant, 'ada')
    expect((await callGraph(tenant, `${requests}/${body.id}/cancel`, { token, method: 'POST' })).status).toBe(204)
    forward({ minutes: 60 })
    expect(await endOf('oskar')).toBeUndefined()
  })

  test('makes eligible, and ends eligibility', async () => {
    expect((await asAda(order('oskar', 'adminAssign', forDays(365)), eligibilityRequests)).status).toBe(201)
    const turnOn = async () =>
      (await post(tenant, await strongToken(tenant, 'oskar'), activation(tenant, 'oskar'))).status
    expect(await turnOn()).toBe(201)
    tenant.end('oskar')
    await asAda(order('oskar', 'adminRemove'), eligibilityRequests)
    expect(await turnOn()).toBe(400)
  })

  test.each([
    ['somebody who has it already', 'mona', 'adminAssign', {}, 'RoleAssignmentExists'],
    [
      'somebody for longer than allowed',
      'oskar',
      'adminAssign',
      forDays(181),
      'RoleAssignmentRequestPolicyValidationFailed',
    ],
    [
      'somebody without a reason',
      'oskar',
      'adminAssign',
      { justification: null },
      'RoleAssignmentRequestPolicyValidationFailed',
    ],
    ['nobody, to be taken away', 'oskar', 'adminRemove', {}, 'RoleAssignmentDoesNotExist'],
    ['nobody, to be moved', 'oskar', 'adminUpdate', {}, 'RoleAssignmentDoesNotExist'],
  ])('is refused %s', async (_what, key, action, more, code) => {
    expect(refusalIn(await asAda(order(key, action, more)))).toMatchObject({ status: 400, code })
  })

  test('cannot take away in the first five minutes', async () => {
    tenant.activate('ben', { minutes: 60, reason: 'night shift' })
    expect(refusalIn(await asAda(order('ben', 'adminRemove'))).code).toBe('ActiveDurationTooShort')
  })
})

test.each([
  ['adminAssign', scopes.assignments, 201],
  ['adminAssign', scopes.removeAssignments, 403],
  ['adminAssign', scopes.readAssignments, 403],
])('the app by itself may %s with %s: %d', async (action, permission, status) => {
  const body = order('oskar', action)
  expect((await post(tenant, await appToken(tenant, [permission]), body)).status).toBe(status)
})

test('an owner may what an administrator may, and nobody else', async () => {
  tenant.set({ owners: ['lena'] })
  const give = async (key: string) =>
    (await post(tenant, await weakToken(tenant, key), order('oskar', 'adminAssign'))).status
  expect([await give('ben'), await give('lena')]).toEqual([403, 201])
})

test('to ask for more time is to wait for an administrator, until it is called off', async () => {
  const token = await weakToken(tenant, 'ben')
  const { status, body } = await post(tenant, token, order('ben', 'selfExtend'))
  expect([status, body.status]).toEqual([201, 'PendingAdminDecision'])
  expect((await callGraph(tenant, `${requests}/${body.id}/cancel`, { token, method: 'POST' })).status).toBe(204)
})
