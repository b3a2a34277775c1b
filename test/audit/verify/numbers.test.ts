import { expect, test } from 'vitest'
import { createNumbers } from '../../../src/audit/verify/numbers.ts'

test.each([
  ['one after the other', 0, [0, 1, 2], [undefined, undefined, undefined], undefined],
  ['none', 0, [], [], { count: 3, first: 0 }],
  ['from a later first one', 2, [2], [undefined], undefined],
  ['below the first one', 2, [1, 2], ['again', undefined], undefined],
  ['without the last', 0, [0, 1], [undefined, undefined], { count: 1, first: 2 }],
  ['without one between', 0, [0, 2], [undefined, undefined], { count: 1, first: 1 }],
  ['one that comes late', 0, [0, 2, 1], [undefined, undefined, 'late'], undefined],
  ['one that comes twice', 0, [0, 0, 1, 2], [undefined, 'again', undefined, undefined], undefined],
  ['one that comes late twice', 0, [2, 1, 1], [undefined, 'late', 'again'], { count: 1, first: 0 }],
])('numbers below 3: %s', (_what, first, numbers, places, missing) => {
  const watch = createNumbers(first)
  expect(numbers.map(watch.take)).toEqual(places)
  expect(watch.missingBelow(3)).toEqual(missing)
})

test('a late number in the middle of a gap leaves both sides of it missing', () => {
  const watch = createNumbers(0)
  for (const number of [9, 4, 0]) watch.take(number)
  expect(watch.missingBelow(10)).toEqual({ count: 7, first: 1 })
  expect([3, 4, 5].map(watch.take)).toEqual(['late', 'again', 'late'])
  expect(watch.missingBelow(12)).toEqual({ count: 7, first: 1 })
})
