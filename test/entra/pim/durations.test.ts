import { expect, test } from 'vitest'
import { durationOf, minutesOf } from '../../../src/entra/pim/iso-duration.ts'

test.each<[string, number]>([
  ['PT8H', 480],
  ['PT30M', 30],
  ['PT1H30M', 90],
  ['P1D', 1440],
  ['P365D', 525_600],
  ['P1DT2H', 1560],
  ['PT90M', 90],
  ['PT5400S', 90],
  ['PT59S', 0],
  ['PT1M30.5S', 1],
  ['PT0H', 0],
])('%s is %i minutes', (duration, minutes) => expect(minutesOf(duration)).toBe(minutes))

test.each([
  '',
  'P',
  'PT',
  'P1DT',
  'P1M',
  'P1Y',
  'P1W',
  '-PT1H',
  'PT-1H',
  'PT1.5H',
  'PT1M2H',
  'pt1h',
  ' PT1H',
  'PT1H\n',
  '8',
])('“%s” is no duration', duration => expect(minutesOf(duration)).toBeUndefined())

test.each<[number, string]>([
  [5, 'PT5M'],
  [60, 'PT1H'],
  [90, 'PT1H30M'],
  [1440, 'PT24H'],
])('%i minutes are written %s', (minutes, duration) => expect(durationOf(minutes)).toBe(duration))

test('whatever is written is read as the same', () => {
  const all = Array.from({ length: 1440 }, (_, index) => index + 1)
  expect(all.filter(minutes => minutesOf(durationOf(minutes)) !== minutes)).toEqual([])
})
