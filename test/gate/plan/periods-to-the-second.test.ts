import { describe, expect, test } from 'vitest'
import { planFrom } from '../../../src/gate/plan/from-periods.ts'
import type { Plan } from '../../../src/session/record/plan.ts'

/** Seconds after noon, in epoch ms. */
const s = (seconds: number) => Date.parse('2026-03-02T12:00:00Z') + seconds * 1000
const minute = 60
const hour = 3600

describe('a period that PIM shows', () => {
  const span = (from: number, until?: number) => ({
    kind: 'activated' as const,
    from: s(from),
    ...(until !== undefined && { until: s(until) }),
  })
  const read = (spans: ReturnType<typeof span>[], askedAt: number, before?: Plan) =>
    planFrom(spans, { askedAt: s(askedAt), before })
  const known = (until: number, more: Partial<Plan> = {}): Plan => ({
    askedAt: s(0),
    from: s(-hour),
    until: s(until),
    ...more,
  })

  test.each([
    ['half a minute before an end that was made here', -30, true],
    ['a second earlier', -31, false],
  ])('and that began %s counts: %s', (_when, from, counts) => {
    const ended = known(0, { endedAt: s(0) })
    expect(read([span(from, hour)], 10, ended).until).toBe(counts ? s(hour) : s(0))
  })

  test.each([
    ['half a minute from now', 30, true],
    ['a second later', 31, false],
  ])('and that begins %s is the present one: %s', (_when, from, isPresent) => {
    expect(read([span(from, hour)], 0).from).toBe(isPresent ? s(from) : undefined)
  })

  test.each([
    ['five seconds after the end that was known', 5, true],
    ['a second later', 6, false],
  ])('and that begins %s, which is far ahead, is the present one: %s', (_when, gap, isPresent) => {
    const plan = read([span(10 * minute + gap, hour)], 0, known(10 * minute))
    expect(plan.from).toBe(isPresent ? s(10 * minute + gap) : s(-hour))
  })

  test('and that is over at this instant is not the present one', () => {
    expect(read([span(-hour, 0)], 0)).toEqual({ askedAt: s(0) })
    expect(read([span(-hour, 1)], 0).until).toBe(s(1))
  })

  test.each([
    ['five seconds after', 5, true],
    ['five seconds before', -5, true],
    ['six seconds after', 6, false],
    ['six seconds before', -6, false],
  ])('and that began %s the end that was known follows it at a seam: %s', (_when, gap, isSeam) => {
    expect(read([span(gap, hour)], 8, known(0)).seamAt).toBe(isSeam ? s(gap) : undefined)
  })

  test('and that is the one that was known follows nothing', () => {
    expect(read([span(0, hour)], 2, known(3, { from: s(0) })).seamAt).toBeUndefined()
  })

  test('and at whose begin a seam was known has it still, however long ago the one before it ended', () => {
    expect(read([span(0, hour)], 10, known(hour, { from: s(0), seamAt: s(0) })).seamAt).toBe(s(0))
  })

  test.each([
    ['five seconds after it prolongs the present one', 5, true],
    ['six seconds after it does not', 6, false],
  ])('and that begins %s', (_when, gap, prolongs) => {
    const { until, seamAt } = read([span(-hour, hour), span(hour + gap, 2 * hour)], 0)
    expect([until, seamAt]).toEqual(prolongs ? [s(2 * hour), s(hour + gap)] : [s(hour), undefined])
  })

  test('and that follows one without an end changes nothing', () => {
    expect(read([span(-hour), span(minute, hour)], 0)).toEqual({ askedAt: s(0), shownAt: s(0), from: s(-hour) })
  })

  test('and that follows without an end takes the end away', () => {
    const plan = read([span(-hour, hour), span(hour)], 0)
    expect(plan).toEqual({ askedAt: s(0), shownAt: s(0), from: s(-hour), seamAt: s(hour) })
  })

  test('and that began with the present one, but is longer, is not a second one', () => {
    expect(read([span(-hour, hour), span(-hour, 2 * hour)], 0).until).toBe(s(hour))
  })

  test('and that began before the present one, but goes on for longer, is not a second one', () => {
    expect(read([span(-10, hour), span(-hour, 2 * hour)], 0).until).toBe(s(hour))
  })

  test('and that ends with the present one makes no seam', () => {
    expect(read([span(-hour, hour), span(minute, hour)], 0).seamAt).toBeUndefined()
  })

  test.each([
    ['less than half a minute ago stays the seam', 29, 0],
    ['half a minute ago gives way to the next', 30, hour],
  ])('a seam that was passed %s', (_when, askedAt, seam) => {
    const before = known(hour, { from: s(0), seamAt: s(0) })
    expect(read([span(0, hour), span(hour, 2 * hour)], askedAt, before).seamAt).toBe(s(seam))
  })

  test('of two seams to come the first is kept', () => {
    const plan = read([span(-hour, hour), span(hour, 2 * hour), span(2 * hour, 3 * hour)], 0)
    expect(plan).toMatchObject({ seamAt: s(hour), until: s(3 * hour) })
  })

  test('leaves the act that is on its way, and the end that was made here, as they were known', () => {
    const plan = read([span(0, hour)], 10, known(-10, { endedAt: s(-10), act: 7 }))
    expect(plan).toMatchObject({ endedAt: s(-10), act: 7, until: s(hour) })
    expect(Object.keys(read([span(0, hour)], 10))).not.toContain('act')
  })
})
