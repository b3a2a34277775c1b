import { readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { dated, dayDated, instantOf, lengthOf, period, rangeOf } from '../../../src/web/shell/instant.ts'

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
  ['2027-03-02T12:00:00Z', '2 Mar 2027, 12:00 UTC', 'in 365 days'],
  ['2025-12-31T23:59:00Z', '31 Dec 2025, 23:59 UTC', '60 days ago'],
])('%s reads "%s (%s)"', (at, absolute, relative) => {
  expect(instantOf(new Date(at), now)).toEqual({ iso: new Date(at).toISOString(), absolute, relative })
})

test('a day that is asked for is there even when it is today', () => {
  expect(dated(new Date('2026-03-02T11:00:00Z'), now).absolute).toBe('2 Mar, 11:00 UTC')
})

test.each([
  ['2026-03-31T00:00:00Z', '2026-03-31', '31 Mar'],
  ['2027-03-31T23:59:59Z', '2027-03-31', '31 Mar 2027'],
])('a day without a time: %s', (at, iso, absolute) => {
  expect(dayDated(new Date(at), now)).toMatchObject({ iso, absolute })
})

describe('a range', () => {
  const range = (from: string, until?: string) => {
    const { length, ...ends } = rangeOf(new Date(from), until ? new Date(until) : undefined, now)
    return [ends.from.absolute, ends.until?.absolute, length]
  }
  test.each([
    ['today', '2026-03-02T08:05:00Z', '2026-03-02T11:40:00Z', ['08:05', '11:40 UTC', '3 h 35 min']],
    ['of another day', '2026-03-01T08:05:00Z', '2026-03-01T11:40:00Z', ['1 Mar, 08:05', '11:40 UTC', '3 h 35 min']],
    ['over midnight', '2026-03-01T23:00:00Z', '2026-03-02T01:00:00Z', ['1 Mar, 23:00', '2 Mar, 01:00 UTC', '2 h']],
    ['without an end', '2026-03-02T11:15:00Z', undefined, ['11:15 UTC', undefined, '45 min']],
  ])('%s names day and zone once', (_what, from, until, texts) => {
    expect(range(from, until)).toEqual(texts)
  })

  test('names the instants to those who read them', () => {
    const { from, until } = rangeOf(new Date('2026-03-02T08:05:00Z'), new Date('2026-03-02T11:40:00Z'), now)
    expect([from.iso, until?.iso]).toEqual(['2026-03-02T08:05:00.000Z', '2026-03-02T11:40:00.000Z'])
  })
})

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [30 * 60_000, '30 min'],
  [3_600_000, '1 h'],
  [5_430_000, '1 h 30 min'],
])('%i ms is %s', (ms, text) => {
  expect(lengthOf(ms)).toBe(text)
})

describe('a date of another year carries its year', () => {
  const newYearsEve = new Date('2026-12-31T23:50:00Z')
  test('ten minutes later, too', () => {
    expect(instantOf(new Date('2027-01-01T00:00:00Z'), newYearsEve).absolute).toBe('1 Jan 2027, 00:00 UTC')
  })
  test('where its day is asked for', () => {
    expect(dated(new Date('2025-10-29T09:00:00Z'), now).absolute).toBe('29 Oct 2025, 09:00 UTC')
  })
  test.each([
    ['2025-12-31T23:00:00Z', '2025-12-31T23:30:00Z', '31 Dec 2025, 23:00 to 23:30 UTC'],
    ['2025-12-31T23:30:00Z', '2026-01-01T00:30:00Z', '31 Dec 2025, 23:30 UTC to 1 Jan, 00:30 UTC'],
  ])('in a period from %s to %s', (from, until, text) => {
    expect(period(new Date(from), new Date(until), now)).toBe(text)
  })
})

test.each([
  ['2026-03-02T09:00:00Z', '2026-03-02T10:00:00Z', '09:00 to 10:00 UTC'],
  ['2026-03-01T23:30:00Z', '2026-03-02T00:30:00Z', '1 Mar, 23:30 UTC to 2 Mar, 00:30 UTC'],
])('a period from %s to %s says each day where there are two', (from, until, text) => {
  expect(period(new Date(from), new Date(until), now)).toBe(text)
})

test('the script in the page writes instants as the server does', () => {
  const script = readFileSync(new URL('../../../views/assets/access.js', import.meta.url), 'utf8')
  const context = createContext({ Intl })
  runInContext(`${script.slice(0, script.indexOf('const lengthOf'))}; globalThis.absolute = absolute`, context)
  const nows = ['2026-03-02T12:00:00Z', '2026-12-31T23:50:00Z', '2027-01-01T00:10:00Z']
  for (const at of ['2026-03-02T11:59:00Z', '2026-03-01T23:59:00Z', '2027-01-01T00:00:00Z', '2025-10-29T09:00:00Z'])
    for (const each of nows)
      expect(context.absolute(new Date(at), new Date(each))).toBe(instantOf(new Date(at), new Date(each)).absolute)
})
