import { describe, expect, test } from 'vitest'
import { isDatedAhead, isTimeUp, overAt } from '../../../src/session/record/lifetimes.ts'
import { recordAt } from '../../support/alice.ts'

const hour = 3_600_000
const minute = 60_000
const start = Date.parse('2026-03-02T12:00:00Z')
const record = recordAt(start)
const lifetimes = { idleMs: 30 * minute, maxMs: 10 * hour }

describe('the time of a session is up', () => {
  const cases: [string, { seen: number; now: number }, boolean][] = [
    ['not at sign-in', { seen: 0, now: 0 }, false],
    ['not a moment before its idle time has passed', { seen: 0, now: 30 * minute - 1 }, false],
    ['when its idle time has passed', { seen: 0, now: 30 * minute }, true],
    ['not while it was seen less than its idle time ago', { seen: hour, now: hour + 30 * minute - 1 }, false],
    ['when its idle time has passed since it was last seen', { seen: hour, now: hour + 30 * minute }, true],
    ['not a moment before its longest life is over', { seen: 10 * hour - 1, now: 10 * hour - 1 }, false],
    ['at the end of its longest life, however busy', { seen: 10 * hour - 1, now: 10 * hour }, true],
  ]
  test.each(cases)('%s', (_name, { seen, now }, expected) => {
    expect(isTimeUp({ ...record, lastSeenAt: start + seen }, lifetimes, start + now)).toBe(expected)
  })
})

describe('a session that nobody uses again is over', () => {
  test.each([
    ['when its idle time has passed', 0, 30 * minute],
    ['at the end of its longest life, where that comes first', 10 * hour - minute, 10 * hour],
  ] as const)('%s', (_name, seen, over) => {
    expect(overAt({ ...record, lastSeenAt: start + seen }, lifetimes)).toBe(start + over)
  })
})

describe('a session is dated ahead when it is dated further ahead than clocks may differ', () => {
  test.each([
    ['now', 0, 0, false],
    ['signed in 30 s ahead', 30_000, 0, false],
    ['signed in more than 30 s ahead', 30_001, 0, true],
    ['last seen 30 s ahead', 0, 30_000, false],
    ['last seen more than 30 s ahead', 0, 30_001, true],
  ] as const)('%s', (_name, signedIn, seen, expected) => {
    expect(isDatedAhead({ ...record, signedInAt: start + signedIn, lastSeenAt: start + seen }, start)).toBe(expected)
  })
})
