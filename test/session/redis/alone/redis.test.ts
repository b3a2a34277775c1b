import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { Redis as Single } from 'ioredis'
import { afterEach, describe, expect, inject, test } from 'vitest'
import { Secret } from '../../../../src/config/secret.ts'
import { createRedis, type Redis } from '../../../../src/session/redis/redis.ts'
import { linesOf } from './lines.ts'

const opened: Redis[] = []
afterEach(() => {
  for (const each of opened.splice(0)) each.disconnect()
})
async function open({ url, observe }: { url?: string; observe?: (seconds: number, reason?: string) => void } = {}) {
  const { log, lines } = linesOf()
  const config = {
    url: url === undefined ? undefined : new Secret(url),
    topology: { kind: 'one' },
    ca: undefined,
  } as const
  const redis = await createRedis({ config: { ...config, prefix: 'test:' }, log, ...(observe && { observe }) })
  opened.push(redis)
  return { redis, lines, said: () => lines.map(({ event }) => event) }
}
async function connected(needs: Parameters<typeof open>[0] = {}) {
  const found = await open({ url: inject('redisUrl'), ...needs })
  if (found.redis.status !== 'ready') await once(found.redis, 'ready')
  return found
}

describe('with an address', () => {
  test('Redis is asked', async () => {
    const { redis } = await connected()
    expect(await redis.exists(`test-${randomUUID()}`)).toBe(0)
  })

  test('the log says when Redis is there', async () => {
    expect((await connected()).said()).toContain('redis-ready')
  })

  test('the log says that Redis is away, and creating it waits for nothing', async () => {
    const { said, redis } = await open({ url: 'redis://127.0.0.1:1' })
    await expect.poll(said).toContain('redis-away')
    expect(redis.status).not.toBe('ready')
  })

  test('each command is told with its seconds', async () => {
    const told: unknown[][] = []
    const { redis } = await connected({ observe: (...args) => void told.push(args) })
    told.length = 0
    await redis.exists('any')
    expect(told.some(([seconds]) => typeof seconds === 'number')).toBe(true)
  })

  test('what Redis refuses is said', async () => {
    const { redis, lines } = await connected()
    await redis.eval("return redis.error_reply('OOM no room')", 1, 'test:any').catch(() => {})
    await expect.poll(() => lines).toContainEqual(expect.objectContaining({ event: 'redis-refuses', word: 'OOM' }))
  })

  test('the log says what Redis does not keep', async () => {
    const { redis, said } = await connected()
    const snapshots = Object.values(await (redis as unknown as Single).config('GET', 'save')).at(-1)
    await expect.poll(() => said().includes('redis-keeps-nothing')).toBe(snapshots === '')
  })
})

describe('without an address', () => {
  test('a store in this process keeps texts', async () => {
    const { redis } = await open()
    await redis.set('demo', 'text')
    expect(await redis.get('demo')).toBe('text')
  })

  test('a store in this process lists the members of a sorted set', async () => {
    const { redis } = await open()
    await (redis as unknown as { zadd: (...args: unknown[]) => Promise<number> }).zadd('members', 1, 'one', 2, 'two')
    expect(await redis.zrange('members', 0, '+inf', 'BYSCORE')).toEqual(['one', 'two'])
  })

  test('nothing is said of Redis', async () => {
    expect((await open()).said()).toEqual([])
  })
})
