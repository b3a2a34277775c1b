import { describe, expect, test } from 'vitest'
import { type AnswerAtGate, isRunning, withAnswer, withAnswerAt } from '../../../src/gate/asking/answer.ts'
import type { GateRecord } from '../../../src/session/record/at-gate.ts'
import type { Membership } from '../../../src/session/record/membership.ts'
import { lagMs, type Plan } from '../../../src/session/record/plan.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const earlier = now - 60_000
const later = now + 60_000
const yes = (provenAt: number): Membership => ({ member: true, provenAt })
const no = (provenAt: number, more: object = {}): Membership => ({
  member: false,
  provenAt,
  reason: 'not-in-group',
  ...more,
})
const session = (membership: Membership, more: Partial<GateRecord> = {}) =>
  ({ membership, contexts: {}, browser: 'b', ...more }) as GateRecord

/** The session after an answer, when nobody else wrote meanwhile. */
const answered = (found: GateRecord, answer: Omit<AnswerAtGate, 'ownProvenAt'>) =>
  withAnswerAt(found, found, { ownProvenAt: now, ...answer })

describe('an answer', () => {
  test('leaves what else the session remembers as it is', () => {
    expect(answered(session(yes(earlier)), { membership: yes(now) })).toEqual(session(yes(now), { ownProvenAt: now }))
  })

  test('that says nothing of the group leaves the membership as it is', () => {
    expect(answered(session(yes(earlier)), {}).membership).toEqual(yes(earlier))
  })

  test('that could not list the groups is remembered with its instant', () => {
    expect(answered(session('unknown'), { unlistedAt: now }).unlistedAt).toBe(now)
  })

  test('that could list the groups adds no such instant', () => {
    expect(Object.keys(answered(session('unknown'), {}))).not.toContain('unlistedAt')
  })

  test('takes back "not assigned", also when it says nothing of the group', () => {
    expect(answered(session(no(earlier, { reason: 'not-assigned' })), {}).membership).toBe('unknown')
  })
})

describe('an answer to a session that nobody else wrote', () => {
  test('takes the place of what a clock dated ahead', () => {
    expect(answered(session(yes(later)), { membership: no(now) }).membership).toEqual(no(now))
  })

  test('counts a session that was read anew as the same', () => {
    const found = withAnswerAt(session(yes(later)), session(yes(later)), { ownProvenAt: now, membership: no(now) })
    expect(found.membership).toEqual(no(now))
  })

  test('takes the place of nothing known', () => {
    expect(answered(session('unknown'), { membership: yes(now) }).membership).toEqual(yes(now))
  })

  test('says when the account was last proven, also before what a clock dated ahead', () => {
    expect(answered(session('unknown', { ownProvenAt: later }), {}).ownProvenAt).toBe(now)
  })
})

describe('an answer to a session that others wrote meanwhile', () => {
  const before = session(yes(earlier))
  const answerTo = (found: GateRecord, membership: Membership = yes(now)) =>
    withAnswerAt(found, before, { ownProvenAt: now, membership })

  test('does not take the place of a newer proof', () => {
    expect(answerTo(session(no(later))).membership).toEqual(no(later))
  })

  test('does not take the place of a newer proof that says the same as the one before', () => {
    expect(answerTo(session(yes(later)), no(now)).membership).toEqual(yes(later))
  })

  test('takes the place of an older proof', () => {
    expect(answerTo(session(no(now - 1))).membership).toEqual(yes(now))
  })

  test('does not take the place of a "no" of the same instant', () => {
    expect(answerTo(session(no(now))).membership).toEqual(no(now))
  })

  test('does not take the place of a newer proof where nothing was known before', () => {
    const found = withAnswerAt(session(yes(later)), session('unknown'), { ownProvenAt: now, membership: no(now) })
    expect(found.membership).toEqual(yes(later))
  })

  test('does not take the place of a newer "no", written over a "yes" of the same instant', () => {
    const ahead = withAnswerAt(session(no(later)), session(yes(later)), { ownProvenAt: now, membership: yes(now) })
    expect(ahead.membership).toEqual(no(later))
  })

  test('leaves the newer instant at which the account was proven', () => {
    expect(answerTo(session(yes(earlier), { ownProvenAt: later })).ownProvenAt).toBe(later)
  })

  test('says when the account was proven where that is newer', () => {
    expect(answerTo(session(yes(earlier), { ownProvenAt: now - 1 })).ownProvenAt).toBe(now)
  })
})

