import { expect, test } from 'vitest'
import { inOrder, sortIn, sortText } from '../../../src/web/listing/sorting.ts'

const known = { by: ['name', 'since'], otherwise: '-since' }

test.each([
  [{}, '-since'],
  [{ sort: 'name' }, 'name'],
  [{ sort: '-name' }, '-name'],
  [{ sort: '--name' }, '-since'],
  [{ sort: 'reason' }, '-since'],
  [{ sort: '' }, '-since'],
])('%j asks for the order %s', (query, text) => {
  expect(sortText(sortIn(query, known))).toBe(text)
})

const rows = (...values: (string | number | undefined)[]) => values.map((value, index) => ({ value, index }))
const sorted = (isDescending: boolean, ...values: (string | number | undefined)[]) =>
  inOrder(rows(...values), { isDescending }, ({ value }) => value).map(({ value }) => value)

test('words are sorted as people sort them', () => {
  const order = ['ada', 'Ben', 'Émile', 'person 2', 'Person 10', 'Zoe']
  expect(sorted(false, 'Zoe', 'Person 10', 'Ben', 'ada', 'person 2', 'Émile')).toEqual(order)
  expect(sorted(true, ...order)).toEqual(order.toReversed())
})

test('numbers are sorted as numbers', () => {
  expect(sorted(false, 10, -2, 9)).toEqual([-2, 9, 10])
  expect(sorted(true, 10, -2, 9)).toEqual([10, 9, -2])
})

test.each([false, true])('what has no value comes last: descending %s', isDescending => {
  const [, , third, fourth] = sorted(isDescending, undefined, 2, undefined, 1)
  expect([third, fourth]).toEqual([undefined, undefined])
})

test.each([false, true])('equal rows stay as they were: descending %s', isDescending => {
  const order = inOrder(rows('a', 'A', 'á', undefined, undefined), { isDescending }, ({ value }) => value)
  expect(order.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4])
})

test('the list itself stays as it is', () => {
  const list = rows(2, 1)
  inOrder(list, { isDescending: false }, ({ value }) => value)
  expect(list.map(({ value }) => value)).toEqual([2, 1])
})
