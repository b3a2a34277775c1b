import { describe, expect, test } from 'vitest'
import type { SwitchesWish } from '../../../infra/tenant/switches/switches.ts'
import { callGraph, oidOf } from '../graph/kit.ts'
import { openTenant } from '../open-tenant.ts'
import { activation, deactivation, pim, post, refusalIn, requests, strongToken } from './kit.ts'

const { tenant, forward } = await openTenant()
const { access } = tenant.groups
const tokenOf = (key: string) => strongToken(tenant, key)
const now = '2026-03-02T12:00:00.000Z'

async function ownInstances(token: string) {
  const { body } = await callGraph(tenant, `${pim}/assignmentScheduleInstances/filterByCurrentUser(on='principal')`, {
    token,
  })
  return body.value
}

async function statusOf(token: string, id: string): Promise<string> {
  return (await callGraph(tenant, `${requests}/${id}`, { token })).body.status
}

describe('turning on', () => {
  test('is answered with the request as it stands', async () => {
    const ticketInfo = { ticketNumber: 'CHG-4711', ticketSystem: 'ServiceDesk' }
    const { status, body } = await post(tenant, await tokenOf('ben'), activation(tenant, 'ben', { ticketInfo }))
    expect(status).toBe(201)
    expect(body).toEqual({
      '@odata.context': `${tenant.graphBase}/$metadata#identityGovernance/privilegedAccess/group/assignmentScheduleRequests/$entity`,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: 'Provisioned',
      createdDateTime: now,
      completedDateTime: now,
      approvalId: null,
      customData: null,
      action: 'selfActivate',
      principalId: oidOf(tenant, 'ben'),
      accessId: 'member',
      groupId: access,
      targetScheduleId: `${access}_member_${body.id}`,
      isValidationOnly: false,
      justification: 'quarterly report',
      createdBy: { application: null, device: null, user: { displayName: null, id: oidOf(tenant, 'ben') } },
      scheduleInfo: {
        startDateTime: now,
        recurrence: null,
        expiration: { type: 'afterDuration', endDateTime: null, duration: 'PT2H' },
      },
      ticketInfo,
    })
  })

  test('makes an instance that ends when the time is over, and is mailed', async () => {
    const token = await tokenOf('ben')
    const { body } = await post(tenant, token, activation(tenant, 'ben'))
    expect(await ownInstances(token)).toMatchObject([
      { id: body.targetScheduleId, assignmentType: 'activated', endDateTime: '2026-03-02T14:00:00.000Z' },
    ])
    expect(tenant.mails).toMatchObject([{ to: 'ben@contoso.example', reason: 'quarterly report' }, {}])
    forward({ minutes: 120 })
    expect(await ownInstances(await tokenOf('ben'))).toEqual([])
  })

  test('may be written in any case, and answered with capitals', async () => {
    tenant.set({ graphEnumCase: 'pascal' })
    const scheduleInfo = { expiration: { type: 'AFTERDURATION', duration: 'PT30M' } }
    const wish = activation(tenant, 'ben', { accessId: 'MEMBER', action: 'SelfActivate', scheduleInfo })
    const { body } = await post(tenant, await tokenOf('ben'), wish)
    expect(body).toMatchObject({
      accessId: 'Member',
      action: 'SelfActivate',
      scheduleInfo: { expiration: { type: 'AfterDuration' } },
    })
  })

  test('may last until a moment', async () => {
    const token = await tokenOf('ben')
    const expiration = { type: 'afterDateTime', endDateTime: '2026-03-02T15:30:00+01:00' }
    await post(tenant, token, activation(tenant, 'ben', { scheduleInfo: { expiration } }))
    expect(await ownInstances(token)).toMatchObject([{ endDateTime: '2026-03-02T14:30:00.000Z' }])
  })

  test('only tried out changes nothing', async () => {
    const token = await tokenOf('ben')
    const { status, body } = await post(tenant, token, activation(tenant, 'ben', { isValidationOnly: true }))
    expect([status, body.isValidationOnly, body.targetScheduleId]).toEqual([201, true, null])
    expect(await ownInstances(token)).toEqual([])
    expect(tenant.requests.filter(({ key, about }) => key === 'ben' && about === 'assignment')).toEqual([])
  })

  test('takes effect when it has been provisioned, and lasts from then', async () => {
    tenant.set({ provisioningSeconds: 30 })
    const token = await tokenOf('ben')
    const { body } = await post(tenant, token, activation(tenant, 'ben'))
    expect(body).toMatchObject({
      status: 'PendingProvisioning',
      scheduleInfo: { startDateTime: '2026-03-02T12:00:30.000Z' },
    })
    forward({ seconds: 29 })
    expect([await statusOf(token, body.id), await ownInstances(token)]).toEqual(['PendingProvisioning', []])
    forward({ seconds: 1 })
    expect(await statusOf(token, body.id)).toBe('Provisioned')
    expect(await ownInstances(token)).toMatchObject([{ endDateTime: '2026-03-02T14:00:30.000Z' }])
  })

  test.each(['Failed', 'SomethingNew', 'Provisioned'])('can be answered %s, with nothing done', async forcedStatus => {
    tenant.set({ forcedStatus })
    const token = await tokenOf('ben')
    expect((await post(tenant, token, activation(tenant, 'ben'))).body.status).toBe(forcedStatus)
    expect(await ownInstances(token)).toEqual([])
    expect((await post(tenant, token, activation(tenant, 'ben'))).body.status).toBe('Provisioned')
  })

  test('can be answered with a status nobody knows, and come true later', async () => {
    tenant.set({ forcedStatus: 'SomethingNew', provisioningSeconds: 10 })
    const token = await tokenOf('ben')
    const { body } = await post(tenant, token, activation(tenant, 'ben'))
    forward({ seconds: 10 })
    expect([body.status, await statusOf(token, body.id)]).toEqual(['SomethingNew', 'Provisioned'])
    expect(await ownInstances(token)).toHaveLength(1)
  })
})

