import { describe, expect, test } from 'vitest'
import { type GateRecord, withGate } from '../../../src/session/record/at-gate.ts'
import { continuing, withNews, withPlan } from '../../../src/session/record/continuing.ts'
import { createLifetimes } from '../../../src/session/record/lifetimes.ts'
import {
  isMember,
  isNotAssigned,
  liftedBy,
  type Membership,
  membershipShape,
  newerOf,
} from '../../../src/session/record/membership.ts'
import { isEndedHere, newerPlan, orderOf, type Plan, surelyListedMs } from '../../../src/session/record/plan.ts'
import { isUnlisted, type SessionRecord } from '../../../src/session/record/record.ts'
import { alice as identity } from '../../support/alice.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const yes = (provenAt: number): Membership => ({ member: true, provenAt })
const ending: Membership = { member: true, provenAt: 1, until: 9 }
const no = (provenAt: number): Membership => ({ member: false, provenAt, reason: 'not-in-group' })
const notAssigned = (provenAt: number): Membership => ({ member: false, provenAt, reason: 'not-assigned' })
const seen = (more: Partial<GateRecord> = {}): GateRecord => ({
  identity,
  membership: 'unknown',
  contexts: {},
  signedInAt: now - 60_000,
  lastSeenAt: now,
  browser: '',
  ...more,
})
/** A session that knows this of the one gate that there is. */
const record = (more: Partial<GateRecord> = {}): SessionRecord => {
  const one = seen(more)
  return withGate({ ...one, gates: {} }, 'members', one)
}

test.each<[membership: Membership, member: boolean, assigned: boolean]>([
  ['unknown', false, true],
  [yes(1), true, true],
  [no(1), false, true],
  [notAssigned(1), false, false],
])('%j is a member: %s, and may be assigned: %s', (membership, member, assigned) => {
  expect([isMember(membership), isNotAssigned(membership)]).toEqual([member, !assigned])
})

test.each<[what: string, one: Membership, other: Membership, newer: Membership]>([
  ['a newer yes', no(1), yes(2), yes(2)],
  ['a newer no', yes(1), no(2), no(2)],
  ['of the same instant the no', yes(1), no(1), no(1)],
  ['of two yes of the same instant the other, which may know its end', yes(1), ending, ending],
  ['something rather than nothing', 'unknown', no(1), no(1)],
  ['nothing of nothing', 'unknown', 'unknown', 'unknown'],
])('of two proofs counts %s', (_what, one, other, newer) => {
  expect(newerOf(one, other)).toEqual(newer)
  if (one === 'unknown' || other === 'unknown' || one.member !== other.member)
    expect(newerOf(other, one)).toEqual(newer)
})

test('"not assigned" is lifted by a token that was given later, and nothing else is', () => {
  expect(liftedBy(3, notAssigned(2))).toBe('unknown')
  expect(liftedBy(2, notAssigned(2))).toEqual(notAssigned(2))
  expect(liftedBy(3, no(2))).toEqual(no(2))
})

test.each<[what: string, membership: unknown]>([
  ['nothing known', 'unknown'],
  ['a yes', { member: true, provenAt: 1 }],
  ['a yes with an end', { member: true, provenAt: 1, until: 2 }],
  ...['not-in-group', 'not-assigned', 'ended', 'ran-out'].map(
    reason => [`a no (${reason})`, { member: false, provenAt: 1, reason, endedAt: 2 }] as [string, unknown],
  ),
])('%s is read as it was written', (_what, membership) => {
  expect(membershipShape.parse(membership)).toEqual(membership)
})

test('a no with a reason of a later release is a plain no', () => {
  expect(membershipShape.parse({ member: false, provenAt: 1, reason: 'of tomorrow' })).toEqual(no(1))
})

describe('of two plans', () => {
  const plan = (askedAt: number, more: Partial<Plan> = {}): Plan => ({ askedAt, ...more })

  test('the order counts before the instant at which they were asked for', () => {
    expect([orderOf(undefined), orderOf(plan(5)), orderOf(plan(5, { order: 7 }))]).toEqual([0, 5, 7])
  })

  test.each<[what: string, one: Plan | undefined, other: Plan | undefined, isOther: boolean]>([
    ['the newer one counts', plan(1), plan(2), true],
    ['the older one does not', plan(2), plan(1), false],
    ['of the same number the first counts', plan(1), plan(1), false],
    ['one counts against none', undefined, plan(1), true],
    ['none counts against none', undefined, undefined, false],
  ])('%s', (_what, one, other, isOther) => {
    expect(newerPlan(one, other)).toBe(isOther ? other : one)
  })

  test('one that its person ended here is over at once; one that ended otherwise is not', () => {
    expect(isEndedHere(plan(1, { until: 9, endedAt: 9 }))).toBe(true)
    expect(isEndedHere(plan(1, { until: 19, endedAt: 9 }))).toBe(false)
    expect(isEndedHere(plan(1))).toBe(false)
    expect(isEndedHere(plan(1, { until: 9 }))).toBe(false)
  })

  test('a record takes the newer one, and stays the same record otherwise', () => {
    const before = seen({ plan: plan(2) })
    expect(withPlan(before, plan(3))).toEqual(seen({ plan: plan(3) }))
    for (const older of [plan(1), plan(2), undefined]) expect(withPlan(before, older)).toBe(before)
    const without = seen()
    expect(withPlan(without, undefined)).toBe(without)
  })

  test('a session that continues keeps the one that was known', () => {
    const proven = { identity, gates: { members: { membership: yes(now) } }, contexts: {} }
    expect(continuing(record({ plan: plan(2) }), proven, now).gates.members?.plan).toEqual(plan(2))
    expect(Object.keys(continuing(record(), proven, now).gates.members ?? {})).toEqual(['membership'])
  })
})

