import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeEach, expect, inject, test } from 'vitest'
import type { Identity } from '../../../src/entra/claims.ts'
import { createRegistry, type Registry } from '../../../src/session/stored/registry.ts'

const redis = new Redis(inject('redisUrl'))
afterAll(() => redis.disconnect())

const now = Date.parse('2026-03-02T12:00:00Z')
const hour = 3_600_000
const person = (wish: Partial<Identity> = {}): Identity => ({
  tenantId: '11111111-2222-4333-8444-555555555555',
  objectId: randomUUID(),
  subject: 's',
  name: 'Alice',
  username: 'alice@contoso.example',
  ...wish,
})

let registry: Registry
let prefix: string
beforeEach(() => {
  prefix = `test-${randomUUID()}:`
  registry = createRegistry({ redis, prefix })
})

test('a person’s sessions are found, and nobody else’s', async () => {
  const [alice, ben] = [person(), person()]
  await registry.add(alice, 'one', now + hour, now)
  await registry.add(alice, 'two', now + hour, now)
  await registry.add(ben, 'three', now + hour, now)
  expect((await registry.ofPerson(alice, now)).sort()).toEqual(['one', 'two'])
  expect(await registry.ofPerson(ben, now)).toEqual(['three'])
})

test('a person is the pair of tenant and object id: the same object id of another tenant is another person', async () => {
  const alice = person()
  await registry.add(alice, 'one', now + hour, now)
  expect(await registry.ofPerson({ ...alice, tenantId: randomUUID() }, now)).toEqual([])
})

test('the sessions that a session of Entra opened are found by its sid', async () => {
  const sid = randomUUID()
  await registry.add(person({ sid }), 'one', now + hour, now)
  await registry.add(person({ sid: randomUUID() }), 'two', now + hour, now)
  await registry.add(person(), 'three', now + hour, now)
  expect(await registry.ofEntraSession(sid, now)).toEqual(['one'])
})

test('a session that was removed is found no more, neither by person nor by sid', async () => {
  const alice = person({ sid: randomUUID() })
  await registry.add(alice, 'one', now + hour, now)
  await registry.add(alice, 'two', now + hour, now)
  await registry.remove(alice, 'one')
  expect(await registry.ofPerson(alice, now)).toEqual(['two'])
  expect(await registry.ofEntraSession(alice.sid as string, now)).toEqual(['two'])
})

test('a session that is over is not found, and the next sign-in sweeps it out', async () => {
  const alice = person()
  await registry.add(alice, 'old', now + hour, now)
  expect(await registry.ofPerson(alice, now + hour + 1)).toEqual([])
  await registry.add(alice, 'new', now + 3 * hour, now + 2 * hour)
  const [key = ''] = await redis.keys(`${prefix}*`)
  expect(await redis.zrange(key, '0', '-1')).toEqual(['new'])
})

test('the sign-in of a replica whose clock is 401 days ahead sweeps out nobody', async () => {
  const alice = person({ sid: randomUUID() })
  const present = Date.now()
  const ahead = present + 401 * 24 * hour
  await registry.add(alice, 'living', present + hour, present)
  await registry.add(alice, 'of the future', ahead + hour, ahead)
  expect((await registry.ofPerson(alice, present)).sort()).toEqual(['living', 'of the future'])
  expect(await registry.ofEntraSession(alice.sid as string, present)).toContain('living')
})

test('an index goes by itself when the last session is over', async () => {
  const alice = person({ sid: randomUUID() })
  await registry.add(alice, 'one', now + hour, now)
  for (const key of await redis.keys(`${prefix}*`)) {
    const ttl = await redis.pttl(key)
    expect(ttl).toBeGreaterThan(hour - 60_000)
    expect(ttl).toBeLessThanOrEqual(hour)
  }
})

test('a stranger’s key in the place of an index keeps nobody out: a new session replaces it', async () => {
  const alice = person({ sid: 'of-entra' })
  for (const key of [`${prefix}person:${alice.tenantId}:${alice.objectId}`, `${prefix}entra-session:of-entra`])
    await redis.set(key, 'not a set')
  expect([await registry.ofPerson(alice, now), await registry.ofEntraSession('of-entra', now)]).toEqual([[], []])
  await registry.remove(alice, 'none')
  await registry.add(alice, 'one', now + hour, now)
  expect([await registry.ofPerson(alice, now), await registry.ofEntraSession('of-entra', now)]).toEqual([
    ['one'],
    ['one'],
  ])
})

