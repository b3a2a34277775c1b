import { Redis } from 'ioredis'
import { afterAll, beforeEach, expect, inject, test, vi } from 'vitest'
import { createLog } from '../../../src/observability.ts'
import { createClockCheck } from '../../../src/session/redis/clock-check.ts'
import { openHouse } from '../../support/house.ts'
import { eventsIn } from '../../support/stored.ts'

const redis = new Redis(inject('redisUrl'))
afterAll(() => redis.disconnect())

let logged: string[]
beforeEach(() => {
  logged = []
})
const log = createLog({ level: 'debug', to: { write: line => void logged.push(line) } })
const said = () => eventsIn(logged, 'clock-differs')
const checkWith = (aheadMs: number, from: Pick<Redis, 'time'> = redis) =>
  createClockCheck({ redis: from as Redis, clock: () => new Date(Date.now() + aheadMs), log })

test.each([0, 25_000, -25_000])('a clock that is %i ms ahead is measured, and the log says nothing', async aheadMs => {
  const check = checkWith(aheadMs)
  await check.look()
  expect(Math.abs((check.aheadSeconds() ?? NaN) - aheadMs / 1000)).toBeLessThan(2)
  expect(said()).toEqual([])
})

test.each([3_600_000, -3_600_000])(
  'the log says once that a clock is %i ms ahead, and once more after an hour',
  async aheadMs => {
    const check = checkWith(aheadMs)
    await check.look()
    await check.look()
    expect(said()).toEqual([expect.objectContaining({ level: 40, aheadSeconds: aheadMs / 1000, allowedSeconds: 30 })])
    const hourLater = performance.now() + 3_600_000
    const time = vi.spyOn(performance, 'now').mockReturnValue(hourLater)
    await check.look()
    time.mockRestore()
    expect(said()).toHaveLength(2)
  },
)

test('the difference is unknown where Redis does not tell its time, or not any more', async () => {
  let isTold = true
  const check = checkWith(0, {
    time: async () => (isTold ? redis.time() : Promise.reject(new Error('NOPERM'))),
  } as Pick<Redis, 'time'>)
  expect(check.aheadSeconds()).toBeUndefined()
  await check.look()
  expect(check.aheadSeconds()).toBeDefined()
  isTold = false
  await check.look()
  expect(check.aheadSeconds()).toBeUndefined()
})

test('an answer that was long on its way measures nothing, and the log says nothing', async () => {
  const check = checkWith(3_600_000, {
    time: async () => {
      await new Promise(resolve => setTimeout(resolve, 2_100))
      return redis.time()
    },
  } as Pick<Redis, 'time'>)
  await check.look()
  expect(check.aheadSeconds()).toBeUndefined()
  expect(said()).toEqual([])
})

test('a house whose clock is an hour ahead says so at its start', async () => {
  await using house = await openHouse({ now: new Date(Date.now() + 3_600_000).toISOString() })
  await expect.poll(() => eventsIn(house.logged, 'clock-differs')).toHaveLength(1)
})