describe('turning on is refused', () => {
  type Case = [what: string, wish: Record<string, unknown>, status: number, code: string]
  const noRules = 'RoleAssignmentRequestPolicyValidationFailed'
  test.each<Case>([
    ['an action that is none', { action: 'activate' }, 400, 'InvalidRoleAssignmentRequest'],
    ['the marker for later actions', { action: 'unknownFutureValue' }, 400, 'InvalidRoleAssignmentRequest'],
    ['the marker for later relations', { accessId: 'unknownFutureValue' }, 400, 'InvalidRoleAssignmentRequest'],
    ['no group', { groupId: undefined }, 400, 'InvalidRoleAssignmentRequest'],
    ['a recurrence', { scheduleInfo: { recurrence: {} } }, 400, 'InvalidRoleAssignmentRequest'],
    ['another group', { groupId: '00000000-0000-4000-8000-000000000000' }, 404, 'ResourceNotFound'],
    ['a person who is none', { principalId: '00000000-0000-4000-8000-000000000000' }, 400, 'SubjectNotFound'],
    ['somebody else', { principalId: oidOf(tenant, 'alice') }, 403, 'Authorization_RequestDenied'],
    ['an administrator’s act', { action: 'adminAssign' }, 403, 'Authorization_RequestDenied'],
    ['four minutes', { duration: 'PT4M59S' }, 400, 'InvalidRoleAssignmentRequestSchedule'],
    ['a month', { duration: 'P1M' }, 400, 'InvalidRoleAssignmentRequestSchedule'],
    ['a time without its zone', { start: '2026-03-02T12:00:00' }, 400, 'InvalidRoleAssignmentRequest'],
    ['nine hours', { duration: 'PT8H1S' }, 400, noRules],
    ['no end', { scheduleInfo: { expiration: { type: 'noExpiration' } } }, 400, noRules],
    ['no schedule at all', { scheduleInfo: undefined }, 400, noRules],
    ['no reason', { justification: ' ' }, 400, noRules],
    ['the owner’s side', { accessId: 'owner' }, 400, noRules],
  ])('for %s', async (_what, wish, status, code) => {
    const reply = await post(tenant, await tokenOf('ben'), activation(tenant, 'ben', wish))
    expect(refusalIn(reply)).toMatchObject({ status, code })
  })

  test.each([
    ['oskar', 'RoleAssignmentRequestPolicyValidationFailed'],
    ['alice', 'RoleAssignmentExists'],
    ['mona', 'RoleAssignmentExists'],
  ])('to %s: %s', async (key, code) => {
    expect(refusalIn(await post(tenant, await tokenOf(key), activation(tenant, key))).code).toBe(code)
  })

  test('after the eligibility has ended, and taken when there is one again', async () => {
    tenant.makeEligible('ben', { until: new Date('2026-03-02T13:00:00Z') })
    forward({ minutes: 60 })
    const again = async () => (await post(tenant, await tokenOf('ben'), activation(tenant, 'ben'))).status
    expect(await again()).toBe(400)
    tenant.makeEligible('ben')
    expect(await again()).toBe(201)
  })

  test.each<[SwitchesWish, string]>([
    [
      { policyFailureStyle: 'list' },
      'The following policy rules failed: ["ExpirationRule","JustificationRule","TicketingRule"]',
    ],
    [
      { policyFailureStyle: 'worded' },
      'The following policy rules failed: ExpirationRule - The duration is longer than allowed, JustificationRule - Justification is required, TicketingRule - Ticket information is required',
    ],
  ])('with every rule that fails, worded after %j', async (style, message) => {
    tenant.set(style)
    tenant.setPolicy({ ticket: true, maxMinutes: 30 })
    const wish = activation(tenant, 'ben', { justification: undefined })
    for (const graphEnvelope of ['plain', 'wrapped'] as const) {
      tenant.set({ graphEnvelope })
      const reply = await post(tenant, await tokenOf('ben'), wish)
      expect(reply.body.error.code === 'UnknownError').toBe(graphEnvelope === 'wrapped')
      expect(refusalIn(reply).message).toBe(message)
    }
  })
})

