import { describe, expect, test } from 'vitest'
import { withinPlan } from '../../../src/gate/plan/bound.ts'
import { isAtSeam } from '../../../src/gate/plan/phase.ts'
import type { Membership } from '../../../src/session/record/membership.ts'
import type { Plan } from '../../../src/session/record/plan.ts'

/** Seconds after noon, in epoch ms. */
const s = (seconds: number) => Date.parse('2026-03-02T12:00:00Z') + seconds * 1000
const minute = 60
const hour = 3600

describe('a seam', () => {
  test.each([
    [-31, false],
    [-30, true],
    [59, true],
    [60, false],
  ])('counts for half a minute, and clocks may differ by half a minute: %i seconds after it %s', (after, expected) => {
    expect(isAtSeam({ askedAt: 0, seamAt: s(0) }, s(after))).toBe(expected)
  })

  test('is nowhere in a plan that has none', () => {
    expect(isAtSeam({ askedAt: 0 }, s(0))).toBe(false)
  })
})

describe('a membership within a plan', () => {
  const plan: Plan = { askedAt: s(0), from: s(-hour), until: s(hour) }
  const yes = (provenAt: number, until?: number): Membership => ({
    member: true,
    provenAt: s(provenAt),
    ...(until !== undefined && { until: s(until) }),
  })
  const no = (provenAt: number): Membership => ({ member: false, provenAt: s(provenAt), reason: 'not-in-group' })

  test('that is not known stays unknown, also when the plan is over', () => {
    expect(withinPlan(plan, 'unknown', s(hour))).toBe('unknown')
  })

  test.each([
    ['asked for when PIM was asked knows its end itself', 0, minute],
    ['asked for a second before has the end of the plan', -1, hour],
  ])('of a list %s', (_when, provenAt, until) => {
    expect(withinPlan(plan, yes(provenAt, minute), s(10))).toMatchObject({ until: s(until) })
  })

  test.each([
    ['five seconds from a seam goes on', 5, hour],
    ['five seconds before it, too', -5, hour],
    ['six seconds from it ends there', 6, minute + 6],
  ])('whose listed end is %s', (_when, off, until) => {
    const extended = { ...plan, seamAt: s(minute) }
    expect(withinPlan(extended, yes(1, minute + off), s(10))).toMatchObject({ until: s(until) })
  })

  describe('around a seam, where somebody is refused', () => {
    const extended: Plan = { ...plan, seamAt: s(0), shownAt: s(0) }

    test('goes on until the plan ends, and no longer', () => {
      const short = { ...extended, until: s(20) }
      expect(withinPlan(short, no(5), s(19))).toMatchObject({ member: true, until: s(20) })
      expect(withinPlan(short, no(5), s(20))).toEqual(no(5))
    })

    test.each([
      [10, true],
      [11, false],
    ])('goes on where PIM showed it %i seconds before the refusal: %s', (provenAt, goesOn) => {
      expect(withinPlan(extended, no(provenAt), s(provenAt))).toEqual(
        goesOn ? { member: true, provenAt: s(0), until: s(hour) } : no(provenAt),
      )
    })

    test('goes on before the seam too, on a replica whose clock is behind', () => {
      const ahead = { ...extended, seamAt: s(40), shownAt: s(12) }
      expect(withinPlan(ahead, no(12), s(12))).toMatchObject({ member: true })
      // Asked for around the seam, and read by a clock that was set back since: the seam is still to come.
      expect(withinPlan(ahead, no(12), s(0))).toMatchObject({ member: true })
    })

    test('is unknown when the seam is over, whoever was asked within it', () => {
      expect(withinPlan(extended, no(5), s(59))).toMatchObject({ member: true })
      expect(withinPlan(extended, no(5), s(60))).toBe('unknown')
    })
  })
})
