import { describe, expect, test } from 'vitest'
import type { Span } from '../../../src/entra/pim/standing.ts'
import { planFrom } from '../../../src/gate/plan/from-periods.ts'
import type { Plan } from '../../../src/session/record/plan.ts'

const at = (clock: string) => Date.parse(`2026-03-02T${clock}Z`)
const span = (from: string, until: string): Span => ({ from: at(from), until: at(until), kind: 'activated' })

describe('what PIM shows becomes a plan', () => {
  const read = (spans: Span[], askedAt: string, before?: Plan) => planFrom(spans, { askedAt: at(askedAt), before })

  test('one period: its begin and its end', () => {
    expect(read([span('12:00:00', '13:00:00')], '12:10:00')).toEqual({
      askedAt: at('12:10:00'),
      shownAt: at('12:10:00'),
      from: at('12:00:00'),
      until: at('13:00:00'),
    })
  })
  test('a period that follows at once prolongs it, and where they meet is a seam', () => {
    const plan = read([span('12:00:00', '13:00:00'), span('13:00:01', '13:30:00')], '12:10:00')
    expect(plan).toMatchObject({ until: at('13:30:00'), seamAt: at('13:00:01') })
  })
  test('one that follows after a gap does not', () => {
    expect(read([span('12:00:00', '13:00:00'), span('13:01:00', '13:30:00')], '12:10:00').until).toBe(at('13:00:00'))
  })
  test('after the change the seam is still known', () => {
    const before = read([span('12:00:00', '13:00:00')], '12:10:00')
    const plan = read([span('13:00:01', '13:30:00')], '13:00:02', before)
    expect(plan).toMatchObject({ from: at('13:00:01'), until: at('13:30:00'), seamAt: at('13:00:01') })
  })
  test('nothing shown leaves the end that was known, and invents none', () => {
    const before = read([span('12:00:00', '13:00:00')], '12:10:00')
    expect(read([], '12:20:00', before)).toEqual({ ...before, askedAt: at('12:20:00') })
    expect(read([], '12:20:00')).toEqual({ askedAt: at('12:20:00') })
  })
  test('what the person ended here does not come back with a list that lags', () => {
    const ended: Plan = { askedAt: at('12:30:00'), until: at('12:30:00'), endedAt: at('12:30:00') }
    expect(read([span('12:00:00', '13:00:00')], '12:30:05', ended).until).toBe(at('12:30:00'))
  })
  test('what they turned on after that does count', () => {
    const ended: Plan = { askedAt: at('12:30:00'), until: at('12:30:00'), endedAt: at('12:30:00') }
    expect(read([span('12:31:00', '13:31:00')], '12:31:05', ended).until).toBe(at('13:31:00'))
  })
  test('that they ended the one before is still known of the new one', () => {
    const ended: Plan = { askedAt: at('12:30:00'), until: at('12:30:00'), endedAt: at('12:30:00') }
    expect(read([span('12:31:00', '13:31:00')], '12:31:05', ended).endedAt).toBe(at('12:30:00'))
  })
  test('a shorter period within the present one does not shorten it', () => {
    expect(read([span('12:00:00', '13:00:00'), span('12:10:00', '12:40:00')], '12:20:00').until).toBe(at('13:00:00'))
  })
  test('one that begins later is not the present one', () => {
    expect(read([span('12:40:00', '13:40:00')], '12:20:00')).toEqual({ askedAt: at('12:20:00') })
  })
  test('one that has just begun counts on a replica whose clock is behind', () => {
    expect(read([span('12:20:00', '13:20:00')], '12:19:35').until).toBe(at('13:20:00'))
  })
  test('one turned on right after an end counts, though a clock that is ahead dated the end', () => {
    const ended: Plan = { askedAt: at('12:30:25'), until: at('12:30:25'), endedAt: at('12:30:25') }
    expect(read([span('12:30:10', '13:30:10')], '12:30:15', ended).until).toBe(at('13:30:10'))
  })
  test('an assignment without an end has none', () => {
    expect(read([{ from: at('12:00:00'), kind: 'assigned' }], '12:10:00')).toEqual({
      askedAt: at('12:10:00'),
      shownAt: at('12:10:00'),
      from: at('12:00:00'),
    })
  })
})
