import { once } from 'node:events'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { createLog } from '../../../src/observability.ts'
import { createRedis } from '../../../src/session/redis/redis.ts'
import { startRedis } from '../../support/machine.ts'

let server: Awaited<ReturnType<typeof startRedis>>
let admin: Redis
beforeAll(async () => {
  server = await startRedis()
  admin = new Redis(server.url)
})
afterAll(async () => {
  admin.disconnect()
  await server.stop()
})

async function connected(url = server.url) {
  const said: Record<string, unknown>[] = []
  const log = createLog({ level: 'info', to: { write: line => void said.push(JSON.parse(line)) } })
  const config = { url: new Secret(url), topology: { kind: 'one' }, ca: undefined, prefix: 'test:' } as const
  const redis = await createRedis({ config, log })
  if (redis.status !== 'ready') await once(redis, 'ready')
  // The connection answers in order: what was asked at the start has been answered when this is.
  const lines = async () => {
    for (let turns = 0; turns < 4; turns++) await redis.exists('any')
    return said.filter(({ event }) => /evict|keeps|checked/.test(String(event)))
  }
  return { redis, lines, [Symbol.asyncDispose]: async () => redis.disconnect() }
}
const event = (name: string, facts: object) => expect.objectContaining({ event: name, ...facts })
const set = async (values: Record<string, string>) => {
  for (const [name, value] of Object.entries(values)) await admin.config('SET', name, value)
}

const noneKept = { appendonly: 'no', save: '' }
const states: [what: string, values: Record<string, string>, expected: unknown[]][] = [
  ['keeps all it is given, in a file', { 'maxmemory-policy': 'noeviction', appendonly: 'yes', save: '' }, []],
  ['keeps all it is given, in snapshots', { 'maxmemory-policy': 'noeviction', appendonly: 'no', save: '900 1' }, []],
  [
    'evicts what nobody used lately',
    { 'maxmemory-policy': 'allkeys-lru', appendonly: 'yes', save: '' },
    [event('redis-may-evict', { level: 40, policy: 'allkeys-lru', wanted: 'noeviction' })],
  ],
  [
    'evicts what will end anyway',
    { 'maxmemory-policy': 'volatile-ttl', appendonly: 'yes', save: '' },
    [event('redis-may-evict', { level: 40, policy: 'volatile-ttl' })],
  ],
  [
    'keeps nothing over a restart',
    { 'maxmemory-policy': 'noeviction', ...noneKept },
    [event('redis-keeps-nothing', { level: 40 })],
  ],
  [
    'is a cache in every respect',
    { 'maxmemory-policy': 'allkeys-random', ...noneKept },
    [event('redis-may-evict', { policy: 'allkeys-random' }), event('redis-keeps-nothing', {})],
  ],
]
test.each(states)('the log at start says what is wrong with a Redis that %s', async (_what, values, expected) => {
  await set(values)
  await using connection = await connected()
  await expect.poll(connection.lines).toEqual(expected)
})

describe('a user that may not look', () => {
  const asUser = () => server.url.replace('//', '//someone:canary@')
  const notChecked = (what: string) => event('redis-not-checked', { level: 30, what })

  test('at anything does not keep the house from working: the log says what could not be checked', async () => {
    await set({ 'maxmemory-policy': 'allkeys-lru', ...noneKept })
    await admin.acl('SETUSER', 'someone', 'on', '>canary', '~*', '-@all', '+exists')
    await using connection = await connected(asUser())
    const expected = [notChecked('maxmemory-policy'), notChecked('persistence')]
    await expect.poll(connection.lines).toEqual(expected)
    expect(await connection.redis.exists('any')).toBe(0)
  })

  test('at the configuration still sees what INFO says', async () => {
    await set({ 'maxmemory-policy': 'allkeys-lru', ...noneKept })
    await admin.acl('SETUSER', 'someone', 'on', '>canary', '~*', '-@all', '+exists', '+info')
    await using connection = await connected(asUser())
    const expected = [event('redis-may-evict', {}), notChecked('persistence')]
    await expect.poll(connection.lines).toEqual(expected)
  })
})

test('the log says a finding once, and again when it changed: a fail-over may lead to another Redis', async () => {
  await set({ 'maxmemory-policy': 'noeviction', ...noneKept })
  await using connection = await connected()
  const keepsNothing = event('redis-keeps-nothing', {})
  await expect.poll(connection.lines).toEqual([keepsNothing])
  const again = async () => {
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    await once(connection.redis, 'ready')
  }
  await again()
  expect(await connection.lines()).toEqual([keepsNothing])
  await set({ 'maxmemory-policy': 'allkeys-lru' })
  await again()
  const mayEvict = event('redis-may-evict', { policy: 'allkeys-lru' })
  await expect.poll(connection.lines).toEqual([keepsNothing, mayEvict, keepsNothing])
})