describe('turning off', () => {
  test('is revoked, and the instance is gone', async () => {
    const token = await tokenOf('ben')
    await post(tenant, token, activation(tenant, 'ben'))
    forward({ minutes: 5 })
    const { status, body } = await post(tenant, token, deactivation(tenant, 'ben'))
    expect([status, body.status, body.action]).toEqual([201, 'Revoked', 'selfDeactivate'])
    expect(await ownInstances(token)).toEqual([])
  })

  test('is too early before five minutes, as an error or as a request that failed', async () => {
    const token = await tokenOf('ben')
    await post(tenant, token, activation(tenant, 'ben'))
    forward({ minutes: 4, seconds: 59 })
    const refused = refusalIn(await post(tenant, token, deactivation(tenant, 'ben')))
    expect(refused).toEqual({
      status: 400,
      code: 'ActiveDurationTooShort',
      message: 'The Active duration is too short. Miniumum Required is 5 minutes.',
    })
    tenant.set({ tooShortAs: 'failed' })
    const { status, body } = await post(tenant, token, deactivation(tenant, 'ben'))
    expect([status, body.status]).toEqual([201, 'Failed'])
    expect(await ownInstances(token)).toHaveLength(1)
  })

  test.each(['ben', 'mona'])('is refused to %s, who has turned nothing on', async key => {
    const reply = await post(tenant, await tokenOf(key), deactivation(tenant, key))
    expect(refusalIn(reply).code).toBe('RoleAssignmentDoesNotExist')
  })

  test('takes no authentication context, and turning on may follow at once', async () => {
    const token = await tokenOf('alice')
    expect((await post(tenant, token, deactivation(tenant, 'alice'))).body.status).toBe('Revoked')
    expect((await post(tenant, token, activation(tenant, 'alice'))).body.status).toBe('Provisioned')
  })
})
