import { describe, expect, test } from 'vitest'
import { isPimNeeded, isPlanOld, mayAskPim } from '../../../src/gate/plan/when-to-ask.ts'
import type { GateRecord } from '../../../src/session/record/at-gate.ts'
import type { Membership } from '../../../src/session/record/membership.ts'
import type { Plan } from '../../../src/session/record/plan.ts'

/** Seconds after noon, in epoch ms. */
const s = (seconds: number) => Date.parse('2026-03-02T12:00:00Z') + seconds * 1000
const minute = 60
const hour = 3600

describe('PIM itself must say how things stand', () => {
  const no = { member: false, provenAt: s(0), reason: 'not-in-group' } as const
  const over: Plan = { askedAt: s(-hour), from: s(-2 * hour), until: s(0) }
  const long = s(-hour)

  test('for somebody who is refused, and for nobody else', () => {
    expect(isPimNeeded(over, no, { now: s(10), pimAskedAt: long })).toBe(true)
    expect(isPimNeeded(over, 'unknown', { now: s(10), pimAskedAt: long })).toBe(false)
    expect(isPimNeeded(over, { member: true, provenAt: s(0) }, { now: s(10), pimAskedAt: long })).toBe(false)
    expect(isPimNeeded(undefined, no, { now: s(10), pimAskedAt: long })).toBe(false)
    expect(isPimNeeded({ askedAt: s(-hour) }, no, { now: s(10), pimAskedAt: long })).toBe(false)
  })

  test.each([
    ['at the end', 0, 0, false],
    ['a second before it', -1, 0, true],
  ])('past a known end once, where PIM was asked %s', (_when, askedAt, pimAskedAt, expected) => {
    expect(isPimNeeded({ ...over, askedAt: s(askedAt) }, no, { now: s(5), pimAskedAt: s(pimAskedAt) })).toBe(expected)
  })

  test.each([
    [9, 0, false],
    [10, 0, true],
    [10, 1, false],
  ])(
    'again %i seconds after the end, where this session asked %i seconds after it: %s',
    (now, pimAskedAt, expected) => {
      const asked = { ...over, askedAt: s(0) }
      expect(isPimNeeded(asked, no, { now: s(now), pimAskedAt: s(pimAskedAt) })).toBe(expected)
    },
  )

  test.each([
    [4, false],
    [5, true],
    [-5, true],
  ])('at a seam, where PIM showed the periods %i seconds ago: %s', (ago, expected) => {
    const extended = { askedAt: s(0), from: s(-hour), until: s(hour), seamAt: s(0), shownAt: s(10 - ago) }
    expect(isPimNeeded(extended, no, { now: s(10), pimAskedAt: long })).toBe(expected)
  })
})

describe('PIM is asked in the background', () => {
  const long = s(-hour)
  test.each([
    ['five minutes after the plan was asked for', 0, 5 * minute, long, true],
    ['not a second earlier', 0, 5 * minute - 1, long, false],
    ['not before five minutes since this session asked', 0, 5 * minute, s(1), false],
    ['where the plan was asked for by a clock that is far ahead', 10 * minute, 0, long, true],
  ])('%s', (_when, askedAt, now, pimAskedAt, expected) => {
    expect(isPlanOld({ askedAt: s(askedAt), until: s(hour) }, { now: s(now), pimAskedAt })).toBe(expected)
  })

  test('where nothing is known of a plan', () => {
    expect(isPlanOld(undefined, { now: s(0), pimAskedAt: long })).toBe(true)
  })

  test.each([
    ['ten seconds after it was asked, where the plan just ended', 0, 10, true],
    ['not nine seconds after', 0, 9, false],
    ['ten seconds after it was asked, where the plan ends at this instant', 10, 10, true],
    ['ten seconds after, up to two minutes after that end', -110 + 1, 10, true],
    ['not ten seconds after, two minutes after that end', -110, 10, false],
  ])('%s', (_when, until, now, expected) => {
    expect(isPlanOld({ askedAt: s(0), until: s(until) }, { now: s(now), pimAskedAt: s(0) })).toBe(expected)
  })
})

describe('PIM may be asked once more for a session', () => {
  const record = (membership: Membership, plan?: Plan) => ({ membership, plan }) as GateRecord
  const yes: Membership = { member: true, provenAt: s(0) }
  const over: Plan = { askedAt: s(-1), until: s(0) }

  test.each([
    [1.499, false],
    [1.5, true],
    [-1.5, true],
  ])('%d seconds after it was asked: %s', (after, expected) => {
    expect(mayAskPim(record('unknown'), { now: s(after), pimAskedAt: s(0) })).toBe(expected)
  })

  test.each([
    ['for a member whose plan is over', yes, over, true],
    ['not for a member whose plan goes on', yes, { ...over, until: s(hour) }, false],
    ['not for a member without a known end', yes, { askedAt: s(-1) }, false],
    ['not for a member without a plan', yes, undefined, false],
    [
      'not for somebody who is refused',
      { member: false, provenAt: s(0), reason: 'not-in-group' } as const,
      over,
      false,
    ],
  ])('at once %s', (_who, membership, plan, expected) => {
    expect(mayAskPim(record(membership, plan), { now: s(1), pimAskedAt: s(0) })).toBe(expected)
  })
})
