import { expect, test } from 'vitest'
import { createLastTimes } from '../../../src/gate/asking/last-times.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const times = () => createLastTimes(() => now)

test('what never happened has no instant', () => {
  expect(times().of('ana')).toBe(0)
})

test('what is noted happened now, by our own clock', () => {
  const last = times()
  last.note('ana')
  expect(last.of('ana')).toBe(now)
})

test('what is noted with its instant happened then', () => {
  const last = times()
  last.note('ana', now - 1_000)
  expect(last.of('ana')).toBe(now - 1_000)
})

test('a later note takes the place of the earlier one', () => {
  const last = times()
  last.note('ana', now - 1_000)
  last.note('ana')
  expect(last.of('ana')).toBe(now)
})

test('a note is of one session only', () => {
  const last = times()
  last.note('ana')
  expect(last.of('bert')).toBe(0)
})

test('what is forgotten never happened', () => {
  const last = times()
  last.note('ana')
  last.forget('ana')
  expect(last.of('ana')).toBe(0)
})

test('a session that is forgotten leaves the others their instants', () => {
  const last = times()
  last.note('ana')
  last.forget('bert')
  expect(last.of('ana')).toBe(now)
})

test.for([
  ['ten thousand sessions are all remembered', 10_000, now],
  ['one session more makes it forget the oldest', 10_001, 0],
] as const)('%s', ([, sessions, oldest]) => {
  const last = times()
  for (let each = 0; each < sessions; each++) last.note(`${each}`)
  expect(last.of('0')).toBe(oldest)
})
