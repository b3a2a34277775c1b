import { describe, expect, test } from 'vitest'
import type { Span } from '../../src/entra/pim/pim.ts'
import { planFrom, within } from '../../src/gate/plan.ts'
import type { Membership } from '../../src/session/record/membership.ts'
import type { Plan } from '../../src/session/record/plan.ts'

const at = (clock: string) => Date.parse(`2026-03-02T${clock}Z`)
const span = (from: string, until: string): Span => ({ from: at(from), until: at(until), kind: 'activated' })
const member = (provenAt: string, until?: string): Membership => ({
  member: true,
  provenAt: at(provenAt),
  ...(until && { until: at(until) }),
})
const no = (provenAt: string): Membership => ({ member: false, provenAt: at(provenAt), reason: 'not-in-group' })

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

const plan: Plan = { askedAt: at('12:10:00'), from: at('12:00:00'), until: at('13:00:00') }
const extended: Plan = { ...plan, until: at('13:30:00'), seamAt: at('13:00:01') }
const endedHere: Plan = { askedAt: at('12:30:00'), until: at('12:30:00'), endedAt: at('12:30:00') }

type Case = [
  what: string,
  plan: Plan | undefined,
  membership: Membership,
  now: string,
  expected: object | 'the same' | 'unknown',
]
const cases: Case[] = [
  ['no plan changes nothing', undefined, member('12:30:00'), '12:30:30', 'the same'],
  ['a plan never makes a member', plan, no('12:30:00'), '12:30:30', 'the same'],
  ['nor out of the unknown', plan, 'unknown', '12:30:30', 'the same'],
  ['it gives a membership its end', plan, member('12:59:00'), '12:59:30', { member: true, until: at('13:00:00') }],
  ['a second before it', plan, member('12:59:00'), '12:59:59', { member: true }],
  [
    'at the end it is over',
    plan,
    member('12:59:00'),
    '13:00:00',
    { member: false, reason: 'ran-out', endedAt: at('13:00:00') },
  ],
  ['a token that lags behind does not lift the end', plan, member('13:00:30'), '13:00:40', { member: false }],
  ['one from long after it does', plan, member('13:02:00'), '13:02:10', 'the same'],
  [
    'a list of PIM from before the plan does not outlive its end',
    { ...plan, askedAt: at('12:50:00') },
    member('12:45:00', '14:00:00'),
    '13:00:05',
    { member: false, reason: 'ran-out' },
  ],
  [
    'a newer list with an earlier end ends it earlier',
    plan,
    member('12:20:00', '12:40:00'),
    '12:30:00',
    { until: at('12:40:00') },
  ],
  [
    'an end that a clock which is ahead gave it holds at once',
    endedHere,
    member('12:29:50'),
    '12:29:55',
    { member: false, reason: 'ended' },
  ],
  ['a newer list of PIM knows its ends itself', plan, member('12:59:50', '14:00:00'), '13:00:05', 'the same'],
  [
    'but not one that was made here',
    endedHere,
    member('12:30:20', '13:00:00'),
    '12:30:30',
    { member: false, reason: 'ended' },
  ],
  [
    'the first of two periods is not the end',
    extended,
    member('12:59:50', '13:00:00'),
    '12:59:55',
    { until: at('13:30:00') },
  ],
  [
    'over the seam a no is held when PIM itself was asked',
    { ...extended, shownAt: at('13:00:05') },
    no('13:00:04'),
    '13:00:06',
    { member: true, until: at('13:30:00') },
  ],
  [
    'but not when PIM showed it long before',
    { ...extended, askedAt: at('13:00:05'), shownAt: at('12:10:00') },
    no('13:00:04'),
    '13:00:06',
    'the same',
  ],
  [
    'nor so long after the seam that no clock explains it',
    { ...extended, shownAt: at('13:01:01') },
    no('13:01:01'),
    '13:01:02',
    'the same',
  ],
  [
    'a no out of the seam is nothing once it is over',
    { ...extended, shownAt: at('13:00:58') },
    no('13:00:58'),
    '13:01:02',
    'unknown',
  ],
  ['nor a no from long before it', { ...extended, shownAt: at('13:00:00') }, no('12:55:00'), '13:00:02', 'the same'],
]
describe('a membership is bound by its plan', () => {
  test.each(cases)('%s', (_what, plan, membership, now, expected) => {
    const found = within(plan, membership, at(now))
    if (expected === 'the same') expect(found).toBe(membership)
    else if (expected === 'unknown') expect(found).toBe('unknown')
    else expect(found).toMatchObject(expected)
  })
})
