import { describe, expect, test } from 'vitest'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import type { Pim } from '../../../src/entra/pim/pim.ts'
import { defaultRules } from '../../../src/entra/pim/policy.ts'
import type { Log } from '../../../src/observability.ts'
import type { Offer } from '../../../src/pim/answers.ts'
import type { Activation } from '../../../src/pim/wish/activation.ts'
import { createProgress } from '../../../src/pim/wish/progress.ts'
import type { GateRecord } from '../../../src/session/record/at-gate.ts'
import type { Membership } from '../../../src/session/record/membership.ts'
import { surelyListedMs } from '../../../src/session/record/plan.ts'
import { openAtPim } from '../at-pim.ts'
import { ben, span, start, who } from '../bens.ts'

const minute = 60_000
const hour = 60 * minute
const wish = { kind: 'turn-on', wish: { reason: 'Refund 8841', minutes: 60 }, returnTo: '/orders' } as const
const member = { member: true, provenAt: start } as Exclude<Membership, 'unknown'>
const noMember = { member: false, provenAt: start, reason: 'not-in-group' } as Membership
const approving: Partial<Pim> = {
  rules: async () => ({ ...defaultRules, approval: true, approvers: [{ kind: 'user', id: 'lena' }] }),
  nameOf: async () => 'Lena Fischer',
}

type House = {
  answers?: Partial<Pim>
  membership?: Membership | Promise<never>
  /** Whether the session is still there. */
  hasSession?: boolean
  offer?: Offer
  /** What PIM shows of the wish. */
  looked?: Partial<Activation> | 'silence'
  isByRole?: boolean
  signedInAt?: number
}

/** The progress page of somebody whom the group does not have yet, or does. */
function openProgress({
  answers = {},
  membership = noMember,
  hasSession = true,
  offer = { kind: 'cannot-tell' },
  looked = {},
  isByRole = false,
  signedInAt = start - hour,
}: House = {}) {
  const steps: unknown[] = []
  const asked: unknown[] = []
  const logged: unknown[] = []
  const since: unknown[] = []
  const parts = openAtPim(answers)
  const record = { identity: ben, membership, signedInAt } as GateRecord
  const progress = createProgress({
    ...parts,
    sessions: { read: async id => (hasSession && id === who.sessionId ? record : undefined) },
    anew: async (_id, found, after) => {
      since.push(after)
      return { ...found, membership: await membership } as never
    },
    look: async (_who, activation, even) => {
      asked.push(even ?? 'now')
      if (looked === 'silence') throw new NoAnswer('silence')
      return { ...activation, ...looked }
    },
    offers: { offer: async () => offer },
    findOut: async () => {
      steps.push('found out')
      return { open: [], hasEnded: false }
    },
    isByRole,
    log: { warn: (line: object) => void logged.push(line) } as unknown as Log,
  })
  return {
    ...parts,
    steps,
    asked,
    logged,
    since,
    begin: (more: Partial<Activation> = {}) => parts.activations.begin(who, { ...wish, ...more }),
    progress: (wanted?: string, more: object = {}) => progress({ ...who, ...more }, wanted),
    kept: () => parts.activations.read(who),
  }
}
const accepted = { stage: 'accepted', acceptedAt: start, request: 'r-2', status: 'provisioned' } as const

test('the results of earlier acts are found out first', async () => {
  const { progress, steps } = openProgress()
  await progress()
  expect(steps).toEqual(['found out'])
})

