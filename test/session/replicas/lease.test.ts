import { afterEach, expect, test, vi } from 'vitest'
import { createLeases } from '../../../src/session/replicas/lease.ts'
import { awayRedis, ownKeys } from '../own-keys.ts'

const { redis, prefix } = ownKeys()
const space = { redis, prefix, about: 'group' }
const [one, other] = [createLeases(space), createLeases(space)]
const lifeMs = 60_000
const leaseOf = (name: string) => `${prefix}lease:${name}:group`
afterEach(() => void vi.useRealTimers())

/** Work under a lease that lasts until `end` is called. */
async function working(name: string) {
  let end = () => {}
  let begun = () => {}
  const hasBegun = new Promise<void>(resolve => {
    begun = resolve
  })
  const done = one.hold(name, lifeMs, () => {
    begun()
    return new Promise<void>(resolve => {
      end = resolve
    })
  })
  await hasBegun
  return {
    end: async () => {
      end()
      await done
    },
  }
}

test('a replica that holds a lease does the work', async () => {
  expect(await one.hold('done', lifeMs, async () => 'value')).toEqual({ held: true, value: 'value' })
})

test('another replica does not do work that is being done', async () => {
  const { end } = await working('taken')
  expect(await other.hold('taken', lifeMs, async () => 'value')).toEqual({ held: false })
  await end()
})

test('work about another group is done all the same', async () => {
  const { end } = await working('group')
  const elsewhere = createLeases({ redis, prefix, about: 'another group' })
  expect(await elsewhere.hold('group', lifeMs, async () => {})).toMatchObject({ held: true })
  await end()
})

test('a lease lasts for as long as was asked', async () => {
  const { end } = await working('lasting')
  expect(await redis.pttl(leaseOf('lasting'))).toBeGreaterThan(lifeMs - 10_000)
  await end()
})

test('a lease is given back when the work is done', async () => {
  await (await working('back')).end()
  expect(await redis.exists(leaseOf('back'))).toBe(0)
})

test('work that fails rejects with its own error', async () => {
  await expect(one.hold('failed', lifeMs, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
})

test('a lease is given back when the work fails', async () => {
  await one.hold('back after failure', lifeMs, () => Promise.reject(new Error('no'))).catch(() => {})
  expect(await redis.exists(leaseOf('back after failure'))).toBe(0)
})

test('a lease that was lost meanwhile is left to its new holder', async () => {
  const { end } = await working('lost')
  await redis.set(leaseOf('lost'), 'new holder')
  await end()
  expect(await redis.get(leaseOf('lost'))).toBe('new holder')
})

test('a lease is renewed at each third of its life', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { end } = await working('renewed')
  await redis.pexpire(leaseOf('renewed'), 10_000)
  vi.advanceTimersByTime(lifeMs / 3)
  await expect.poll(() => redis.pttl(leaseOf('renewed'))).toBeGreaterThan(lifeMs - 10_000)
  await end()
})

test('a replica does not renew a lease that it lost', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const { end } = await working('another')
  await redis.set(leaseOf('another'), 'new holder', 'PX', 10_000)
  vi.advanceTimersByTime(lifeMs / 3)
  await end()
  expect(await redis.pttl(leaseOf('another'))).toBeLessThanOrEqual(10_000)
})

test('a lease is renewed no more when the work is done', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  await (await working('over')).end()
  expect(vi.getTimerCount()).toBe(0)
})

test('work is done though its lease can be neither renewed nor given back', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const set = async () => 'OK'
  const leases = createLeases({ redis: Object.create(awayRedis, { set: { value: set } }), prefix })
  const done = leases.hold('away', lifeMs, async () => vi.advanceTimersByTime(lifeMs) && 'value')
  expect(await done).toEqual({ held: true, value: 'value' })
})

test('the leases are released when the work is done', async () => {
  const { end } = await working('released')
  let isReleased = false
  const released = one.released().then(() => {
    isReleased = true
  })
  await redis.exists('anything')
  expect(isReleased).toBe(false)
  await end()
  await released
})

test('leases under which no work is done are released', async () => {
  await expect(createLeases(space).released()).resolves.toBeUndefined()
})

test('a pause of a name lasts for all replicas', async () => {
  await one.pause('paused', lifeMs)
  expect(await other.isPaused('paused')).toBe(true)
})

test('a pause lasts for as long as was asked', async () => {
  await one.pause('ms', lifeMs)
  expect(await redis.pttl(`${prefix}pause:ms:group`)).toBeGreaterThan(lifeMs - 10_000)
})

test('a pause may be asked for in parts of a ms', async () => {
  await one.pause('parts', lifeMs - 0.5)
  expect(await one.isPaused('parts')).toBe(true)
})

test('a name without a pause is not paused', async () => {
  expect(await one.isPaused('never')).toBe(false)
})

const away = createLeases({ redis: awayRedis, prefix })
test.each([
  ['hold', () => away.hold('away', lifeMs, async () => {})],
  ['pause', () => away.pause('away', lifeMs)],
  ['isPaused', () => away.isPaused('away')],
])('%s says that Redis is away', async (_method, ask) => {
  await expect(ask()).rejects.toMatchObject({ code: 'redis-away' })
})
