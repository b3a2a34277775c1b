import { describe, expect, test } from 'vitest'
import { isDatedAhead, isTimeUp } from '../../../src/session/record/lifetimes.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'

const hour = 3_600_000
const minute = 60_000
const start = Date.parse('2026-03-02T12:00:00Z')
const record: SessionRecord = {
  identity: {
    tenantId: '11111111-2222-4333-8444-555555555555',
    objectId: '66666666-7777-4888-8999-aaaaaaaaaaaa',
    subject: 'pairwise',
    name: 'Alice',
    username: 'alice@contoso.example',
  },
  membership: { member: true, provenAt: start },
  contexts: {},
  signedInAt: start,
  lastSeenAt: start,
  browser: '',
}
const lifetimes = { idleMs: 30 * minute, maxMs: 10 * hour }

describe('a session is over', () => {
  const cases: [string, { seen: number; now: number }, boolean][] = [
    ['at sign-in', { seen: 0, now: 0 }, false],
    ['a moment before its idle time is up', { seen: 0, now: 30 * minute - 1 }, false],
    ['when its idle time is up', { seen: 0, now: 30 * minute }, true],
    ['idle counts from when it was last seen', { seen: hour, now: hour + 30 * minute - 1 }, false],
    ['and no longer', { seen: hour, now: hour + 30 * minute }, true],
    ['a moment before its longest life', { seen: 10 * hour - 1, now: 10 * hour - 1 }, false],
    ['at the end of its longest life, however busy', { seen: 10 * hour - 1, now: 10 * hour }, true],
  ]
  test.each(cases)('%s', (_name, { seen, now }, expected) => {
    expect(isTimeUp({ ...record, lastSeenAt: start + seen }, lifetimes, start + now)).toBe(expected)
  })
})

describe('times from the future are stale, beyond what clocks may differ', () => {
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
