import { describe, expect, test } from 'vitest'
import { withinPlan } from '../../../src/gate/plan/bound.ts'
import type { Membership } from '../../../src/session/record/membership.ts'
import type { Plan } from '../../../src/session/record/plan.ts'

const at = (clock: string) => Date.parse(`2026-03-02T${clock}Z`)
const member = (provenAt: string, until?: string): Membership => ({
  member: true,
  provenAt: at(provenAt),
  ...(until && { until: at(until) }),
})
const no = (provenAt: string): Membership => ({ member: false, provenAt: at(provenAt), reason: 'not-in-group' })

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
    const found = withinPlan(plan, membership, at(now))
    if (expected === 'the same') expect(found).toBe(membership)
    else if (expected === 'unknown') expect(found).toBe('unknown')
    else expect(found).toMatchObject(expected)
  })
})
