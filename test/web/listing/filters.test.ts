import { describe, expect, test } from 'vitest'
import { type FilterField, filtersOf } from '../../../src/web/listing/filters.ts'

const fields: FilterField[] = [
  { kind: 'text', name: 'person', label: 'Person', hint: 'A name' },
  { kind: 'select', name: 'gate', label: 'Access to', any: 'Everything', options: [{ value: 'a', label: 'Payments' }] },
  { kind: 'begin', name: 'from', label: 'From' },
  { kind: 'end', name: 'to', label: 'To', withTime: true },
  { kind: 'tick', name: 'odd', label: 'Odd only', isMore: true },
]
const asked = (query: Record<string, unknown>) => filtersOf({ path: '/people', fields, query })

test('without filters everything is shown, and nothing is to clear', () => {
  const { values, params, from, until, form } = asked({ page: '3', other: 'x' })
  expect({ values, params, from, until }).toEqual({ values: {}, params: {}, from: undefined, until: undefined })
  expect(form).toMatchObject({ path: '/people', kept: [], active: [], clear: '', isMoreOpen: false })
})

test('a filter is a parameter of the address, and so is the order, but not the page', () => {
  const { values, params } = asked({ person: 'Ana', sort: '-since', page: '3' })
  expect([values, params]).toEqual([{ person: 'Ana' }, { person: 'Ana', sort: '-since' }])
})

test('days and minutes count whole, at both ends', () => {
  const { from, until } = asked({ from: '2026-03-02', to: '2026-03-02T13:05' })
  expect([from?.toISOString(), until?.toISOString()]).toEqual(['2026-03-02T00:00:00.000Z', '2026-03-02T13:06:00.000Z'])
})

describe('the form', () => {
  test('shows the fields with what was given, each under an id of its own', () => {
    const { form } = asked({ person: 'Ana', gate: 'a', from: '2026-03-02' })
    expect(form.fields).toMatchObject([
      { kind: 'text', id: 'filter-person', name: 'person', label: 'Person', hint: 'A name', value: 'Ana', error: '' },
      { kind: 'select', value: 'a', options: [{ value: '', label: 'Everything' }, { value: 'a' }] },
      { kind: 'day', value: '2026-03-02' },
      { kind: 'minute', value: '' },
    ])
    expect(form.more).toMatchObject([{ kind: 'tick', name: 'odd', value: 'yes', isTicked: false }])
  })

  test('calls every choice "Any" where it has no better word', () => {
    const select: FilterField = { kind: 'select', name: 'gate', label: 'Access to', options: [] }
    expect(filtersOf({ path: '/', fields: [select], query: {} }).form.fields).toMatchObject([
      { options: [{ value: '', label: 'Any' }] },
    ])
  })

  test('keeps the order while filters change', () => {
    expect(asked({ person: 'Ana', sort: '-since' }).form).toMatchObject({
      kept: [{ name: 'sort', value: '-since' }],
      clear: '/people?sort=-since',
    })
  })

  test('says which filters are used, in words, and leads to the list without each', () => {
    const query = { person: 'Ana', gate: 'a', to: '2026-03-02T13:05', odd: 'yes', sort: 'name' }
    expect(asked(query).form.active).toEqual([
      { text: 'Person: Ana', href: '/people?gate=a&to=2026-03-02T13%3A05&odd=yes&sort=name' },
      { text: 'Access to: Payments', href: '/people?person=Ana&to=2026-03-02T13%3A05&odd=yes&sort=name' },
      { text: 'To: 2026-03-02 13:05', href: '/people?person=Ana&gate=a&odd=yes&sort=name' },
      { text: 'Odd only', href: '/people?person=Ana&gate=a&to=2026-03-02T13%3A05&sort=name' },
    ])
  })

  test('opens the folded fields when one of them is used', () => {
    const { form } = asked({ odd: 'yes' })
    expect([form.isMoreOpen, form.more]).toMatchObject([true, [{ isTicked: true }]])
  })
})

describe('a value that cannot be right counts for nothing, and its field says so', () => {
  test.each([
    ['from', 'never', 'This is no date. Write it as 2026-03-31.'],
    ['to', '2026-02-30', 'This is no date. Write it as 2026-03-31.'],
    ['gate', 'b', 'Choose one of the list.'],
  ])('%s=%s', (name, value, error) => {
    const { values, params, from, until, form } = asked({ [name]: value })
    expect({ values, params, from, until }).toEqual({ values: {}, params: {}, from: undefined, until: undefined })
    expect(form.fields.find(field => field.name === name)).toMatchObject({ value, error })
    expect([form.active, form.clear]).toEqual([[], '/people'])
  })
})
