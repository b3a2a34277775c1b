import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTenant, type Tenant } from '../../../infra/tenant/start.ts'
import { createGraph } from '../../../src/entra/graph/graph.ts'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { createPim, type Pim } from '../../../src/entra/pim/pim.ts'
import { oidOf, personToken } from '../../tenant/graph/kit.ts'
import { callback, clockAt } from '../../tenant/sign-in/browser.ts'
import { thrownBy } from '../graph/fake-graph.ts'

const scopes = [
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
  'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  'RoleManagementPolicy.Read.AzureADGroup',
  'User.ReadBasic.All',
  'GroupMember.Read.All',
].join(' ')
const time = clockAt('2026-03-02T12:00:00Z')
const now = () => time.clock().getTime()
const minutes = (count: number) => count * 60_000
const wish = { reason: 'Refund 8841 for a customer', minutes: 60 }

let tenant: Tenant
let pim: Pim
let ben: string
beforeAll(async () => {
  tenant = await startTenant({ redirectUris: [callback], clock: time.clock })
})
afterAll(() => tenant.close())
beforeEach(async () => {
  time.back()
  tenant.reset()
  tenant.setPolicy({ context: false })
  const graph = createGraph({ config: { graph: { baseUrl: tenant.graphBase, notifications: false } } })
  pim = createPim({ graph, groupId: tenant.groups.access, clock: time.clock })
  ben = await tokenOf('ben')
})
const tokenOf = (key: string) => personToken(tenant, key, scopes)
const activate = (key = 'ben', token = ben, more: object = {}) =>
  pim.activate(token, { principalId: oidOf(tenant, key), ...wish, ...more })

describe('eligibility', () => {
  test('lasts until it is said to end', async () => {
    const until = new Date(now() + minutes(90))
    tenant.makeEligible('ben', { until })
    expect(await pim.eligibility(ben)).toEqual({ eligible: true, until: until.getTime() })
  })

  test('that was taken back is a no, with the time', async () => {
    const endedAt = now()
    tenant.endEligibility('ben')
    time.forward({ minutes: 3 })
    expect(await pim.eligibility(ben)).toEqual({ eligible: false, endedAt })
  })

  test('that ran out is a no, with the time', async () => {
    tenant.makeEligible('ben', { until: new Date(now() + minutes(2)) })
    const endedAt = now() + minutes(2)
    time.forward({ minutes: 3 })
    expect(await pim.eligibility(ben)).toEqual({ eligible: false, endedAt })
  })

  test('that never was is a no', async () => {
    expect(await pim.eligibility(await tokenOf('oskar'))).toEqual({ eligible: false })
  })

  test('that ended is a no although nobody can say when', async () => {
    tenant.endEligibility('ben')
    const graph = createGraph({
      config: { graph: { baseUrl: tenant.graphBase, notifications: false } },
      fetch: (input, init) =>
        String(input).includes('eligibilityScheduleRequests')
          ? Promise.resolve(new Response('{}', { status: 403 }))
          : fetch(input, init),
    })
    const unlucky = createPim({ graph, groupId: tenant.groups.access, clock: time.clock })
    expect(await unlucky.eligibility(ben)).toEqual({ eligible: false })
  })

  test('is no no where Graph does not say', async () => {
    tenant.set({ graphError: { what: '403', where: 'eligibility', when: 'always' } })
    expect(await thrownBy(pim.eligibility(ben))).toBeInstanceOf(GraphRefusal)
  })
})

