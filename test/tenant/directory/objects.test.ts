import { expect, test } from 'vitest'
import { createObjects } from '../../../infra/tenant/directory/objects.ts'

function setUp() {
  let now = Date.parse('2026-11-29T08:00:00Z')
  let lag = 0
  const objects = createObjects<{ id: string; name: string }>({ clock: () => new Date(now), lagSeconds: () => lag })
  return {
    objects,
    names: () => objects.shown().map(({ name }) => name),
    pass: (seconds: number) => {
      now += seconds * 1000
    },
    lagBy: (seconds: number) => {
      lag = seconds
    },
  }
}

test('a read shows a new object only when it lags no longer than the object is old', () => {
  const { objects, names, pass, lagBy } = setUp()
  lagBy(5)
  objects.put({ id: 'a', name: 'first' })
  expect(names()).toEqual([])
  expect(objects.now('A')?.name).toBe('first')
  pass(5)
  expect(names()).toEqual(['first'])
})

test('a read that lags shows an object as it was, and one that was removed meanwhile', () => {
  const { objects, names, pass, lagBy } = setUp()
  objects.put({ id: 'a', name: 'first' })
  pass(10)
  lagBy(5)
  objects.put({ id: 'A', name: 'second' })
  expect(names()).toEqual(['first'])
  objects.remove('a')
  expect(names()).toEqual(['first'])
  expect(objects.all()).toEqual([])
  pass(5)
  expect(names()).toEqual([])
})

test('a reset leaves the seeds alone, and shows them at once', () => {
  const { objects, names, lagBy } = setUp()
  objects.put({ id: 'a', name: 'first' })
  lagBy(60)
  objects.reset([{ id: 'b', name: 'seed' }])
  expect(names()).toEqual(['seed'])
})
