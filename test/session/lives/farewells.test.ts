import type { Request } from 'express'
import { expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { createCookies } from '../../../src/session/cookies.ts'
import { createFarewells } from '../../../src/session/lives/farewells.ts'
import { signedCookie } from '../../support/stored.ts'
import { awayRedis, ownKeys } from '../own-keys.ts'

const { redis, prefix, seal } = ownKeys()
const cookies = createCookies('http://localhost:3000')
const farewells = createFarewells({ redis, seal, cookies, prefix })
const farewell = { by: 'Ada Nakamura', reason: 'Ana lost her laptop', at: 5 }

const withCookie = (cookie?: string) => ({ headers: { cookie } }) as Request
const config = { session: { secrets: [new Secret('test-0123456789-abcdefghij-KLMNOP')] } }
const holding = (id: string) => withCookie(`gatehouse=${signedCookie({ config } as never, id)}`)

test('a browser is told what was left for its session', async () => {
  await farewells.leave('one', farewell)
  expect(await farewells.take(holding('one'))).toEqual(farewell)
})

test('a browser is told once', async () => {
  await farewells.leave('two', farewell)
  await farewells.take(holding('two'))
  expect(await farewells.take(holding('two'))).toBeUndefined()
})

test('a browser of another session is told nothing', async () => {
  await farewells.leave('three', farewell)
  expect(await farewells.take(holding('four'))).toBeUndefined()
})

test.each([undefined, 'gatehouse=s:three.AAAA', 'gatehouse=three'])(
  'a browser without a cookie of ours is not looked for: %s',
  async cookie => {
    const away = createFarewells({ redis: awayRedis, seal, cookies, prefix })
    expect(await away.take(withCookie(cookie))).toBeUndefined()
  },
)

test('neither the name nor the reason can be read in Redis, and the key does not tell the session', async () => {
  await farewells.leave('session-id', farewell)
  const keys = await redis.keys(`${prefix}farewell:*`)
  const texts = await Promise.all(keys.map(key => redis.get(key)))
  expect([...keys, ...texts].join()).not.toMatch(/session-id|Ada|laptop/)
})

test('it is forgotten after a day', async () => {
  await farewells.leave('five', farewell)
  const ttls = await Promise.all((await redis.keys(`${prefix}farewell:*`)).map(key => redis.pttl(key)))
  expect(Math.max(...ttls)).toBeGreaterThan(23.9 * 3_600_000)
  expect(Math.max(...ttls)).toBeLessThanOrEqual(24 * 3_600_000)
})

test('says that Redis is away', async () => {
  const away = createFarewells({ redis: awayRedis, seal, cookies, prefix })
  await expect(away.take(holding('one'))).rejects.toMatchObject({ code: 'redis-away' })
})