describe('turning on', () => {
  test('is answered with what became of it', async () => {
    const request = await activate('ben', ben, { ticket: 'INC-20931' })
    expect(request).toEqual({
      id: tenant.requests.at(-1)?.id,
      principalId: oidOf(tenant, 'ben'),
      action: 'selfactivate',
      status: 'provisioned',
      createdAt: now(),
      completedAt: now(),
      reason: wish.reason,
      ticket: 'INC-20931',
      minutes: 60,
      startsAt: now(),
      createdBy: expect.objectContaining({ id: oidOf(tenant, 'ben') }),
    })
  })

  test('is a stretch of time that names its request', async () => {
    const { id } = await activate()
    expect(await pim.spans(ben)).toEqual([
      { from: now(), until: now() + minutes(60), kind: 'activated', requestId: id },
    ])
  })

  test('twice is refused by name', async () => {
    await activate()
    expect(await thrownBy(activate())).toMatchObject({ code: 'RoleAssignmentExists', status: 400 })
  })

  test('for longer than allowed is refused by rule, in either style', async () => {
    for (const policyFailureStyle of ['list', 'worded'] as const) {
      tenant.set({ policyFailureStyle })
      const refusal = await thrownBy(activate('ben', ben, { minutes: 1440, reason: '' }))
      expect(refusal).toMatchObject({ rules: ['ExpirationRule', 'JustificationRule'] })
    }
  })

  test('without the context is refused with the claims to ask for', async () => {
    tenant.setPolicy({ context: 'c1' })
    expect(await thrownBy(activate())).toMatchObject({
      claims: '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}',
    })
  })

  test('may begin later, after what runs now', async () => {
    const first = await activate()
    const startsAt = now() + minutes(60)
    const second = await activate('ben', ben, { startsAt, minutes: 30 })
    expect(second).toMatchObject({ status: 'granted', startsAt, minutes: 30 })
    expect(await pim.spans(ben)).toEqual([
      { from: now(), until: startsAt, kind: 'activated', requestId: first.id },
      { from: startsAt, until: startsAt + minutes(30), kind: 'activated', requestId: second.id },
    ])
  })

  test('what begins later can be cancelled, and is gone', async () => {
    await activate()
    const { id } = await activate('ben', ben, { startsAt: now() + minutes(60) })
    await pim.cancel(ben, id)
    expect(await pim.spans(ben)).toHaveLength(1)
    expect(await pim.request(ben, id)).toMatchObject({ status: 'canceled' })
  })

  test('that waits for approval says so', async () => {
    tenant.setPolicy({ approval: { approvers: ['lena'] } })
    const request = await activate()
    expect(request).toMatchObject({ status: 'pendingapproval', approvalId: request.id })
    expect(await pim.spans(ben)).toEqual([])
  })
})

describe('ending', () => {
  const deactivate = () => pim.deactivate(ben, { principalId: oidOf(tenant, 'ben'), reason: 'Done with the refund' })

  test('is refused by name in the first five minutes', async () => {
    await activate()
    time.forward({ minutes: 4 })
    expect(await thrownBy(deactivate())).toMatchObject({ code: 'ActiveDurationTooShort' })
  })

  test('ends it', async () => {
    await activate()
    time.forward({ minutes: 6 })
    expect(await deactivate()).toMatchObject({ action: 'selfdeactivate', status: 'revoked' })
    expect(await pim.spans(ben)).toEqual([])
  })

  test('what an administrator assigned is a stretch of time of another kind', async () => {
    tenant.assign('oskar', { minutes: 30, reason: 'Night shift' })
    expect(await pim.spans(await tokenOf('oskar'))).toMatchObject([{ kind: 'assigned', until: now() + minutes(30) }])
  })

  test('what never ends has no end', async () => {
    const [span] = await pim.spans(await tokenOf('mona'))
    expect(span).toMatchObject({ kind: 'assigned' })
    expect(span).not.toHaveProperty('until')
  })
})

describe('the policy', () => {
  test('is read from its rules', async () => {
    tenant.setPolicy({ maxMinutes: 120, ticket: true, context: 'c1', approval: { approvers: ['lena'] } })
    expect(await pim.rules(ben)).toEqual({
      longestMinutes: 120,
      reason: true,
      ticket: true,
      mfa: false,
      context: 'c1',
      approval: true,
      approvers: [{ kind: 'user', id: oidOf(tenant, 'lena') }],
      commentNeeded: true,
    })
  })

  test('is read the same in Graph’s other spellings', async () => {
    tenant.setPolicy({ approval: { approvers: ['lena'], groups: [tenant.groups.staff] } })
    tenant.set({ approverSpelling: 'id' })
    expect((await pim.rules(ben)).approvers).toEqual([
      { kind: 'user', id: oidOf(tenant, 'lena') },
      { kind: 'group', id: tenant.groups.staff },
    ])
  })

  test('is remembered for less than a minute', async () => {
    await pim.rules(ben)
    tenant.setPolicy({ maxMinutes: 30 })
    time.forward({ seconds: 59 })
    expect((await pim.rules(ben)).longestMinutes).toBe(480)
    time.forward({ seconds: 1 })
    expect((await pim.rules(ben)).longestMinutes).toBe(30)
  })

  test('is read anew after PIM refused what it was thought to allow', async () => {
    await pim.rules(ben)
    tenant.setPolicy({ maxMinutes: 30 })
    await thrownBy(activate())
    expect((await pim.rules(ben)).longestMinutes).toBe(30)
  })

  test('that may not be read is asked for again the next time', async () => {
    tenant.set({ policyReaders: 'administrators' })
    expect(await thrownBy(pim.rules(ben))).toMatchObject({ status: 403 })
    tenant.set({ policyReaders: 'everyone' })
    expect((await pim.rules(ben)).longestMinutes).toBe(480)
  })

  test('is found though its ids change', async () => {
    tenant.set({ policyIdsChange: true })
    await pim.rules(ben)
    tenant.setPolicy({ maxMinutes: 60 })
    time.forward({ minutes: 2 })
    expect((await pim.rules(ben)).longestMinutes).toBe(60)
  })
})

