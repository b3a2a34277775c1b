import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterEach, describe, expect, test } from 'vitest'
import { freePort } from '../../../infra/demo/ports.ts'
import { openHouse } from '../../support/house.ts'
import { startRedis } from '../../support/machine.ts'
import { canaries, documented, startCluster, startTlsRedis } from '../../support/redis/redis-servers.ts'
import { eventsIn } from '../../support/stored.ts'
import { patience } from './shapes.ts'

type House = Awaited<ReturnType<typeof openHouse>>
const refusals = ({ logged }: House) => eventsIn(logged, 'redis-refuses')
const endings: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end()
})

async function server(...args: string[]) {
  const redis = await startRedis({ args: ['--maxmemory-policy', 'noeviction', ...args] })
  const admin = new Redis(redis.url, { retryStrategy: () => 50 })
  admin.on('error', () => {})
  await admin.acl('SETUSER', 'app', 'on', '>app-canary', '~*', '&*', '+@all')
  const url = redis.url.replace('redis://', 'redis://app:app-canary@')
  endings.push(async () => {
    admin.disconnect()
    await redis.stop()
  })
  return { ...redis, url, admin }
}

async function house(
  redisUrl: string,
  { inspect, settings = {} }: { inspect: Redis; settings?: Record<string, string> },
) {
  const opened = await openHouse({ redisUrl, inspect, settings })
  endings.push(() => opened[Symbol.asyncDispose]())
  return opened
}

/** The requests of people and probes, again and again for a while. */
async function busy(opened: House): Promise<void> {
  const nobody = await opened.visitor('alice', { signIn: false })
  for (let times = 0; times < 3; times++) {
    await nobody.fetch('/health/ready')
    expect((await nobody.signIn('/')).status).toBe(503)
  }
}

/** Where every write is refused, whichever comes first is the one that is told: that of a person, or of the house's own work. */
const anyWrite: unknown = expect.any(String)

type Server = Awaited<ReturnType<typeof server>>
const states: [
  word: string,
  command: unknown,
  remedy: RegExp,
  refuse: (server: Server) => Promise<unknown>,
  mend: (server: Server) => Promise<unknown>,
][] = [
  [
    'READONLY',
    anyWrite,
    /REDIS_SENTINEL_MASTER/,
    async ({ admin }) => admin.replicaof('127.0.0.1', await freePort()),
    ({ admin }) => admin.replicaof('NO', 'ONE'),
  ],
  [
    'OOM',
    anyWrite,
    /maxmemory/,
    ({ admin }) => admin.config('SET', 'maxmemory', '1'),
    ({ admin }) => admin.config('SET', 'maxmemory', '0'),
  ],
  [
    'NOREPLICAS',
    anyWrite,
    /min-replicas-to-write/,
    ({ admin }) => admin.config('SET', 'min-replicas-to-write', '1'),
    ({ admin }) => admin.config('SET', 'min-replicas-to-write', '0'),
  ],
  [
    'MISCONF',
    anyWrite,
    /disk/,
    async ({ admin, folder }) => {
      mkdirSync(join(folder, 'dump.rdb'), { recursive: true })
      await admin.config('SET', 'save', '3600 1')
      await admin.bgsave()
      await expect.poll(() => admin.info('persistence'), patience).toContain('rdb_last_bgsave_status:err')
    },
    ({ admin }) => admin.config('SET', 'save', ''),
  ],
  [
    'NOPERM',
    'set',
    /lacks \+set: see docs\/redis\.md/,
    ({ admin }) => admin.acl('SETUSER', 'app', '-set'),
    ({ admin }) => admin.acl('SETUSER', 'app', '+set'),
  ],
  [
    'NOPERM',
    anyWrite,
    /key pattern/,
    ({ admin }) => admin.acl('SETUSER', 'app', 'resetkeys', '~others:*'),
    ({ admin }) => admin.acl('SETUSER', 'app', '~*'),
  ],
  [
    'NOPERM',
    'eval',
    /a command that a script uses/,
    ({ admin }) => admin.acl('SETUSER', 'app', '-incr', '-get'),
    ({ admin }) => admin.acl('SETUSER', 'app', '+incr', '+get'),
  ],
]

test.each(states.filter(([, command]) => command !== 'eval'))(
  '%s for %s is said once an outage, with what helps, and again when it had been well',
  async (word, command, remedy, refuse, mend) => {
    const redis = await server()
    const opened = await house(redis.url, { inspect: redis.admin })
    for (const times of [1, 2]) {
      await refuse(redis)
      await busy(opened)
      expect(refusals(opened)).toHaveLength(times)
      expect(refusals(opened).at(-1)).toMatchObject({ level: 50, word, command, remedy: expect.stringMatching(remedy) })
      await mend(redis)
      const ada = await opened.visitor('ada', { signIn: false })
      await expect.poll(async () => (await ada.signIn('/')).status, patience).toBe(200)
      // Redis is well for a while.
      await expect
        .poll(() => ada.signIn('/auth/sign-in').then(() => performance.now()), patience)
        .toBeGreaterThan(performance.now() + 1_200)
    }
  },
)

