import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createRedisDoubts, type RedisDoubts } from '../../../src/gate/asking/redis-doubts.ts'

let doubts: RedisDoubts
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  doubts = createRedisDoubts()
})
afterEach(() => void vi.useRealTimers())

test('a session of which nothing was noted is in no doubt', () => {
  expect(doubts.has('ana')).toBe(false)
})

test('a session that was noted is in doubt, and no other', () => {
  doubts.note('ana')
  expect([doubts.has('ana'), doubts.has('bert')]).toEqual([true, false])
})

test('a session that is asked about anew is in doubt no more', () => {
  doubts.note('ana')
  doubts.clear('ana')
  expect(doubts.has('ana')).toBe(false)
})

test('a session that is asked about anew leaves the others in doubt', () => {
  doubts.note('ana')
  doubts.clear('bert')
  expect(doubts.has('ana')).toBe(true)
})

test('the first doubt of each session is news', () => {
  expect([doubts.note('ana'), doubts.note('bert')]).toEqual([true, true])
})

test('a doubt is news again after five seconds', () => {
  doubts.note('ana')
  vi.advanceTimersByTime(4_999)
  expect(doubts.note('ana')).toBe(false)
  vi.advanceTimersByTime(1)
  expect(doubts.note('ana')).toBe(true)
})

test('a doubt that comes up all the time is news every five seconds', () => {
  const news = Array.from({ length: 11 }, () => {
    const isNews = doubts.note('ana')
    vi.advanceTimersByTime(1_000)
    return isNews
  })
  expect(news.flatMap((isNews, second) => (isNews ? [second] : []))).toEqual([0, 5, 10])
})

test('a doubt that was cleared meanwhile is no news before its time', () => {
  doubts.note('ana')
  doubts.clear('ana')
  expect(doubts.note('ana')).toBe(false)
})
