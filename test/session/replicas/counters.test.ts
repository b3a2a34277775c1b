import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { createCounters } from '../../../src/session/replicas/counters.ts'
import { awayRedis, ownKeys, redisThat } from '../own-keys.ts'

const { redis, prefix } = ownKeys()
const windowMs = 60_000

describe('replicas that count together', () => {
  const [one, other] = [createCounters({ redis, prefix }), createCounters({ redis, prefix })]

  test('count what each of them counts', async () => {
    await one.count('both', windowMs)
    expect((await other.count('both', windowMs)).count).toBe(2)
  })

  test('count several at once', async () => {
    await one.count('several', windowMs, 3)
    expect((await other.count('several', windowMs, 2)).count).toBe(5)
  })

  test('count one by one for a user of Redis without the right to count several, as an earlier release did', async () => {
    const user = `counters-${randomUUID()}`
    await redis.call('acl', 'setuser', user, 'on', '>secret', '~*', '+@all', '-incrby')
    const limited = new Redis(inject('redisUrl'), { username: user, password: 'secret' })
    const counters = createCounters({ redis: limited, prefix })
    await counters.count('limited', windowMs)
    expect((await one.count('limited', windowMs)).count).toBe(2)
    limited.disconnect()
    await redis.call('acl', 'deluser', user)
  })

  test('count each name by itself', async () => {
    await one.count('name', windowMs)
    expect((await one.count('another name', windowMs)).count).toBe(1)
  })

  test('count under the prefix', async () => {
    await one.count('kept', windowMs)
    expect(await redis.get(`${prefix}count:kept`)).toBe('1')
  })

  test('know when the window ends', async () => {
    expect((await one.count('begun', windowMs)).leftMs).toBe(windowMs)
    await redis.pexpire(`${prefix}count:begun`, 20_000)
    expect((await one.count('begun', windowMs)).leftMs).toBeLessThanOrEqual(20_000)
  })

  test('leave the count to Redis, and keep nothing of it', async () => {
    await one.count('there', windowMs)
    expect(one.localSize()).toBe(0)
  })
})

describe('a replica that counts for itself', () => {
  let nowMs = 0
  beforeEach(() => {
    nowMs = 1_000
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
  })
  afterEach(() => vi.restoreAllMocks())

  test('counts on in the same window', async () => {
    const counters = createCounters({ redis: awayRedis, prefix })
    await counters.count('name', windowMs, 2)
    nowMs += windowMs - 1
    expect(await counters.count('name', windowMs)).toEqual({ count: 3, leftMs: 1 })
  })

  test('begins anew when the window ends', async () => {
    const counters = createCounters({ redis: awayRedis, prefix })
    await counters.count('name', windowMs)
    nowMs += windowMs
    expect(await counters.count('name', windowMs)).toEqual({ count: 1, leftMs: windowMs })
  })

  test('keeps as many names as it may', async () => {
    const counters = createCounters({ redis: awayRedis, prefix })
    for (let index = 0; index < 10_000; index++) await counters.count(`name-${index}`, windowMs)
    expect(counters.localSize()).toBe(10_000)
  })

  test('forgets the name that was counted longest ago for one more', async () => {
    const counters = createCounters({ redis: awayRedis, prefix })
    for (let index = 0; index < 10_000; index++) await counters.count(`name-${index}`, windowMs)
    await counters.count('name-0', windowMs)
    await counters.count('one more', windowMs)
    expect(counters.localSize()).toBe(10_000)
    expect((await counters.count('name-0', windowMs)).count).toBe(3)
    expect((await counters.count('name-1', windowMs)).count).toBe(1)
  })

  test.each([[[0, 1]], [[1, 0]], [[]]])('takes %j for no count', async answer => {
    const counters = createCounters({ redis: redisThat(async () => answer), prefix })
    expect(await counters.count('name', windowMs)).toEqual({ count: 1, leftMs: windowMs })
  })
})

test('a replica waits a quarter of a second for Redis, and then counts for itself', async () => {
  vi.useFakeTimers()
  const counters = createCounters({ redis: redisThat(() => new Promise(() => {})), prefix })
  const counted = counters.count('name', windowMs)
  await vi.advanceTimersByTimeAsync(250)
  vi.useRealTimers()
  expect((await counted).count).toBe(1)
})
