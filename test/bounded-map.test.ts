import { expect, test } from 'vitest'
import { BoundedMap } from '../src/bounded-map.ts'

test('one entry too many makes it forget the one that was set longest ago', () => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1).set('b', 2).set('c', 3)
  expect([...map]).toEqual([
    ['b', 2],
    ['c', 3],
  ])
})

test('an entry that is set again is the newest, and takes no other one’s place', () => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1).set('b', 2).set('a', 3)
  expect([...map]).toEqual([
    ['b', 2],
    ['a', 3],
  ])
  map.set('c', 4)
  expect([...map.keys()]).toEqual(['a', 'c'])
})

test('a deleted entry makes room', () => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1).set('b', 2).delete('a')
  map.set('c', 3)
  expect([...map.keys()]).toEqual(['b', 'c'])
})