describe('a plain "no"', () => {
  const plan = (more: Partial<Plan>): Partial<GateRecord> => ({ plan: { askedAt: earlier, ...more } })
  const cases: [string, GateRecord, Membership][] = [
    ['without a plan stays plain', session(yes(earlier)), no(now)],
    ['without a known end stays plain', session(yes(earlier), plan({})), no(now)],
    ['before the known end stays plain', session(yes(earlier), plan({ until: now + 1 })), no(now)],
    [
      'at the known end means that the time was up',
      session(yes(earlier), plan({ until: now })),
      no(now, { reason: 'ran-out', endedAt: now }),
    ],
    [
      'after nothing known means the known end, too',
      session('unknown', plan({ until: earlier })),
      no(now, { reason: 'ran-out', endedAt: earlier }),
    ],
    [
      'after an end that the person made here means that end',
      session(yes(earlier), plan({ until: earlier, endedAt: earlier })),
      no(now, { reason: 'ended', endedAt: earlier }),
    ],
    [
      'after a "no" that means an end means it too',
      session(no(earlier, { reason: 'ended', endedAt: 7 })),
      no(now, { reason: 'ended', endedAt: 7 }),
    ],
    ['after a plain "no" stays plain', session(no(earlier), plan({ until: earlier })), no(now)],
  ]
  test.for(cases)('%s', ([, found, expected]) => {
    expect(answered(found, { membership: no(now) }).membership).toStrictEqual(expected)
  })

  test.for<[string, Membership]>([
    ['"yes"', yes(now)],
    ['answer that leaves the group unknown', 'unknown'],
    ['"no" with an end of its own', no(now, { endedAt: 7 })],
    ['"no" for another reason', no(now, { reason: 'not-assigned' })],
  ])('is not what a %s becomes after a known end', ([, membership]) => {
    const found = session(yes(earlier), plan({ until: earlier }))
    expect(answered(found, { membership }).membership).toStrictEqual(membership)
  })
})

test.for<[string, Partial<Plan> | undefined, boolean]>([
  ['nothing is known of', undefined, false],
  ['has no known beginning', { until: later }, false],
  ['has no known end', { from: earlier - lagMs }, false],
  ['every list shows by now', { from: now - lagMs - 1, until: later }, true],
  ['a list may not show yet', { from: now - lagMs, until: later }, false],
  ['ends now', { from: earlier - lagMs, until: now }, false],
  ['ends in a moment', { from: earlier - lagMs, until: now + 1 }, true],
])('a period that %s: that it is running is %s', ([, plan, expected]) => {
  expect(isRunning(plan && { askedAt: earlier, ...plan }, now)).toBe(expected)
})

describe('an answer about several gates', () => {
  const plan = { askedAt: earlier, until: earlier }
  const before: SessionRecord = {
    identity: { tenantId: 't', objectId: 'o', subject: 's', name: 'Alice', username: 'alice' },
    gates: { members: { membership: yes(earlier), plan }, operators: { membership: no(earlier) } },
    contexts: { c1: earlier },
    signedInAt: earlier,
    lastSeenAt: earlier,
    browser: 'b',
  }
  const answer = { ownProvenAt: now, memberships: { members: no(now), operators: yes(now), auditors: no(now) } }

  test('is remembered at each of them, also where nothing was known', () => {
    expect(withAnswer(before, before, answer)).toStrictEqual({
      ...before,
      gates: {
        members: { membership: no(now, { reason: 'ran-out', endedAt: earlier }), plan },
        operators: { membership: yes(now) },
        auditors: { membership: no(now) },
      },
      ownProvenAt: now,
    })
  })

  test('leaves the gates of which it says nothing as they are', () => {
    const memberships = { operators: yes(now) }
    expect(withAnswer(before, before, { ownProvenAt: now, memberships })).toStrictEqual({
      ...before,
      gates: { ...before.gates, operators: { membership: yes(now) } },
      ownProvenAt: now,
    })
  })

  test('says nothing of a gate called like something that every object has', () => {
    const odd = { ...before, gates: { ...before.gates, constructor: { membership: yes(earlier) } } }
    expect(withAnswer(odd, odd, answer).gates.constructor).toStrictEqual({ membership: yes(earlier) })
  })

  test('of which nothing could be learned says that the account was proven, and why nothing more', () => {
    expect(withAnswer(before, before, { ownProvenAt: now, unlistedAt: now })).toStrictEqual({
      ...before,
      ownProvenAt: now,
      unlistedAt: now,
    })
  })

  test('lifts at every gate that the person was not assigned, because they are now', () => {
    const notAssigned = { membership: no(earlier, { reason: 'not-assigned' }) }
    const shut = { ...before, gates: { members: notAssigned, operators: notAssigned } }
    const memberships = { operators: yes(now) }
    expect(withAnswer(shut, shut, { ownProvenAt: now, memberships }).gates).toStrictEqual({
      members: { membership: 'unknown' },
      operators: { membership: yes(now) },
    })
  })

  test('does not take the place of a newer proof that others wrote meanwhile at one of them', () => {
    const found = {
      ...before,
      gates: { ...before.gates, operators: { membership: no(later) } },
      ownProvenAt: later,
    }
    expect(withAnswer(found, before, answer)).toMatchObject({
      gates: { operators: { membership: no(later) }, members: { membership: no(now, { reason: 'ran-out' }) } },
      ownProvenAt: later,
    })
  })
})