describe('a member', () => {
  test('without a wish is in, and goes on to where they wanted', async () => {
    const { progress } = openProgress({ membership: member })
    expect(await progress('/orders')).toStrictEqual({ step: 'in', returnTo: '/orders' })
    expect(await progress()).toStrictEqual({ step: 'in', returnTo: '/' })
  })
  test('is in until the end that is known', async () => {
    const { progress } = openProgress({ membership: { ...member, until: start + hour } as Membership })
    expect(await progress()).toStrictEqual({ step: 'in', returnTo: '/', until: start + hour })
  })
  test('whose membership has ended is not in', async () => {
    const { progress } = openProgress({ membership: { ...member, until: start } as Membership })
    expect(await progress()).toMatchObject({ step: 'none' })
  })
  test('is in by their wish, and goes on to where that leads', async () => {
    const { begin, progress, kept } = openProgress({ membership: member })
    await begin(accepted)
    expect(await progress('/elsewhere')).toStrictEqual({ step: 'in', returnTo: '/orders' })
    expect(await kept()).toMatchObject({ stage: 'in' })
  })
  test('by a wish that is in force has nobody ask about it again', async () => {
    const { begin, progress, asked } = openProgress({ membership: member })
    await begin(accepted)
    await progress()
    expect(asked).toEqual([])
  })
  test('by a wish whose result is not known has PIM asked about it at once', async () => {
    const { begin, progress, asked } = openProgress({ membership: member })
    await begin({ stage: 'asking', askedAt: start })
    await progress()
    expect(asked).toEqual(['at-once'])
  })
  test('by a wish that was accepted a moment ago has PIM asked about it at once', async () => {
    const { begin, progress, asked } = openProgress({ membership: member })
    await begin({ ...accepted, status: 'pendingprovisioning' })
    await progress()
    expect(asked).toEqual(['at-once'])
  })
  test('is in though Microsoft does not say what became of the wish', async () => {
    const { begin, progress, logged } = openProgress({ membership: member, looked: 'silence' })
    await begin({ stage: 'asking', askedAt: start })
    expect(await progress()).toMatchObject({ step: 'in' })
    expect(logged).toEqual([{ event: 'activation-unknown', oid: 'ben', error: expect.any(NoAnswer) }])
  })
  test.each(['over', 'kept'] as const)('is in beside a wish that is %s, which stays as it is', async stage => {
    const { begin, progress, kept } = openProgress({ membership: member })
    const begun = await begin({ stage })
    expect(await progress('/elsewhere')).toStrictEqual({ step: 'in', returnTo: '/orders' })
    expect(await kept()).toEqual(begun)
  })
})

describe('a role that tokens do not name yet', () => {
  const second = 1_000
  const inForce = { ...accepted, startsAt: start }
  const stepAfter = async (ms: number, come: House = {}, wished: Partial<Activation> = inForce) => {
    const { begin, progress, pass } = openProgress({ isByRole: true, ...come })
    await begin(wished)
    pass(ms)
    return (await progress()).step
  }

  test.each([
    [15 * second - 1, 'accepted'],
    [15 * second, 'sign-in'],
    [2 * minute - 1, 'sign-in'],
    [2 * minute, 'accepted'],
  ])(
    'leads to a new sign-in between fifteen seconds and two minutes after it was turned on: %i ms, %s',
    async (ms, step) => {
      expect(await stepAfter(ms)).toBe(step)
    },
  )
  test('leads to a new sign-in fifteen seconds after the last one at the soonest', async () => {
    const steps = [20 * second + 1, 20 * second].map(ago => stepAfter(35 * second, { signedInAt: start + ago }))
    expect(await Promise.all(steps)).toEqual(['accepted', 'sign-in'])
  })
  test.each<Partial<Activation>>([{ acceptedAt: start - hour }, { startsAt: start - hour }])(
    'leads to a new sign-in counted from when it was both granted and on: %j',
    async earlier => {
      expect(await stepAfter(20 * second, {}, { ...inForce, acceptedAt: start, ...earlier })).toBe('sign-in')
    },
  )
  test('leads back to the page first asked for', async () => {
    const { begin, progress, pass } = openProgress({ isByRole: true })
    await begin(inForce)
    pass(20 * second)
    expect(await progress('/elsewhere')).toEqual({ step: 'sign-in', returnTo: '/orders' })
  })
  test.each<[what: string, come: House, wished: Partial<Activation>]>([
    ['of a gate of a group', { isByRole: false }, inForce],
    ['that PIM has not granted yet', {}, { ...inForce, status: 'pendingprovisioning' }],
    ['that has not been asked for yet', {}, { stage: 'asking', askedAt: start }],
  ])('leads to no new sign-in when it is one %s', async (_what, come, wished) => {
    expect(await stepAfter(30 * second, come, wished)).not.toBe('sign-in')
  })
})

