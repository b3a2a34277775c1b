import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { RedisStore } from 'connect-redis'
import type { SessionData } from 'express-session'
import { Redis } from 'ioredis'
import { afterAll, expect, inject, test } from 'vitest'

const redis = new Redis(inject('redisUrl'))
const prefix = `test-${randomUUID()}:`
// connect-redis and ioredis as they are, without the habits that the house adds.
const store = new RedisStore({ client: redis, prefix, ttl: 60 })
afterAll(() => redis.disconnect())

const versionOf = (name: string): string =>
  JSON.parse(readFileSync(new URL(`../../../node_modules/${name}/package.json`, import.meta.url), 'utf8')).version
const session = (name: string) => ({ cookie: { path: '/' }, record: { identity: { name } } }) as unknown as SessionData

// From 9 on connect-redis speaks to node-redis only.
test.each([
  ['connect-redis', /^8\.1\./],
  ['ioredis', /^6\./],
])('%s is of the line that goes with the other', (name, line) => {
  expect(versionOf(name)).toMatch(line)
})

test('connect-redis writes a session through ioredis and reads it back', async () => {
  await store.set('one', session('Alice'))
  expect(await store.get('one')).toEqual(session('Alice'))
})

test('a session that connect-redis writes lies under its key, for as long as it was told', async () => {
  await store.set('two', session('Alice'))
  expect(JSON.parse((await redis.get(`${prefix}two`)) ?? '')).toEqual(session('Alice'))
  const ttl = await redis.ttl(`${prefix}two`)
  expect(ttl).toBeGreaterThan(55)
  expect(ttl).toBeLessThanOrEqual(60)
})

test('a session that connect-redis destroys is gone', async () => {
  await store.set('three', session('Alice'))
  await store.destroy('three')
  expect(await store.get('three')).toBeNull()
  expect(await redis.exists(`${prefix}three`)).toBe(0)
})
