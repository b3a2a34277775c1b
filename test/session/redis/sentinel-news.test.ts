import { once } from 'node:events'
import { Redis as Client } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { createLog } from '../../../src/observability.ts'
import { createRedis, type Redis } from '../../../src/session/redis/redis.ts'
import { startRedis } from '../../support/machine.ts'
import { startFakeSentinel } from '../../support/redis/fake-sentinel.ts'

type Server = Awaited<ReturnType<typeof startRedis>>
type Sentinel = Awaited<ReturnType<typeof startFakeSentinel>>

let old: Server
let next: Server
let sentinels: [Sentinel, Sentinel]
beforeAll(async () => {
  old = await startRedis()
  next = await startRedis()
  sentinels = [await startFakeSentinel(old), await startFakeSentinel(old)]
})
afterAll(async () => {
  for (const sentinel of sentinels) await sentinel[Symbol.asyncDispose]()
  await old.stop()
  await next.stop()
})
beforeEach(() => {
  for (const sentinel of sentinels) sentinel.name(old)
})

async function connected() {
  const url = new Secret(sentinels.map(({ port }) => `redis://127.0.0.1:${port}`).join(','))
  const config = { url, topology: { kind: 'sentinel', master: 'ours' }, ca: undefined, prefix: '' } as const
  const redis = await createRedis({ config, log: createLog({ level: 'silent' }) })
  let lost = 0
  redis.on('reconnecting', () => {
    lost += 1
  })
  await once(redis, 'ready')
  await expect.poll(() => sentinels.map(sentinel => sentinel.listening())).toEqual([1, 1])
  return {
    redis,
    timesLost: () => lost,
    async [Symbol.asyncDispose]() {
      redis.disconnect()
      await expect.poll(() => sentinels.map(sentinel => sentinel.listening())).toEqual([0, 0])
    },
  }
}
/** On which of the two a write lands. */
async function writesTo(redis: Redis): Promise<'old' | 'next' | 'nowhere'> {
  const text = String(Math.random())
  const done = await redis.set('where', text).catch(() => undefined)
  if (!done) return 'nowhere'
  const isAt = async ({ url }: Server) => {
    const client = new Client(url)
    const found = await client.get('where')
    client.disconnect()
    return found === text
  }
  return (await isAt(next)) ? 'next' : (await isAt(old)) ? 'old' : 'nowhere'
}

test('a fail-over that one sentinel announces is believed, also while all still name the old master', async () => {
  await using connection = await connected()
  expect(await writesTo(connection.redis)).toBe('old')
  sentinels[1].announce('ours', old, next)
  await expect.poll(() => writesTo(connection.redis)).toBe('next')
  expect(connection.timesLost()).toBe(1)
})

test('the same news from another sentinel changes nothing', async () => {
  await using connection = await connected()
  sentinels[1].announce('ours', old, next)
  await expect.poll(() => writesTo(connection.redis)).toBe('next')
  sentinels[0].announce('ours', old, next)
  expect(await writesTo(connection.redis)).toBe('next')
  expect(connection.timesLost()).toBe(1)
})

test('the fail-over of a master that is not ours changes nothing', async () => {
  await using connection = await connected()
  sentinels[0].announce('theirs', old, next)
  for (let times = 0; times < 5; times++) expect(await writesTo(connection.redis)).toBe('old')
  expect(connection.timesLost()).toBe(0)
})