describe('a member who asked for more time', () => {
  const extension = { kind: 'extend', startsAt: start + hour } as const
  test.each([
    ['is accepted', accepted],
    ['was refused', { stage: 'over', ending: { code: 'failed' } }],
    ['was cancelled', { stage: 'over', ending: { code: 'cancelled' } }],
  ] as const)('goes on once it %s', async (_what, more) => {
    const { begin, progress } = openProgress({ membership: { ...member, until: start + hour } as Membership })
    await begin({ ...extension, ...more })
    expect(await progress('/elsewhere')).toStrictEqual({ step: 'in', returnTo: '/orders', until: start + hour })
  })
  test('stays here while Microsoft has not answered', async () => {
    const { begin, progress } = openProgress({ membership: member })
    await begin({ ...extension, stage: 'asking', askedAt: start })
    expect(await progress()).toMatchObject({ step: 'asking', kind: 'extend' })
  })
  test('stays here while somebody must approve it', async () => {
    const { begin, progress } = openProgress({ membership: member })
    await begin({ ...extension, stage: 'waiting', askedAt: start })
    expect(await progress()).toMatchObject({ step: 'waiting', kind: 'extend' })
  })
  test.each(['denied', 'lapsed'] as const)('reads here that it was %s, until the present period ends', async code => {
    const { begin, progress, pass } = openProgress({ membership: member })
    await begin({ ...extension, stage: 'over', ending: { code } })
    expect(await progress()).toMatchObject({ step: code })
    pass(hour)
    expect(await progress()).toMatchObject({ step: 'in' })
  })
  test('is told the newest of it', async () => {
    const { begin, progress } = openProgress({ membership: member, looked: { stage: 'accepted', acceptedAt: start } })
    await begin({ ...extension, stage: 'waiting', askedAt: start })
    expect(await progress()).toMatchObject({ step: 'in' })
  })
})

describe('the membership', () => {
  test('is asked for from when the wish was accepted', async () => {
    const { begin, progress, since } = openProgress()
    await begin(accepted)
    await progress()
    expect(since).toEqual([start])
  })
  test('is asked for from no moment on where no wish is on its way', async () => {
    const { begin, progress, since } = openProgress()
    await begin({ stage: 'over', acceptedAt: start })
    await progress()
    expect(since).toEqual([undefined])
  })
  test.each<[string, House]>([
    ['nobody knows it', { membership: 'unknown' }],
    ['the session is gone', { hasSession: false, membership: member }],
  ])('lets nobody in where %s', async (_what, house) => {
    expect(await openProgress(house).progress()).toMatchObject({ step: 'none' })
  })
  test('keeps no page that waits no longer', async () => {
    const { begin, progress } = openProgress({ membership: new Promise<never>(() => {}) })
    await begin(accepted)
    expect(await progress('/', { waitsUntil: performance.now() })).toMatchObject({ step: 'accepted' })
  })
})

test('nobody is in by an extension alone', async () => {
  const { begin, progress } = openProgress()
  await begin({ kind: 'extend', startsAt: start + hour, ...accepted })
  expect(await progress()).toMatchObject({ step: 'accepted' })
})