test('a user with the rights of the documentation, and no more, is refused nothing that the log tells', async () => {
  const redis = await server()
  const line = documented.userLine.replace('~gatehouse:', '~test-').replace('user gatehouse', 'app')
  await redis.admin.call('ACL', 'SETUSER', ...line.replace('>password', '').split(' ').filter(Boolean))
  const opened = await house(redis.url, { inspect: redis.admin })
  expect((await (await opened.visitor('alice')).get('/')).status).toBe(200)
  await expect.poll(() => eventsIn(opened.logged, 'redis-not-checked').length, patience).toBe(1)
  expect(refusals(opened)).toEqual([])
})

test('the log names a missing right at once where only a script needs it', async () => {
  const redis = await server()
  const [word, , remedy, refuse] = states.at(-1) as (typeof states)[number]
  await refuse(redis)
  const opened = await house(redis.url, { inspect: redis.admin })
  await busy(opened)
  expect(refusals(opened)).toHaveLength(1)
  expect(refusals(opened)[0]).toMatchObject({ word, remedy: expect.stringMatching(/docs\/redis\.md/) })
  expect(remedy).toBeDefined()
})

describe('an operator learns why the house is not let in, or that it met something else than a Redis', () => {
  const cases: [what: string, found: object, open: () => Promise<House>][] = [
    [
      'one node of a cluster',
      { word: 'MOVED', remedy: 'a node of a cluster: set REDIS_CLUSTER=on' },
      async () => {
        const cluster = await startCluster()
        endings.push(() => cluster[Symbol.asyncDispose]())
        return house(cluster.url.split(',')[0] as string, { inspect: cluster.inspect })
      },
    ],
    [
      'a node of a cluster that is down',
      { word: 'CLUSTERDOWN' },
      async () => {
        const redis = await server('--cluster-enabled', 'yes')
        return house(redis.url, { inspect: redis.admin })
      },
    ],
    [
      'a cluster that is down',
      { word: 'CLUSTERDOWN', command: 'cluster' },
      async () => {
        const redis = await server('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1')
        await redis.admin.call('CLUSTER', 'ADDSLOTSRANGE', '0', '1')
        return house(redis.url, { inspect: redis.admin, settings: { REDIS_CLUSTER: 'on' } })
      },
    ],
    [
      'one Redis that is taken for a cluster',
      { word: 'ERR', command: 'cluster', remedy: expect.stringContaining('leave REDIS_CLUSTER out') },
      async () => {
        const redis = await server()
        return house(redis.url, { inspect: redis.admin, settings: { REDIS_CLUSTER: 'on' } })
      },
    ],
    [
      'a cluster whose nodes may not be asked for',
      { word: 'NOPERM', command: 'cluster', remedy: expect.stringContaining('+cluster') },
      async () => {
        const redis = await server('--cluster-enabled', 'yes')
        await redis.admin.acl('SETUSER', 'app', '-cluster')
        return house(redis.url, { inspect: redis.admin, settings: { REDIS_CLUSTER: 'on' } })
      },
    ],
    [
      'a Redis that is taken for a sentinel',
      { word: 'ERR', remedy: expect.stringContaining('leave REDIS_SENTINEL_MASTER out') },
      async () => {
        const redis = await server()
        const inspect = redis.admin
        return house(`redis://127.0.0.1:${redis.port}`, { inspect, settings: { REDIS_SENTINEL_MASTER: 'ours' } })
      },
    ],
    [
      'a wrong password',
      { word: 'WRONGPASS', remedy: expect.stringContaining('REDIS_URL') },
      async () => {
        const redis = await server()
        return house(redis.url.replace(':app-canary@', ':another-canary@'), { inspect: redis.admin })
      },
    ],
    [
      'a wrong password, and a database',
      { word: 'WRONGPASS', remedy: expect.stringContaining('REDIS_URL') },
      async () => {
        const redis = await server()
        return house(`${redis.url.replace(':app-canary@', ':another-canary@')}/2`, { inspect: redis.admin })
      },
    ],
    [
      'no password where one is wanted',
      { word: 'NOAUTH', remedy: expect.stringContaining('REDIS_URL') },
      async () => {
        const redis = await server()
        await redis.admin.config('SET', 'requirepass', 'admin-canary')
        return house(`redis://127.0.0.1:${redis.port}`, { inspect: redis.admin })
      },
    ],
    [
      'a database that is not there',
      { word: 'ERR', command: 'select', remedy: expect.stringContaining('no such database') },
      async () => {
        const redis = await server()
        return house(`${redis.url}/99`, { inspect: redis.admin })
      },
    ],
    [
      'TLS where none is spoken',
      { word: 'TLS', remedy: expect.stringContaining('write redis://') },
      async () => {
        const redis = await server()
        return house(redis.url.replace('redis:', 'rediss:'), { inspect: redis.admin })
      },
    ],
    [
      'no TLS where it is spoken',
      { word: 'TLS', remedy: expect.stringContaining('write rediss://') },
      async () => {
        const redis = await startTlsRedis()
        endings.push(() => redis[Symbol.asyncDispose]())
        return house(redis.url.replace('rediss:', 'redis:'), { inspect: redis.inspect })
      },
    ],
    [
      'no TLS where it is spoken, with sentinels',
      { word: 'TLS', remedy: expect.stringContaining('write rediss://') },
      async () => {
        const { url, inspect, [Symbol.asyncDispose]: end } = await startTlsRedis()
        endings.push(() => end())
        return house(url.replace('rediss:', 'redis:'), { inspect, settings: { REDIS_SENTINEL_MASTER: 'ours' } })
      },
    ],
    [
      'no TLS where it is spoken, with a cluster',
      { word: 'TLS', remedy: expect.stringContaining('write rediss://') },
      async () => {
        const { url, inspect, [Symbol.asyncDispose]: end } = await startTlsRedis()
        endings.push(() => end())
        return house(url.replace('rediss:', 'redis:'), { inspect, settings: { REDIS_CLUSTER: 'on' } })
      },
    ],
    [
      'a certificate of an unknown authority',
      { word: 'TLS', remedy: expect.stringContaining('REDIS_CA_FILE') },
      async () => {
        const redis = await startTlsRedis()
        endings.push(() => redis[Symbol.asyncDispose]())
        return house(redis.url, { inspect: redis.inspect })
      },
    ],
  ]

  test.each(cases)('%s', async (_what, found, open) => {
    const opened = await open()
    const nobody = await opened.visitor('alice', { signIn: false })
    await expect.poll(() => refusals(opened).length, patience).toBe(1)
    for (let times = 0; times < 3; times++) {
      expect((await nobody.fetch('/health/ready')).status).toBe(503)
      expect((await nobody.signIn('/')).status).toBe(503)
    }
    expect(refusals(opened)).toHaveLength(1)
    expect(refusals(opened)[0]).toMatchObject(found)
    for (const secret of [...canaries, 'app-canary', 'another-canary', `${opened.prefix}session`])
      expect(opened.logged.join('\n')).not.toContain(secret)
  })
})

