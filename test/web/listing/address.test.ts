import { parse } from 'node:querystring'
import { expect, test } from 'vitest'
import { listAddress, paramsIn } from '../../../src/web/listing/address.ts'

const names = ['person', 'gate', 'page']

test.each([
  ['nothing', '', {}],
  ['what it knows, in its own order', 'page=2&gate=a&person=Ana', { person: 'Ana', gate: 'a', page: '2' }],
  ['nothing that it does not know', 'x=1&constructor=2&__proto__=3', {}],
  ['the first of several', 'person=Ana&person=Sam', { person: 'Ana' }],
  ['no empty text', 'person=&gate=+%09', {}],
  ['a text without the space around it', 'person=+Ana+Costa+', { person: 'Ana Costa' }],
  ['a long text', `person=${'x'.repeat(200)}`, { person: 'x'.repeat(200) }],
  ['no text that is longer', `person=${'x'.repeat(201)}`, {}],
])('a list reads of its address %s', (_what, query, params) => {
  const read = paramsIn(parse(query), names)
  expect(read).toEqual(params)
  expect(Object.keys(read)).toEqual(Object.keys(params))
})

test.each([undefined, null, 'person=Ana', [{ person: 'Ana' }], { person: { name: 'Ana' } }, { person: 7 }])(
  'a list reads nothing of what is no query: %j',
  query => {
    expect(paramsIn(query, names)).toEqual({})
  },
)

test.each([
  [{}, {}, '/people'],
  [{ person: 'Ana', page: '2' }, {}, '/people?person=Ana&page=2'],
  [{ person: 'Ana', page: '2' }, { page: undefined }, '/people?person=Ana'],
  [{ person: 'Ana' }, { person: '', gate: 'a' }, '/people?gate=a'],
  [{ person: 'Ana', page: '2' }, { person: 'Sam' }, '/people?person=Sam&page=2'],
  [{ person: '&page=9#"<ü' }, {}, '/people?person=%26page%3D9%23%22%3C%C3%BC'],
])('the address of %j with %j is %s', (params, changes, address) => {
  expect(listAddress('/people', params, changes)).toBe(address)
})
