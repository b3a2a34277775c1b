import { once } from 'node:events'
import { afterEach, expect, inject, test } from 'vitest'
import { OneDatabaseRedis } from '../../../../src/session/redis/database.ts'

let redis: OneDatabaseRedis
afterEach(() => redis.disconnect())
async function connected() {
  redis = new OneDatabaseRedis(inject('redisUrl'), { retryStrategy: () => 50 })
  redis.on('error', () => {})
  await once(redis, 'ready')
}

test('a database that is there is selected', async () => {
  await connected()
  expect(await redis.select(1)).toBe('OK')
})

test('who selects a database that is not there hears so', async () => {
  await connected()
  await expect(redis.select(1_000_000)).rejects.toThrow('DB index is out of range')
})

test('a connection whose database is not there is given up and made anew', async () => {
  await connected()
  const anew = once(redis, 'reconnecting')
  await redis.select(1_000_000).catch(() => {})
  await expect(anew).resolves.toBeDefined()
})

test('a connection whose database is there stays', async () => {
  await connected()
  await redis.select(1)
  expect([redis.status, await redis.ping()]).toEqual(['ready', 'PONG'])
})
