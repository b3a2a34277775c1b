import { expect, test } from 'vitest'
import { fieldDay, fieldMinute, givenSpan } from '../../../src/web/listing/given-instant.ts'

test.each([
  ['2026-03-02', '2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
  ['2026-03-02T13:05', '2026-03-02T13:05:00.000Z', '2026-03-02T13:06:00.000Z'],
  ['2026-03-02T13:05:41.5', '2026-03-02T13:05:00.000Z', '2026-03-02T13:06:00.000Z'],
  ['2026-03-02T13:05Z', '2026-03-02T13:05:00.000Z', '2026-03-02T13:06:00.000Z'],
])('%s is from %s until %s', (text, from, until) => {
  const span = givenSpan(text)
  expect([span?.from.toISOString(), span?.until.toISOString()]).toEqual([from, until])
})

test.each([
  '',
  'never',
  '2026-02-30',
  '2026-13-01',
  '2026-3-2',
  '2026-03-02T25:00',
  '2026-03-02T24:00',
  '2026-03-02T13',
  '2026-03-02T13:05+01:00',
  ' 2026-03-02',
  '2026-03-02x',
  '02/03/2026',
])('"%s" is no day and no minute', text => {
  expect(givenSpan(text)).toBeUndefined()
})

test('an instant is written as its field takes it', () => {
  const at = new Date('2026-03-02T23:59:59.999Z')
  expect([fieldDay(at), fieldMinute(at)]).toEqual(['2026-03-02', '2026-03-02T23:59'])
})
