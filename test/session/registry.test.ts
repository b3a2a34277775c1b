import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeEach, expect, inject, test } from 'vitest'
import type { Identity } from '../../src/entra/claims.ts'
import { createRegistry, type Registry } from '../../src/session/registry.ts'

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

test('a person is the pair of tenant and object id: another tenant’s same object id is someone else', async () => {
  const alice = person()
  await registry.add(alice, 'one', now + hour, now)
  expect(await registry.ofPerson({ ...alice, tenantId: randomUUID() }, now)).toEqual([])
})

test('those of one session of Entra are found by its sid', async () => {
  const sid = randomUUID()
  await registry.add(person({ sid }), 'one', now + hour, now)
  await registry.add(person({ sid: randomUUID() }), 'two', now + hour, now)
  await registry.add(person(), 'three', now + hour, now)
  expect(await registry.ofEntraSession(sid, now)).toEqual(['one'])
})

test('one that was removed is found no more, neither way', async () => {
  const alice = person({ sid: randomUUID() })
  await registry.add(alice, 'one', now + hour, now)
  await registry.add(alice, 'two', now + hour, now)
  await registry.remove(alice, 'one')
  expect(await registry.ofPerson(alice, now)).toEqual(['two'])
  expect(await registry.ofEntraSession(alice.sid as string, now)).toEqual(['two'])
})

test('one that is over is not found, and the next sign-in sweeps it out', async () => {
  const alice = person()
  await registry.add(alice, 'old', now + hour, now)
  expect(await registry.ofPerson(alice, now + hour + 1)).toEqual([])
  await registry.add(alice, 'new', now + 3 * hour, now + 2 * hour)
  const [key = ''] = await redis.keys(`${prefix}*`)
  expect(await redis.zrange(key, '0', '-1')).toEqual(['new'])
})

test('what it writes goes by itself when the last session is over', async () => {
  const alice = person({ sid: randomUUID() })
  await registry.add(alice, 'one', now + hour, now)
  for (const key of await redis.keys(`${prefix}*`)) {
    const ttl = await redis.pttl(key)
    expect(ttl).toBeGreaterThan(hour - 60_000)
    expect(ttl).toBeLessThanOrEqual(hour)
  }
})

test('what somebody else put in their place keeps nobody out: a new session replaces it', async () => {
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
