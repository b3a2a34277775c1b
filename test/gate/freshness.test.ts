import { expect, test } from 'vitest'
import { type Freshness, freshnessOf, oldestUseful } from '../../src/gate/freshness.ts'
import type { Membership } from '../../src/session/record/membership.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const seconds = (count: number) => count * 1000
const yes = (age: number, until?: number): Membership => ({
  member: true,
  provenAt: now - seconds(age),
  ...(until !== undefined && { until: now + seconds(until) }),
})
const no = (age: number): Membership => ({ member: false, provenAt: now - seconds(age), reason: 'not-in-group' })

const ages: [what: string, membership: Membership, expected: Freshness][] = [
  ['nothing known', 'unknown', 'due'],
  ['a yes of now', yes(0), 'fresh'],
  ['a yes at three quarters of its age', yes(45), 'soon'],
  ['a yes a moment younger', yes(44.999), 'fresh'],
  ['a yes a moment before its full age', yes(59.999), 'soon'],
  ['a yes of full age', yes(60), 'due'],
  ['a yes within the tolerance of clocks', yes(-30), 'fresh'],
  ['a yes from the future', yes(-30.001), 'due'],
  ['a yes whose end is to come', yes(1, 0.001), 'fresh'],
  ['a yes whose end has come', yes(1, 0), 'due'],
  ['a yes whose end is past', yes(50, -1), 'due'],
  ['a no of now', no(0), 'fresh'],
  ['a no a moment younger than five seconds', no(4.999), 'fresh'],
  ['a no of five seconds', no(5), 'due'],
  ['a no from the future', no(-30.001), 'due'],
  ['a no dated ahead within the tolerance of clocks', no(-0.001), 'due'],
]
test.each(ages)('%s is %s', (_what, membership, expected) => {
  expect(freshnessOf(membership, { now, recheckMs: seconds(60), staleBefore: 0 })).toBe(expected)
})

test.each([
  ['a moment before', yes(1.001), 'due'],
  ['at the instant of', yes(1), 'fresh'],
  ['after', yes(0.5), 'fresh'],
  ['a moment before, and a no,', no(1.001), 'due'],
] as const)('a proof asked for %s an announced change is %s', (_when, membership, expected) => {
  expect(freshnessOf(membership, { now, recheckMs: seconds(60), staleBefore: now - seconds(1) })).toBe(expected)
})

const ago = (count: number) => now - seconds(count)
test.each<[what: string, membership: Membership, staleBefore: number, after: number]>([
  ['nothing known', 'unknown', ago(1), 0],
  ['a proof from the future', yes(-30.001), ago(1), 0],
  ['a no', no(60), 0, ago(5)],
  ['a no, and a change was announced since', no(60), ago(1), ago(1) - 1],
  ['a yes', yes(60), 0, ago(60)],
  ['a yes, and a change was announced since', yes(60), ago(1), ago(1) - 1],
  ['a yes whose end has come', yes(60, 0), 0, now - 1],
  ['a yes whose end came a while ago', yes(60, -20), 0, ago(20) - 1],
  ['a yes whose end is to come', yes(60, 1), 0, ago(60)],
])('after %s only what is asked for later says more', (_what, membership, staleBefore, after) => {
  expect(oldestUseful(membership, { now, staleBefore })).toBe(after)
})
