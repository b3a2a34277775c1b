import { expect, test } from 'vitest'
import { diffOf } from '../../../infra/azure/run/diff.ts'

test('an object that is new: each field is a line', () => {
  expect(diffOf({ before: null, after: { name: 'c1', rules: { hours: 8, notify: ['a@x.example'] } } })).toEqual([
    '    + name: c1',
    '    + rules.hours: 8',
    '    + rules.notify: a@x.example',
  ])
})

test('an object that changes: only what changes is a line', () => {
  const before = { state: 'report-only', contexts: ['c1'], context: null, hours: 8 }
  const after = { state: 'enabled', contexts: ['c1', 'c2'], context: 'c1', hours: 8 }
  expect(diffOf({ before, after })).toEqual([
    '    ~ state: report-only → enabled',
    '    ~ context: none → c1',
    '    + contexts: c2',
  ])
})

test('a member of a list that is an object is one phrase', () => {
  const ben = { person: 'ben@x.example', until: '2027-01-01' }
  expect(diffOf({ before: { people: [] }, after: { people: [ben] } })).toEqual([
    '    + people: person ben@x.example, until 2027-01-01',
  ])
})