const ttls = async () => Promise.all((await redis.keys(`${prefix}*`)).map(key => redis.pttl(key)))

test('an entry that is over sooner does not shorten the life of those that are over later', async () => {
  const alice = person({ sid: randomUUID() })
  await registry.add(alice, 'newer', now + 10 * hour, now)
  await registry.add(alice, 'older, under a new id', now + hour / 60, now)
  for (const ttl of await ttls()) expect(ttl).toBeGreaterThan(9 * hour)
})

test('an entry that is over already does not take the others with it', async () => {
  const alice = person({ sid: randomUUID() })
  await registry.add(alice, 'newer', now + 10 * hour, now)
  await registry.add(alice, 'over', now - 1, now)
  for (const ttl of await ttls()) expect(ttl).toBeGreaterThan(9 * hour)
  expect(await registry.ofPerson(alice, now)).toEqual(['newer'])
})

test('an entry that is over later prolongs the index', async () => {
  const alice = person({ sid: randomUUID() })
  await registry.add(alice, 'one', now + hour, now)
  await registry.add(alice, 'two', now + 10 * hour, now)
  for (const ttl of await ttls()) expect(ttl).toBeGreaterThan(9 * hour)
})

test('an index that somebody made last for ever gets its time again', async () => {
  const alice = person()
  await registry.add(alice, 'one', now + hour, now)
  for (const key of await redis.keys(`${prefix}*`)) await redis.persist(key)
  await registry.add(alice, 'two', now + hour, now)
  for (const ttl of await ttls()) expect(ttl).toBeGreaterThan(hour - 60_000)
})

test('a replica whose clock is an hour ahead sweeps out nothing that is open for the others', async () => {
  const alice = person({ sid: randomUUID() })
  await registry.add(alice, 'nine hours old', now + hour / 2, now)
  await registry.add(alice, 'new', now + 11 * hour, now + hour)
  expect((await registry.ofPerson(alice, now)).sort()).toEqual(['new', 'nine hours old'])
  expect((await registry.ofEntraSession(alice.sid as string, now)).sort()).toEqual(['new', 'nine hours old'])
})

test('any other error of Redis leaves the index as it is', async () => {
  const alice = person()
  await registry.add(alice, 'one', now + hour, now)
  await expect(registry.add(alice, 'two', Number.NaN, now)).rejects.toMatchObject({ code: 'redis-away' })
  expect(await registry.ofPerson(alice, now)).toEqual(['one'])
})

test.each(['READONLY You cannot write', 'OOM command not allowed', 'Command timed out'])(
  'an index is not deleted when Redis answers %s',
  async word => {
    const asked: string[] = []
    const watched = ['eval', 'del', 'zadd', 'pexpire', 'zremrangebyscore']
    const failing = new Proxy(redis, {
      get(target, name) {
        if (!watched.includes(String(name))) return Reflect.get(target, name)
        return () => {
          asked.push(String(name))
          return Promise.reject(new Error(word))
        }
      },
    })
    await expect(createRegistry({ redis: failing, prefix }).add(person(), 'one', now + hour, now)).rejects.toThrow()
    expect(asked).not.toContain('del')
  },
)

test('of somebody without a session of Entra one index is kept, that of the person', async () => {
  const keys: unknown[] = []
  const watched = new Proxy(redis, {
    get(target, name) {
      const found = Reflect.get(target, name)
      if (name !== 'eval') return typeof found === 'function' ? found.bind(target) : found
      return (...args: Parameters<typeof redis.eval>) => {
        keys.push(args[2])
        return redis.eval(...args)
      }
    },
  })
  const alice = person()
  await createRegistry({ redis: watched, prefix }).add(alice, 'one', now + hour, now)
  expect(keys).toEqual([`${prefix}person:${alice.tenantId}:${alice.objectId}`])
})
