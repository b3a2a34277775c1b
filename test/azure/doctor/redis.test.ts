import { readFileSync } from 'node:fs'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lookAtRedis } from '../../../infra/azure/doctor/sight/redis.ts'
import type { RedisConfig } from '../../../src/config/redis-settings.ts'
import { Secret } from '../../../src/config/secret.ts'
import { startRedis } from '../../support/machine.ts'

let server: Awaited<ReturnType<typeof startRedis>>
let admin: Redis
beforeAll(async () => {
  server = await startRedis({ args: ['--appendonly', 'yes'] })
  admin = new Redis(server.url)
})
afterAll(async () => {
  admin.disconnect()
  await server.stop()
})

const at = (url: string): RedisConfig => ({
  url: new Secret(url),
  topology: { kind: 'one' },
  ca: undefined,
  prefix: 'gatehouse:',
})
const as = (user: string, password = 'pw') => at(server.url.replace('redis://', `redis://${user}:${password}@`))
/** The rights that docs/redis.md grants. */
const granted = (/^user gatehouse on >password (.*)$/m.exec(readFileSync('docs/redis.md', 'utf8'))?.[1] ?? '').split(
  ' ',
)

test('a Redis that works has nothing against it, and nothing is left there', async () => {
  expect(await lookAtRedis(at(server.url))).toMatchObject({ works: true, refused: [], keeping: [] })
  expect(await admin.dbsize()).toBe(0)
})

test('the user of docs/redis.md may use every command that is tried', async () => {
  await admin.call('ACL', 'SETUSER', 'documented', 'on', '>pw', ...granted)
  expect(await lookAtRedis(as('documented'))).toMatchObject({ works: true, refused: [] })
})

test.each(['xadd', 'hset', 'zremrangebyscore', 'incrby', 'time'])(
  'a user without %s is told by that name',
  async command => {
    await admin.call('ACL', 'SETUSER', 'less', 'reset', 'on', '>pw', ...granted, `-${command}`)
    expect((await lookAtRedis(as('less'))).refused).toEqual([command])
  },
)

test('a wrong password is told by the word of Redis, and with what helps', async () => {
  const { works, lines } = await lookAtRedis(as('documented', 'wrong'))
  expect(works).toBe(false)
  expect(lines).toContainEqual(expect.objectContaining({ event: 'redis-refuses', word: 'WRONGPASS' }))
})

test('eviction, and a restart that loses all, are seen', async () => {
  await admin.config('SET', 'maxmemory-policy', 'allkeys-lru')
  await admin.config('SET', 'appendonly', 'no')
  expect((await lookAtRedis(at(server.url))).keeping.map(({ event }) => event)).toEqual([
    'redis-may-evict',
    'redis-keeps-nothing',
  ])
})
