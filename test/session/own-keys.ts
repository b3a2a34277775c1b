import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, inject } from 'vitest'
import { Secret } from '../../src/config/secret.ts'
import type { Redis as OurRedis } from '../../src/session/redis/redis.ts'
import { createSeal } from '../../src/session/sealing/seal.ts'

/** A prefix of their own in Redis for the tests of a file, and a seal. Afterwards nothing is left under the prefix. */
export function ownKeys() {
  const redis = new Redis(inject('redisUrl'))
  const prefix = `test-${randomUUID()}:`
  afterAll(async () => {
    await redis.del('none', ...(await redis.keys(`${prefix}*`)))
    redis.disconnect()
  })
  return { redis, prefix, seal: createSeal([new Secret('test-0123456789-abcdefghij-KLMNOP')]) }
}

/** A Redis that answers each command as `answer` says. */
export const redisThat = (answer: (command: string, args: unknown[]) => Promise<unknown>): OurRedis =>
  new Proxy({} as OurRedis, {
    get:
      (_, command) =>
      (...args: unknown[]) =>
        answer(String(command), args),
  })

/** A Redis that does not answer. */
export const awayRedis = redisThat(() => Promise.reject(new Error('Connection is closed.')))
