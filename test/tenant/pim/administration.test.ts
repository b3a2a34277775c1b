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

describe('of an administrator’s act', () => {
  const mailsTo = (key: string) => {
    const { username } = tenant.people.find(each => each.key === key) ?? { username: '' }
    return tenant.mails.filter(({ to }) => to === username).map(({ subject }) => subject)
  }

  test('the person and the administrators are mailed, with the reason and the end', async () => {
    await asAda(order('oskar', 'adminAssign', forDays(2)), eligibilityRequests)
    expect([mailsTo('oskar'), mailsTo('ada')]).toEqual([
      ['Oskar Brandt may turn on access to the access group'],
      ['Oskar Brandt may turn on access to the access group'],
    ])
    expect(tenant.mails[0]).toMatchObject({ reason: 'quarterly report', until: new Date('2026-03-04T12:00:00Z') })
    await asAda(order('oskar', 'adminUpdate', forDays(3)), eligibilityRequests)
    await asAda(order('oskar', 'adminRemove'), eligibilityRequests)
    expect(mailsTo('oskar').slice(1)).toEqual([
      'How long Oskar Brandt may turn on access to the access group was changed',
      'Oskar Brandt may no longer turn on access to the access group',
    ])
  })

  test('a role is enough, for every group', async () => {
    const give = async () =>
      (
        await post(tenant, await weakToken(tenant, 'lena'), {
          ...order('oskar', 'adminAssign'),
          groupId: tenant.managedGroups.operators,
        })
      ).status
    expect(await give()).toBe(403)
    tenant.set({ groupsAdministrators: ['lena'] })
    expect(await give()).toBe(201)
  })

  test('the policy for giving is one of its own for each kind', async () => {
    tenant.setPolicy({ giving: { eligible: { maxMinutes: 1440, ticket: true }, active: { reason: true, mfa: true } } })
    expect(refusalIn(await asAda(order('oskar', 'adminAssign', forDays(2)), eligibilityRequests)).message).toContain(
      '["ExpirationRule","TicketingRule"]',
    )
    expect(refusalIn(await asAda(order('oskar', 'adminAssign', { justification: null }))).message).toContain(
      '["JustificationRule","MfaRule"]',
    )
    const permanent = { ...order('oskar', 'adminAssign'), scheduleInfo: { expiration: { type: 'noExpiration' } } }
    expect((await post(tenant, await strongToken(tenant, 'ada'), permanent)).body.status).toBe('Provisioned')
    expect(tenant.mails.at(-1)).toMatchObject({ until: undefined })
  })

  test('an answer can say Failed, and can be about another person or another group', async () => {
    tenant.set({ forcedStatus: 'Failed' })
    expect((await asAda(order('oskar', 'adminAssign'))).body.status).toBe('Failed')
    expect([await endOf('oskar'), tenant.mails]).toEqual([undefined, []])
    for (const [what, name] of [
      ['other-person', 'principalId'],
      ['other-group', 'groupId'],
    ] as const) {
      tenant.set({ graphError: { what, when: 'next' } })
      const asked = order(what === 'other-person' ? 'oskar' : 'lena', 'adminAssign') as Record<string, unknown>
      expect((await asAda(asked)).body[name]).not.toBe(asked[name])
    }
  })
})
