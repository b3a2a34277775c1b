import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHouse } from '../../support/house.ts'
import { startRedis } from '../../support/machine.ts'
import { eventsIn } from '../../support/stored.ts'
import { patience } from './shapes.ts'

let server: Awaited<ReturnType<typeof startRedis>>
beforeAll(async () => {
  server = await startRedis({ args: ['--databases', '4'] })
})
afterAll(() => server.stop())

const keysIn = async (database: number) => {
  const redis = new Redis(server.url, { db: database })
  const count = await redis.dbsize()
  redis.disconnect()
  return count
}

test('everything is kept in the database that REDIS_URL names', async () => {
  await using house = await openHouse({ redisUrl: `${server.url}/2` })
  expect((await (await house.visitor('alice')).get('/')).status).toBe(200)
  expect([await keysIn(0), await keysIn(2)]).toEqual([0, expect.toSatisfy(count => count > 0)])
})

test('the house says that there is no such database, waits, and keeps nothing in another', async () => {
  const inspect = new Redis(server.url)
  await using house = await openHouse({ redisUrl: `${server.url}/9`, inspect })
  const alice = await house.visitor('alice', { signIn: false })
  await expect.poll(() => eventsIn(house.logged, 'redis-away').length, patience).toBe(1)
  expect(eventsIn(house.logged, 'redis-away')[0].reply).toBe('ERR')
  expect((await alice.fetch('/health/ready')).body).toEqual({ status: 'not-ready', waiting: ['redis'] })
  expect((await alice.signIn('/')).status).toBe(503)
  expect(await keysIn(0)).toBe(0)
  inspect.disconnect()
})
