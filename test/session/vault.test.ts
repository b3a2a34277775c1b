import { describe, expect, test } from 'vitest'
import { type House, openHouse } from '../support/house.ts'
import { startRedis } from '../support/machine.ts'
import { openSelfService, turnOnWithPasskey, until } from '../support/self-service.ts'
import { sessionIdOf } from '../support/stored.ts'
import { testIn } from '../support/test-in.ts'
import type { Visitor } from '../support/visitor.ts'

const inHouse = testIn({ now: '2026-03-02T12:00:00Z' })

const minute = 60_000
const tokensOf = ({ prefix }: House, visitor: Visitor) => `${prefix}tokens:${sessionIdOf(visitor)}`
const pimOf = ({ prefix }: House, visitor: Visitor) => `${prefix}pim-token:${sessionIdOf(visitor)}`

describe('the tokens of a session', () => {
  inHouse('go with the session when nobody uses it', async ({ house }) => {
    const alice = await house.visitor('alice')
    const left = await house.redis.pttl(tokensOf(house, alice))
    expect(left).toBeGreaterThan(30 * minute)
    expect(left).toBeLessThanOrEqual(32 * minute)
  })

  inHouse('last while the session is used', async ({ house }) => {
    const alice = await house.visitor('alice')
    // As if half an hour had almost passed for Redis.
    await house.redis.pexpire(tokensOf(house, alice), minute)
    house.clock.advance({ minutes: 25 })
    await alice.get('/')
    await expect.poll(() => house.redis.pttl(tokensOf(house, alice))).toBeGreaterThan(30 * minute)
  })

  inHouse('last, too, while the session is used for nothing that asks Entra', async ({ house }) => {
    const oskar = await house.visitor('oskar')
    await house.redis.pexpire(tokensOf(house, oskar), minute)
    house.clock.advance({ minutes: 25 })
    await oskar.post('/check-again', {}, { 'Sec-Fetch-Mode': 'cors' })
    await expect.poll(() => house.redis.pttl(tokensOf(house, oskar))).toBeGreaterThan(30 * minute)
  })

  inHouse('last no longer than the session may', async ({ house }) => {
    const alice = await house.visitor('alice')
    for (let passed = 0; passed < 585; passed += 25) {
      house.clock.advance({ minutes: 25 })
      await alice.get('/')
    }
    await expect.poll(() => house.redis.pttl(tokensOf(house, alice))).toBeLessThanOrEqual(26 * minute)
  })
})

test('the tokens of a session last as long as the session in a Redis that is full', async () => {
  const redis = await startRedis()
  try {
    await using house = await openHouse({ now: '2026-03-02T12:00:00Z', redisUrl: redis.url })
    const alice = await house.visitor('alice')
    await house.redis.pexpire(tokensOf(house, alice), minute)
    await house.redis.config('SET', 'maxmemory', '1')
    house.clock.advance({ minutes: 2 })
    expect((await alice.get('/')).status).toBe(200)
    await expect.poll(() => house.redis.pttl(tokensOf(house, alice))).toBeGreaterThan(30 * minute)
    await house.redis.config('SET', 'maxmemory', '0')
  } finally {
    await redis.stop()
  }
})

describe('the token for PIM', () => {
  const on = async (idle: string) => {
    const house = await openSelfService({ settings: { SESSION_IDLE_MINUTES: idle } })
    const ben = await house.visitor('ben')
    await turnOnWithPasskey(ben)
    await until(house, ben, 'in')
    expect(await house.redis.exists(pimOf(house, ben))).toBe(1)
    return { house, ben }
  }

  test('goes when its person signs out', async () => {
    const { house, ben } = await on('600')
    await using _ = house
    const key = pimOf(house, ben)
    await ben.post('/auth/sign-out')
    expect([await house.redis.exists(key), await house.redis.keys(`${house.prefix}pim-token:*`)]).toEqual([0, []])
  })

  test('goes with a session that nobody uses', async () => {
    const { house, ben } = await on('30')
    await using _ = house
    expect(await house.redis.pttl(pimOf(house, ben))).toBeLessThanOrEqual(30 * minute)
  })

  test('lasts while the session is used, but no longer than it counts', async () => {
    const { house, ben } = await on('600')
    await using _ = house
    const key = pimOf(house, ben)
    const counts = await house.redis.pttl(key)
    expect(counts).toBeLessThan(120 * minute)
    await house.redis.pexpire(key, minute)
    house.clock.advance({ minutes: 5 })
    await ben.get('/access')
    await expect.poll(() => house.redis.pttl(key)).toBeGreaterThan(counts - 6 * minute)
    expect(await house.redis.pttl(key)).toBeLessThanOrEqual(counts - 4 * minute)
  })
})
