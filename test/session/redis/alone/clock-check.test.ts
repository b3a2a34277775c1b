import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createClockCheck } from '../../../../src/session/redis/clock-check.ts'
import type { Redis } from '../../../../src/session/redis/redis.ts'
import { linesOf } from './lines.ts'

const start = Date.parse('2026-03-02T12:00:00.250Z')
const minute = 60_000
beforeEach(() => void vi.useFakeTimers({ now: start }))
afterEach(() => void vi.useRealTimers())

/** A check against a Redis whose clock is right, and which takes `tookMs` to tell its time. */
function open({ aheadMs = 0, tookMs = 0, status = 'connecting', time }: Partial<Facts> = {}) {
  const { log, lines } = linesOf()
  const facts: Facts = { aheadMs, tookMs, status, time }
  let asked = 0
  const tell = async () => {
    asked += 1
    const [seconds, micros] = facts.time ?? [String(Math.floor(Date.now() / 1000)), String((Date.now() % 1000) * 1000)]
    vi.advanceTimersByTime(facts.tookMs)
    return [seconds, micros]
  }
  const redis = Object.assign(new EventEmitter(), { status, time: () => tell() })
  const clock = () => new Date(Date.now() + facts.aheadMs)
  const check = createClockCheck({ redis: redis as unknown as Redis, clock, log })
  return { ...check, redis, facts, lines, asked: () => asked }
}
type Facts = { aheadMs: number; tookMs: number; status: string; time: [unknown, unknown] | undefined }
const hourAhead = { aheadMs: 60 * minute }

test.each([0, 25_250, -25_250])('a clock that is %i ms ahead is measured', async aheadMs => {
  const { look, aheadSeconds } = open({ aheadMs })
  await look()
  expect(aheadSeconds()).toBe(aheadMs / 1000)
})

test('half of the time that the answer took is taken off: Redis told its time before', async () => {
  const { look, aheadSeconds } = open({ tookMs: 1_000 })
  await look()
  expect(aheadSeconds()).toBe(0.5)
})

test('how far the clock is ahead is unknown before Redis was asked', () => {
  expect(open().aheadSeconds()).toBeUndefined()
})

test.each<[string, Partial<Facts>]>([
  ['the answer took longer than two seconds', { tookMs: 2_001 }],
  ['Redis answers something else', { time: ['noon', '0'] }],
])('how far the clock is ahead is unknown where %s', async (_what, facts) => {
  const { look, aheadSeconds, lines } = open({ ...hourAhead, ...facts })
  await look()
  expect([aheadSeconds(), lines]).toEqual([undefined, []])
})

test('an answer that took two seconds still counts', async () => {
  const { look, aheadSeconds } = open({ tookMs: 2_000 })
  await look()
  expect(aheadSeconds()).toBeDefined()
})

test('how far the clock is ahead is unknown when Redis does not answer any more', async () => {
  const { look, aheadSeconds, redis } = open()
  await look()
  redis.time = () => Promise.reject(new Error('Connection is closed.'))
  await look()
  expect(aheadSeconds()).toBeUndefined()
})

describe('the log', () => {
  test.each([3_600_000, -3_600_000])('says that a clock is %i ms ahead, and what is allowed', async aheadMs => {
    const { look, lines } = open({ aheadMs })
    await look()
    expect(lines).toMatchObject([
      { level: 40, event: 'clock-differs', aheadSeconds: aheadMs / 1000, allowedSeconds: 30 },
    ])
  })

  test('says so in whole seconds', async () => {
    const { look, lines } = open({ aheadMs: 40_400 })
    await look()
    expect(lines).toMatchObject([{ aheadSeconds: 40 }])
  })

  test.each([
    [30_000, 0],
    [30_001, 1],
    [-30_000, 0],
    [-30_001, 1],
  ])('says of a clock that is %i ms ahead so many times that it differs: %i', async (aheadMs, times) => {
    const { look, lines } = open({ aheadMs })
    await look()
    expect(lines).toHaveLength(times)
  })

  test.each([
    [30_000, 0],
    [30_001, 1],
  ])(
    'allows for the second that the answer took: says of a clock that is %i ms ahead so many times: %i',
    async (aheadMs, times) => {
      const { look, lines } = open({ aheadMs, tookMs: 1_000 })
      await look()
      expect(lines).toHaveLength(times)
    },
  )

  test('says it once an hour', async () => {
    const { look, lines } = open(hourAhead)
    await look()
    vi.advanceTimersByTime(60 * minute - 1)
    await look()
    expect(lines).toHaveLength(1)
    vi.advanceTimersByTime(1)
    await look()
    expect(lines).toHaveLength(2)
  })
})

describe('a check that was started', () => {
  test('looks each minute', async () => {
    const { start, stop, asked } = open()
    start()
    await vi.advanceTimersByTimeAsync(minute - 1)
    expect(asked()).toBe(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(asked()).toBe(1)
    stop()
  })

  test('looks when Redis is there', () => {
    const { start, stop, redis, asked } = open()
    start()
    redis.emit('ready')
    expect(asked()).toBe(1)
    stop()
  })

  test('looks at once where Redis is there already', () => {
    const { start, stop, asked } = open({ status: 'ready' })
    start()
    expect(asked()).toBe(1)
    stop()
  })

  test('looks no more when it was stopped', async () => {
    const { start, stop, redis, asked } = open()
    start()
    stop()
    redis.emit('ready')
    await vi.advanceTimersByTimeAsync(10 * minute)
    expect(asked()).toBe(0)
  })
})
