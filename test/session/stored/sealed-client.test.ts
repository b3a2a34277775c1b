import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { createLog } from '../../../src/observability.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import { createSealedClient } from '../../../src/session/stored/sealed-client.ts'

const redis = new Redis(inject('redisUrl'))
afterAll(() => redis.disconnect())

const older = new Secret('older-0123456789-abcdefghij-KLMNOP')
const newer = new Secret('newer-0123456789-abcdefghij-KLMNOP')
const logged: string[] = []
const log = createLog({ level: 'debug', to: { write: line => void logged.push(JSON.parse(line).event) } })
const clientWith = (...secrets: [Secret, ...Secret[]]) => createSealedClient({ redis, seal: createSeal(secrets), log })
const client = clientWith(older)

/** A session as it is stored, told apart by its browser. */
const session = (browser: string) =>
  JSON.stringify({
    cookie: {},
    record: {
      identity: { tenantId: randomUUID(), objectId: randomUUID(), subject: 's', name: '', username: '' },
      membership: 'unknown',
      signedInAt: 1,
      lastSeenAt: 1,
      browser,
    },
  })

let key: string
beforeEach(() => {
  key = `test-${randomUUID()}:session:one`
  logged.length = 0
})
const write = (text: string) => client.set(key, text, 'EX', 60)
const create = (text: string) => {
  client.expectBirth(key)
  return write(text)
}

describe('a session', () => {
  test('once created, is read and written', async () => {
    const [first, second] = [session('first'), session('second')]
    await create(first)
    expect(await client.get(key)).toBe(first)
    await write(second)
    expect(await client.get(key)).toBe(second)
    expect(await redis.ttl(key)).toBeGreaterThan(55)
  })

  test('is not created by a write that nobody announced', async () => {
    await write(session('late'))
    expect(await redis.exists(key)).toBe(0)
  })

  test('is not brought back by a write after its end', async () => {
    await create(session('first'))
    await client.del([key])
    await write(session('late'))
    expect(await client.get(key)).toBeNull()
  })

  test('is created once: an announcement counts for one write', async () => {
    await create(session('first'))
    await client.del([key])
    await write(session('second'))
    expect(await redis.exists(key)).toBe(0)
  })

  test('never takes the place of another', async () => {
    const first = session('first')
    await create(first)
    await expect(create(session('other'))).rejects.toThrow('exists')
    expect(await client.get(key)).toBe(first)
  })
})

describe('a session that cannot be read', () => {
  test('counts as nothing when it is damaged, is reported and removed', async () => {
    await redis.set(key, 'damaged', 'EX', 60)
    expect(await client.get(key)).toBeNull()
    expect(await client.get(key)).toBeNull()
    expect(logged).toEqual(['session-unreadable'])
    expect(await redis.exists(key)).toBe(0)
  })

  test('counts as nothing, but stays, when another secret sealed it; that secret is reported once', async () => {
    const other = clientWith(newer)
    for (const each of [key, `${key}-2`]) {
      other.expectBirth(each)
      await other.set(each, session('from the newer'), 'EX', 60)
      expect(await client.get(each)).toBeNull()
      expect(await client.get(each)).toBeNull()
      expect(await other.get(each)).toContain('from the newer')
    }
    expect(logged).toEqual(['session-sealed-with-unknown-secret'])
    await redis.del(`${key}-2`)
  })

  test('stays, too, when a later release sealed it', async () => {
    await create(session('first'))
    const later = ((await redis.get(key)) ?? '').replace(/^1\./, '2.')
    await redis.set(key, later, 'EX', 60)
    expect(await client.get(key)).toBeNull()
    expect(await redis.get(key)).toBe(later)
  })

  test('cannot flood the log with names of secrets', async () => {
    for (let index = 0; index < 300; index++) {
      await redis.set(key, `1.key${index}.AAAA`, 'EX', 60)
      await client.get(key)
    }
    expect(logged.length).toBeLessThanOrEqual(102)
  })

  test('is another case than a fault of Redis, which is no answer at all', async () => {
    const nowhere = new Redis('redis://127.0.0.1:1', { lazyConnect: true, enableOfflineQueue: false })
    nowhere.on('error', () => {})
    const lost = createSealedClient({ redis: nowhere, seal: createSeal([older]), log })
    await expect(lost.get(key)).rejects.toThrow()
    nowhere.disconnect()
  })
})
