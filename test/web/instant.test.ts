import { expect, test } from 'vitest'
import { dated, duration, instant } from '../../src/web/instant.ts'

const now = new Date('2026-03-02T12:00:00Z')

test.each([
  ['2026-03-02T12:00:00Z', '12:00 UTC', 'just now'],
  ['2026-03-02T11:59:01Z', '11:59 UTC', 'just now'],
  ['2026-03-02T11:59:00Z', '11:59 UTC', '1 min ago'],
  ['2026-03-02T12:00:59Z', '12:00 UTC', 'in less than a minute'],
  ['2026-03-02T12:01:00Z', '12:01 UTC', 'in 1 min'],
  ['2026-03-02T13:30:59Z', '13:30 UTC', 'in 1 h 30 min'],
  ['2026-03-02T22:00:00Z', '22:00 UTC', 'in 10 h'],
  ['2026-03-01T23:59:00Z', '1 Mar, 23:59 UTC', '12 h 1 min ago'],
  ['2026-03-03T00:00:00Z', '3 Mar, 00:00 UTC', 'in 12 h'],
  ['2026-02-28T12:01:00Z', '28 Feb, 12:01 UTC', '47 h 59 min ago'],
  ['2026-02-28T12:00:00Z', '28 Feb, 12:00 UTC', '2 days ago'],
  ['2026-04-14T12:00:00Z', '14 Apr, 12:00 UTC', 'in 43 days'],
])('%s reads "%s (%s)"', (at, absolute, relative) => {
  expect(instant(new Date(at), now)).toEqual({ iso: new Date(at).toISOString(), absolute, relative })
})

test('a day that is asked for is there even when it is today', () => {
  expect(dated(new Date('2026-03-02T11:00:00Z'), now).absolute).toBe('2 Mar, 11:00 UTC')
})

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [30 * 60_000, '30 min'],
  [3_600_000, '1 h'],
  [5_430_000, '1 h 30 min'],
])('%i ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text)
})