describe('a wish that is on its way', () => {
  test.each(['asking', 'waiting'] as const)('is asked about at each look (%s)', async stage => {
    const { begin, progress, asked } = openProgress()
    await begin({ stage, acceptedAt: start })
    await progress()
    expect(asked).toEqual(['now'])
  })
  test('that is in force is not asked about', async () => {
    const { begin, progress, asked } = openProgress()
    await begin(accepted)
    expect(await progress()).toMatchObject({ step: 'accepted', isInForce: true })
    expect(asked).toEqual([])
  })
  test('that is long in force is asked about', async () => {
    const { begin, progress, asked, pass } = openProgress()
    await begin(accepted)
    pass(surelyListedMs)
    await progress()
    expect(asked).toEqual(['now'])
  })
  test('that was taken is asked about again after five seconds', async () => {
    const { begin, progress, asked, pass } = openProgress()
    await begin({ ...accepted, status: 'pendingprovisioning' })
    pass(4_999)
    await progress()
    expect(asked).toEqual([])
    pass(1)
    await progress()
    expect(asked).toEqual(['now'])
  })
  test('that was taken nobody knows when is asked about', async () => {
    const { begin, progress, asked } = openProgress()
    await begin({ kind: 'extend', startsAt: start + hour, stage: 'accepted', status: 'pendingprovisioning' })
    await progress()
    expect(asked).toEqual(['now'])
  })
  test('is shown as it is known where Microsoft says nothing', async () => {
    const { begin, progress, logged } = openProgress({ looked: 'silence' })
    await begin({ stage: 'asking', askedAt: start })
    expect(await progress()).toMatchObject({ step: 'asking' })
    expect(logged).toHaveLength(1)
  })
  test('that waits is shown with those who may approve it', async () => {
    const { begin, progress } = openProgress({ answers: approving })
    await begin({ stage: 'waiting', askedAt: start })
    expect(await progress()).toEqual({
      step: 'waiting',
      kind: 'turn-on',
      approvers: ['Lena Fischer'],
      returnTo: '/orders',
      since: start,
      lapsesAt: start + 24 * hour,
      reason: 'Refund 8841',
      minutes: 60,
    })
  })
  test('that waits is shown without them where Microsoft does not say who they are', async () => {
    const { begin, progress } = openProgress({ answers: { rules: () => Promise.reject(new NoAnswer('silence')) } })
    await begin({ stage: 'waiting', askedAt: start })
    expect(await progress()).toMatchObject({ step: 'waiting', approvers: [] })
  })
})

describe('a wish that is over', () => {
  test('is shown as how it ended, and nobody asks about it', async () => {
    const { begin, progress, asked } = openProgress()
    await begin({ stage: 'over', ending: { code: 'denied' } })
    expect(await progress()).toMatchObject({ step: 'denied', returnTo: '/orders' })
    expect(asked).toEqual([])
  })
  test('because its time is up is shown as PIM says, and leads where it led', async () => {
    const { begin, progress } = openProgress()
    await begin({ ...accepted, acceptedAt: start - hour })
    expect(await progress('/elsewhere')).toStrictEqual({ step: 'none', returnTo: '/orders' })
  })
})

describe('without a wish of this application', () => {
  test('nothing is under way', async () => {
    expect(await openProgress().progress('/orders')).toStrictEqual({ step: 'none', returnTo: '/orders' })
  })
  test('a request of the portal waits', async () => {
    const request = { since: start, lapsesAt: start + hour, reason: 'In the portal' }
    const { progress } = openProgress({ offer: { kind: 'waiting', request, approvers: ['Lena'] } })
    const waiting = { step: 'waiting', ...request, approvers: ['Lena'], returnTo: '/orders' }
    expect(await progress('/orders')).toStrictEqual(waiting)
  })
  const on = { step: 'accepted', isInForce: true, wasOn: true, returnTo: '/' }
  test('access that was turned on in the portal is on its way, for the minutes that are left', async () => {
    const { progress } = openProgress({ offer: { kind: 'on', from: span.from, until: start + 5 * minute - 1 } })
    expect(await progress()).toStrictEqual({ ...on, since: span.from, minutes: 5 })
  })
  test('access without an end is on its way', async () => {
    const { progress } = openProgress({ offer: { kind: 'on' } })
    expect(await progress()).toStrictEqual({ ...on, since: start, minutes: 0 })
  })
})