test('a Redis that is still loading says so, and it is no fault', async () => {
  const filled = await startRedis({ args: ['--rdbcompression', 'no'] })
  const filling = new Redis(filled.url)
  for (let index = 0; index < 300; index++) await filling.set(`filling-${index}`, 'x'.repeat(1024))
  await filling.save()
  filling.disconnect()
  await filled.end()
  const slowly = ['--key-load-delay', '100000', '--loading-process-events-interval-bytes', '1024']
  const { port, folder } = filled
  const redis = await startRedis({ port, folder, args: slowly, until: 'Loading RDB' })
  endings.push(redis.stop)
  const admin = new Redis(redis.url, { enableReadyCheck: false })
  const opened = await house(redis.url, { inspect: admin })
  await expect.poll(() => refusals(opened).length, patience).toBe(1)
  expect(refusals(opened)[0]).toMatchObject({ level: 40, word: 'LOADING', command: 'info' })
  await admin.config('SET', 'key-load-delay', '0')
  const ada = await opened.visitor('ada', { signIn: false })
  await expect.poll(async () => (await ada.signIn('/')).status, patience).toBe(200)
  expect(refusals(opened)).toHaveLength(1)
  admin.disconnect()
})

test('a Redis that somebody keeps busy says so', async () => {
  const redis = await server('--busy-reply-threshold', '50')
  const opened = await house(redis.url, { inspect: redis.admin })
  const other = new Redis(redis.url)
  const loop = other.eval('while true do end', 0).catch(() => {})
  await busy(opened)
  await redis.admin.script('KILL')
  await loop
  other.disconnect()
  expect(refusals(opened)).toHaveLength(1)
  expect(refusals(opened)[0]).toMatchObject({ level: 40, word: 'BUSY' })
  const ada = await opened.visitor('ada', { signIn: false })
  await expect.poll(async () => (await ada.signIn('/')).status, patience).toBe(200)
})
