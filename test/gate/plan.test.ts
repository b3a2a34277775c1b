import { describe, expect, test } from 'vitest'
import type { Span } from '../../src/entra/pim.ts'
import { planFrom, within } from '../../src/gate/plan.ts'
import { createPlans } from '../../src/gate/plans.ts'
import type { Membership, Plan, SessionRecord } from '../../src/session/record.ts'

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

test('what another session learned binds also where it cannot be written down', async () => {
  const plan = { askedAt: 1, until: 2 }
  const record = { identity: {}, membership: 'unknown' } as SessionRecord
  const plans = createPlans({
    clock: () => new Date(0),
    pim: {} as never,
    token: {} as never,
    sessions: { read: async () => record, change: () => Promise.reject(new Error('takes no writes')) },
    knownPlans: { latest: async () => plan, learned: async () => plan },
    log: {} as never,
  })
  expect((await plans.recall('session', record)).plan).toEqual(plan)
})