describe('requests', () => {
  test('of one’s own come newest first', async () => {
    const first = await activate()
    time.forward({ minutes: 6 })
    const second = await pim.deactivate(ben, { principalId: oidOf(tenant, 'ben'), reason: 'Done with it' })
    expect((await pim.requests(ben, 'principal')).map(({ id }) => id)).toEqual([second.id, first.id])
  })

  test('are found by status, however it is spelt', async () => {
    tenant.setPolicy({ approval: { approvers: ['lena'] } })
    const { id } = await activate()
    const lena = await tokenOf('lena')
    for (const status of ['PendingApproval', 'pendingapproval'])
      expect((await pim.requests(lena, 'approver', { status })).map(each => each.id)).toEqual([id])
    expect(await pim.requests(lena, 'approver', { status: 'Denied' })).toEqual([])
  })

  test('are found by person', async () => {
    tenant.setPolicy({ approval: { approvers: ['lena'] } })
    await activate()
    const lena = await tokenOf('lena')
    const of = async (key: string) => (await pim.requests(lena, 'approver', { principalId: oidOf(tenant, key) })).length
    expect([await of('ben'), await of('alice')]).toEqual([1, 0])
  })

  test('that do not exist are none', async () => {
    expect(await pim.request(ben, '00000000-0000-4000-a000-000000000000')).toBeUndefined()
  })
})

describe('approvals', () => {
  let id: string
  let lena: string
  beforeEach(async () => {
    tenant.setPolicy({ approval: { approvers: ['lena'] } })
    id = (await activate()).id
    lena = await tokenOf('lena')
  })

  test.each(['always', 'expanded', 'separate'] as const)('are read with stages that come %s', async approvalStages => {
    tenant.set({ approvalStages })
    expect(await pim.approval(lena, id)).toMatchObject({
      id,
      stages: [{ id, result: 'notreviewed', assignedToMe: true }],
    })
  })

  test.each(['stages', 'steps', 'both'] as const)('are given where the path is %s', async approvalPath => {
    tenant.set({ approvalPath })
    await pim.decide(lena, id, { approve: true, comment: 'Go on' })
    expect(await pim.request(ben, id)).toMatchObject({ status: 'provisioned' })
    expect((await pim.approval(lena, id)).stages[0]).toMatchObject({
      result: 'approve',
      comment: 'Go on',
      reviewedAt: now(),
      reviewedBy: { id: oidOf(tenant, 'lena'), name: 'Lena Fischer' },
    })
  })

  test('may be a no', async () => {
    await pim.decide(lena, id, { approve: false, comment: 'Use staging for this' })
    expect(await pim.request(ben, id)).toMatchObject({ status: 'denied' })
  })

  test('that were decided meanwhile are told apart', async () => {
    tenant.approve(id, 'lena', 'ok')
    expect(await thrownBy(pim.decide(lena, id, { approve: true, comment: 'ok' }))).toMatchObject({ status: 409 })
  })

  test('are not for others', async () => {
    expect(await thrownBy(pim.decide(await tokenOf('oskar'), id, { approve: true, comment: '' }))).toMatchObject({
      status: 403,
    })
  })
})

describe('names', () => {
  test('of people and groups are read', async () => {
    expect(await pim.nameOf(ben, { kind: 'user', id: oidOf(tenant, 'lena') })).toBe('Lena Fischer')
    expect(await pim.nameOf(ben, { kind: 'group', id: tenant.groups.staff })).toEqual(expect.any(String))
  })

  test('are remembered for an hour', async () => {
    const lena = { kind: 'user' as const, id: oidOf(tenant, 'lena') }
    const asked = () => tenant.calls.graph.users
    await pim.nameOf(ben, lena)
    time.forward({ minutes: 59 })
    await pim.nameOf(ben, lena)
    expect(asked()).toBe(1)
    time.forward({ minutes: 1 })
    await pim.nameOf(await tokenOf('ben'), lena)
    expect(asked()).toBe(2)
  })

  test('that may not be read are none, and asked for again', async () => {
    const lena = { kind: 'user' as const, id: oidOf(tenant, 'lena') }
    tenant.set({ graphError: { what: '403', where: 'users', when: 'next' } })
    expect(await pim.nameOf(ben, lena)).toBeUndefined()
    tenant.set({ graphError: { what: '503', where: 'users', when: 'next' } })
    expect(await pim.nameOf(ben, lena)).toBeUndefined()
    expect(await pim.nameOf(ben, lena)).toBe('Lena Fischer')
  })
})
