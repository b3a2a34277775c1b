import { expect, test } from 'vitest'
import { type Column, tableOf } from '../../../src/web/listing/table.ts'

const columns: Column[] = [
  { key: 'name', label: 'Person', sorts: 'ascending' },
  { key: 'since', label: 'Since', kind: 'time', sorts: 'descending' },
  { key: 'how', label: 'How' },
]
const list = { caption: 'Who is in', columns, rows: [], empty: { title: 'Nobody is in.' }, path: '/people' }
const headingsOf = (given: Partial<Parameters<typeof tableOf>[0]> = {}) =>
  tableOf({ ...list, ...given }).headings.map(({ label, href, ariaSort }) => [label, href, ariaSort])

test('a heading sorts first in the direction of its column, and not at all without one', () => {
  expect(headingsOf()).toEqual([
    ['Person', '/people?sort=name', ''],
    ['Since', '/people?sort=-since', ''],
    ['How', '', ''],
  ])
})

test.each([
  [false, 'ascending', '/people?sort=-name'],
  [true, 'descending', '/people?sort=name'],
])(
  'the heading by which the list is sorted (descending: %s) says so, and turns it around',
  (isDescending, aria, href) => {
    expect(headingsOf({ sort: { by: 'name', isDescending } })[0]).toEqual(['Person', href, aria])
  },
)

test('to sort keeps the filters and leads to the first page', () => {
  const params = { person: 'o', sort: '-since', page: '4' }
  expect(headingsOf({ params })[0]?.[1]).toBe('/people?person=o&sort=name')
})

test('cells stand in the order of the columns, whatever a row leaves out or adds', () => {
  const { rows } = tableOf({ ...list, rows: [{ cells: { how: 'role', name: 'Ana', other: 'x' } }] })
  expect(rows).toMatchObject([
    { id: '', cells: ['Ana', undefined, 'role'], acts: [], isHighlighted: false, isOdd: false },
  ])
})

test('a table has a column of acts where a row has one', () => {
  const row = { cells: { name: 'Ana' } }
  expect(tableOf({ ...list, rows: [row] }).hasActs).toBe(false)
  expect(tableOf({ ...list, rows: [row, { ...row, acts: [{ label: 'End', href: '/end' }] }] }).hasActs).toBe(true)
})
