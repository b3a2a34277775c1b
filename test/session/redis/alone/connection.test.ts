import { type Cluster, Redis } from 'ioredis'
import { afterEach, describe, expect, test } from 'vitest'
import type { RedisTopology } from '../../../../src/config/redis-settings.ts'
import { connectionTo, isCluster } from '../../../../src/session/redis/connection.ts'
import { OneDatabaseRedis } from '../../../../src/session/redis/database.ts'
import { retry } from '../../../../src/session/redis/limits.ts'
import type { Whereabouts } from '../../../../src/session/redis/source.ts'

const opened: (Redis | Cluster)[] = []
afterEach(() => {
  for (const each of opened.splice(0)) each.disconnect()
})

const place: Whereabouts = {
  nodes: [{ host: '127.0.0.1', port: 1 }],
  isTls: false,
  database: undefined,
  username: 'user',
  password: 'first',
  ca: undefined,
}
/** A connection to where nothing listens. What it would do is in its options; `whereabouts` may change. */
function open(changes: Partial<Whereabouts> = {}, topology: RedisTopology = { kind: 'one' }) {
  const whereabouts = { ...place, ...changes }
  const redis = connectionTo(() => whereabouts, topology)
  redis.on('error', () => {})
  opened.push(redis)
  return { redis, options: redis.options as Redis['options'], whereabouts }
}

describe('a connection to one Redis', () => {
  test('leads to its host and port', () => {
    expect(open().options).toMatchObject({ host: '127.0.0.1', port: 1 })
  })

  test('leads to the usual port where none is named', () => {
    expect(open({ nodes: [{ host: 'localhost', port: undefined }] }).options).toMatchObject({ port: 6379 })
  })

  test('works in database 0 where none is named', () => {
    expect(open().options).toMatchObject({ db: 0 })
  })

  test('works in the database that is named, or not at all', () => {
    const { redis, options } = open({ database: 3 })
    expect([redis, options.db]).toEqual([expect.any(OneDatabaseRedis), 3])
  })

  test('has the limits of every connection', () => {
    expect(open().options).toMatchObject({ commandTimeout: 1_000, enableOfflineQueue: false, retryStrategy: retry })
  })

  test('signs in with the credentials of the moment', () => {
    const { options, whereabouts } = open()
    expect(options).toMatchObject({ username: 'user', password: 'first' })
    Object.assign(whereabouts, { username: 'another', password: 'second' })
    expect([options.username, options.password]).toEqual(['another', 'second'])
  })

  test('has no TLS where none is asked for', () => {
    expect(open().options.tls).toBeUndefined()
  })

  test('asks by TLS for the name of the host', () => {
    expect(open({ isTls: true, nodes: [{ host: 'localhost', port: 1 }] }).options.tls).toEqual({
      servername: 'localhost',
    })
  })

  test.each(['127.0.0.1', '::1', 'fe80::a'])('asks by TLS for no name where the host is an address: %s', host => {
    expect(open({ isTls: true, nodes: [{ host, port: 1 }] }).options.tls).toEqual({})
  })

  test('asks by TLS for a name in capitals, too', () => {
    expect(open({ isTls: true, nodes: [{ host: 'LOCALHOST', port: 1 }] }).options.tls).toEqual({
      servername: 'LOCALHOST',
    })
  })

  test('believes the authorities of the moment', () => {
    const { options, whereabouts } = open({ isTls: true, ca: 'one' })
    expect(options.tls).toEqual({ ca: 'one' })
    whereabouts.ca = 'other'
    expect(options.tls).toEqual({ ca: 'other' })
  })

  test('is no connection to a cluster', () => {
    expect(isCluster(open().redis)).toBe(false)
  })
})

describe('a connection to a cluster', () => {
  const topology = { kind: 'cluster' } as const
  const nodes = [
    { host: '127.0.0.1', port: 1 },
    { host: '127.0.0.1', port: undefined },
  ]

  test('is one', () => {
    expect(isCluster(open({ nodes }, topology).redis)).toBe(true)
  })

  test('has for each node the limits, the credentials and TLS without the name of one host', () => {
    const { redis } = open({ nodes, isTls: true, ca: 'one' }, topology)
    expect((redis as Cluster).options.redisOptions).toMatchObject({
      commandTimeout: 1_000,
      username: 'user',
      password: 'first',
      tls: { ca: 'one' },
    })
  })

  test('signs in to each node with the credentials of the moment', () => {
    const { redis, whereabouts } = open({ nodes }, topology)
    const node = new Redis({ lazyConnect: true, password: 'first' })
    redis.emit('+node', node)
    whereabouts.password = 'second'
    expect(node.options.password).toBe('second')
  })
})

describe('a connection by sentinels', () => {
  const topology = { kind: 'sentinel', master: 'ours' } as const

  test('asks them for the master of that name', () => {
    expect(open({}, topology).options).toMatchObject({ name: 'ours', sentinels: [{ host: '127.0.0.1', port: 1 }] })
  })

  test('works in the database that is named, with the limits of every connection', () => {
    expect(open({ database: 3 }, topology).options).toMatchObject({ db: 3, commandTimeout: 1_000 })
  })

  test('signs in to the master with the credentials of the moment', () => {
    const { options, whereabouts } = open({}, topology)
    whereabouts.password = 'second'
    expect([options.username, options.password]).toEqual(['user', 'second'])
  })

  test('has TLS for the master and for the sentinels, without the name of one host', () => {
    const { options } = open({ isTls: true, ca: 'one', nodes: [{ host: 'localhost', port: 1 }] }, topology)
    expect([options.tls, options.sentinelTLS]).toEqual([{ ca: 'one' }, { ca: 'one' }])
  })
})