describe('what another record of the same person knows', () => {
  test.each<[what: string, own: Partial<GateRecord>, other: Partial<GateRecord>, found: Partial<GateRecord>]>([
    ['counts where it is newer', { membership: yes(1) }, { membership: no(2) }, { membership: no(2), ownProvenAt: 2 }],
    [
      'does not count where it is older',
      { membership: yes(2) },
      { membership: no(1) },
      { membership: yes(2), ownProvenAt: 2 },
    ],
    [
      'lifts "not assigned"',
      { membership: notAssigned(1) },
      { membership: 'unknown', ownProvenAt: 2 },
      { membership: 'unknown', ownProvenAt: 2 },
    ],
    [
      'brings its plan',
      { plan: { askedAt: 1 } },
      { membership: 'unknown', plan: { askedAt: 2 } },
      { plan: { askedAt: 2 } },
    ],
    [
      'leaves a newer plan',
      { plan: { askedAt: 2 } },
      { membership: 'unknown', plan: { askedAt: 1 } },
      { plan: { askedAt: 2 } },
    ],
  ])('%s', (_what, own, other, found) => {
    expect(withNews(record(own), record(other))).toEqual(record(found))
  })

  describe('of several gates', () => {
    const plan = (askedAt: number): Plan => ({ askedAt })
    const both = (own: SessionRecord['gates'], other: SessionRecord['gates'], at = {}) =>
      withNews({ ...record(), gates: own }, { ...record(), gates: other, ...at })

    test('counts at each gate where it is newer there, and brings no plan to another gate', () => {
      const own = { members: { membership: yes(1), plan: plan(3) }, operators: { membership: no(4) } }
      const other = { members: { membership: no(2), plan: plan(2) }, operators: { membership: yes(3), plan: plan(9) } }
      expect(both(own, other).gates).toEqual({
        members: { membership: no(2), plan: plan(3) },
        operators: { membership: no(4), plan: plan(9) },
      })
    })

    test('stays where only one of the two knows of the gate', () => {
      const [own, other] = [{ members: { membership: yes(1) } }, { operators: { membership: no(2), plan: plan(1) } }]
      expect(both(own, other).gates).toEqual({ ...own, ...other })
    })

    test('stays at a gate called constructor', () => {
      const own = { constructor: { membership: yes(1), plan: plan(1) } }
      expect(both(own, {}).gates).toEqual(own)
    })

    test('tells when the token was last asked for, whichever gate that answer was about', () => {
      const [own, other] = [{ members: { membership: yes(2) } }, { operators: { membership: no(5) } }]
      expect([both(own, other).ownProvenAt, both(own, other, { ownProvenAt: 7 }).ownProvenAt]).toEqual([5, 7])
      expect(both(other, own).ownProvenAt).toBe(5)
    })

    test('lifts "not assigned" at every gate by a token that was given since', () => {
      const own = { members: { membership: notAssigned(1) }, operators: { membership: notAssigned(1) } }
      expect(both(own, {}, { ownProvenAt: 2 }).gates).toEqual({
        members: { membership: 'unknown' },
        operators: { membership: 'unknown' },
      })
    })
  })

  test('adds nothing where neither knows anything', () => {
    expect(withNews(record(), record({ membership: 'unknown' }))).toEqual(record())
  })
})

test.each([
  [2, yes(1), true],
  [1, yes(1), false],
  [undefined, 'unknown' as const, false],
  [1, 'unknown' as const, true],
])(
  'somebody in too many groups at %j, whose membership is %j, cannot be looked up: %s',
  (unlistedAt, membership, expected) => {
    expect(isUnlisted({ unlistedAt, membership })).toBe(expected)
  },
)

test('a change is surely in the lists after two and a half minutes', () => {
  expect(surelyListedMs).toBe(150_000)
})

describe('how long a session lasts', () => {
  const minute = 60_000
  const lifetimes = (at = now) =>
    createLifetimes({ limits: { idleMs: 30 * minute, maxMs: 600 * minute }, clock: () => new Date(at) })

  test('it is over when nobody uses it, and at its greatest age at the latest', () => {
    expect(lifetimes().overAt({ signedInAt: now, lastSeenAt: now })).toBe(now + 30 * minute)
    expect(lifetimes().overAt({ signedInAt: now, lastSeenAt: now + 590 * minute })).toBe(now + 600 * minute)
  })

  test('its tokens last for half a minute longer', () => {
    const { tokenLifeMs, ttlSeconds } = lifetimes()
    expect(tokenLifeMs(record())).toBe(ttlSeconds(record()) * 1000 + 30_000)
  })

  test('a session that was seen is not over, though nobody could write that down', () => {
    const { isPast, noteUnwritten } = lifetimes(now + 30 * minute)
    expect(isPast('one', record())).toBe(true)
    noteUnwritten('one', now + minute)
    expect([isPast('one', record()), isPast('another', record())]).toEqual([false, true])
  })

  test('ten thousand sessions are remembered so, and then it begins anew', () => {
    const { isPast, noteUnwritten } = lifetimes(now + 30 * minute)
    for (let index = 0; index < 10_000; index++) noteUnwritten(`session-${index}`, now + minute)
    expect(isPast('session-0', record())).toBe(false)
    noteUnwritten('one more', now + minute)
    expect([isPast('session-0', record()), isPast('one more', record())]).toEqual([true, false])
  })
})
