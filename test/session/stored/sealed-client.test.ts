import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { createLog } from '../../../src/observability.ts'
import { createSeal, fingerprint } from '../../../src/session/sealing/seal.ts'
import { createSealedClient, unread } from '../../../src/session/stored/sealed-client.ts'

const redis = new Redis(inject('redisUrl'))
afterAll(() => redis.disconnect())

const older = new Secret('older-0123456789-abcdefghij-KLMNOP')
const newer = new Secret('newer-0123456789-abcdefghij-KLMNOP')
const lines: Record<string, unknown>[] = []
const log = createLog({ level: 'debug', to: { write: line => void lines.push(JSON.parse(line)) } })
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
  lines.length = 0
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
    expect(lines).toMatchObject([{ event: 'session-unreadable', session: fingerprint(key), why: 'damaged' }])
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
    const keyId = createSeal([newer]).close('', key).split('.')[1]
    expect(lines).toMatchObject([{ event: 'session-sealed-with-unknown-secret', keyId }])
    await redis.del(`${key}-2`)
  })

  test('stays, too, when a later release sealed it', async () => {
    await create(session('first'))
    const later = ((await redis.get(key)) ?? '').replace(/^1\./, '2.')
    await redis.set(key, later, 'EX', 60)
    expect(await client.get(key)).toBeNull()
    expect(await redis.get(key)).toBe(later)
  })

  test('stays and counts as an unread one when it is of a shape that only another release knows, which is reported once', async () => {
    const seal = createSeal([older])
    await redis.set(key, seal.close('{"shape":"of another release"}', key), 'EX', 60)
    expect([await client.get(key), await client.get(key)]).toEqual([unread, unread])
    expect(JSON.parse(unread)).toEqual({ cookie: {}, isUnread: true })
    expect(lines).toMatchObject([{ event: 'session-unreadable', session: fingerprint(key), why: 'unknown-shape' }])
    expect(await redis.exists(key)).toBe(1)
  })

  test('never names more than eight characters of what stands in the place of a secret’s id', async () => {
    await redis.set(key, '1.longer-than-eight.AAAA', 'EX', 60)
    expect(await client.get(key)).toBeNull()
    expect(lines).toMatchObject([{ keyId: 'longer-t' }])
  })

  test('cannot flood the log with names of secrets', async () => {
    const fresh = clientWith(older)
    for (let index = 0; index < 300; index++) {
      await redis.set(key, `1.key${index}.AAAA`, 'EX', 60)
      await fresh.get(key)
    }
    expect(lines).toHaveLength(101)
  })

  test('is another case than a fault of Redis, which is no answer at all', async () => {
    const nowhere = new Redis('redis://127.0.0.1:1', { lazyConnect: true, enableOfflineQueue: false })
    nowhere.on('error', () => {})
    const lost = createSealedClient({ redis: nowhere, seal: createSeal([older]), log })
    await expect(lost.get(key)).rejects.toThrow()
    nowhere.disconnect()
  })
})

describe('a change of a session', () => {
  const [first, second, third] = [session('first'), session('second'), session('third')]
  const life = (text: string) => (text === second ? 600 : 60)

  test('writes what it makes of it, for as long as that may last, and returns it', async () => {
    await create(first)
    const seen: string[] = []
    const change = (text: string) => {
      seen.push(text)
      return second
    }
    expect(await client.change(key, change, life)).toBe(second)
    expect([seen, await client.get(key)]).toEqual([[first], second])
    expect(await redis.ttl(key)).toBeGreaterThan(500)
  })

  test('that changes nothing leaves it as it is, and returns it', async () => {
    await create(first)
    const before = await redis.get(key)
    expect(await client.change(key, () => undefined, life)).toBe(first)
    expect(await redis.get(key)).toBe(before)
  })

  test('is made anew where somebody else was first', async () => {
    await create(first)
    const seen: string[] = []
    let isFirst = true
    const change = (text: string) => {
      seen.push(text)
      return text === first ? third : second
    }
    const interrupted = createSealedClient({
      log,
      seal: createSeal([older]),
      redis: new Proxy(redis, {
        get(target, name) {
          const found = Reflect.get(target, name)
          if (name !== 'eval') return typeof found === 'function' ? found.bind(target) : found
          return async (...args: Parameters<typeof redis.eval>) => {
            if (isFirst) await write(second)
            isFirst = false
            return redis.eval(...args)
          }
        },
      }),
    })
    expect(await interrupted.change(key, change, life)).toBe(second)
    expect(seen).toEqual([first, second])
  })

  test.each([
    ['nothing is there', async () => {}],
    ['what is there is damaged', () => redis.set(key, 'damaged', 'EX', 60)],
    ['what is there is of another type', () => redis.zadd(key, 1, 'no session')],
    ['what is there is of another shape', () => redis.set(key, createSeal([older]).close('{}', key), 'EX', 60)],
  ])('comes to nothing, and writes nothing, where %s', async (_what, prepare) => {
    await prepare()
    const before = await redis.dump(key)
    expect(await client.change(key, () => second, life)).toBeNull()
    expect(await redis.dump(key)).toEqual(before)
    await redis.del(key)
  })
})

test('of several that are removed it is said how many were there', async () => {
  await create(session('first'))
  const other = `${key}-2`
  client.expectBirth(other)
  await client.set(other, session('second'), 'EX', 60)
  expect(await client.del([key, `${key}-none`, other])).toBe(2)
  expect(await redis.exists(key, other)).toBe(0)
})
