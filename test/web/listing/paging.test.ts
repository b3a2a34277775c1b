import { describe, expect, test } from 'vitest'
import { newerAndOlder, pageIn, pageOf } from '../../../src/web/listing/paging.ts'

test.each([
  [{}, 1],
  [{ page: '1' }, 1],
  [{ page: '12' }, 12],
  [{ page: '0' }, 1],
  [{ page: '-1' }, 1],
  [{ page: '1e3' }, 1],
  [{ page: '1234567' }, 1],
  [{ page: ['3', '4'] }, 3],
])('%j asks for page %i', (query, page) => {
  expect(pageIn(query)).toBe(page)
})

const paged = (total: number, page: number) =>
  pageOf({
    rows: Array.from({ length: total }, (_, index) => index + 1),
    page,
    path: '/trail',
    params: { person: 'o', sort: 'name' },
    label: 'Pages of the trail',
  })

describe('a page of 512 rows', () => {
  test('is the first hundred, and leads to the next', () => {
    const { rows, pager } = paged(512, 1)
    expect([rows.length, rows[0], rows.at(-1)]).toEqual([100, 1, 100])
    expect(pager).toEqual({
      label: 'Pages of the trail',
      position: '1–100 of 512',
      next: { label: 'Next', href: '/trail?person=o&sort=name&page=2' },
    })
  })

  test('in the middle leads both ways, to the first by its plain address', () => {
    expect(paged(512, 2).pager).toMatchObject({
      position: '101–200 of 512',
      previous: { label: 'Previous', href: '/trail?person=o&sort=name' },
      next: { href: '/trail?person=o&sort=name&page=3' },
    })
  })

  test.each([6, 7, 999])('after the last shows the last: %i', page => {
    const { rows, pager } = paged(512, page)
    expect([rows.length, pager.position, pager.next]).toEqual([12, '501–512 of 512', undefined])
    expect(pager.previous?.href).toBe('/trail?person=o&sort=name&page=5')
  })
})

test.each([
  [0, '0 in all'],
  [100, '100 in all'],
])('%i rows have one page', (total, position) => {
  expect(paged(total, 1).pager).toEqual({ label: 'Pages of the trail', position })
})

test('a list of unknown length leads to newer and older rows, where there are any', () => {
  const list = { path: '/trail', params: { person: 'o', before: '81' }, label: 'Pages', position: 'Events 80 to 41' }
  expect(newerAndOlder({ ...list, newer: { before: undefined }, older: { before: '41' } })).toEqual({
    label: 'Pages',
    position: 'Events 80 to 41',
    previous: { label: 'Newer', href: '/trail?person=o' },
    next: { label: 'Older', href: '/trail?person=o&before=41' },
  })
  expect(newerAndOlder(list)).toEqual({ label: 'Pages', position: 'Events 80 to 41' })
})
