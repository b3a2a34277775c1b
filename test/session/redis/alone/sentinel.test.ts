import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { limits, retry } from '../../../../src/session/redis/limits.ts'
import { connectBySentinels } from '../../../../src/session/redis/sentinel.ts'
import type { Whereabouts } from '../../../../src/session/redis/source.ts'
import { startFakeSentinel } from '../../../support/redis/fake-sentinel.ts'
import { listening } from './listening.ts'

type Sentinel = Awaited<ReturnType<typeof startFakeSentinel>>
const master = { port: Number(new URL(inject('redisUrl')).port) }
const endings: (() => unknown)[] = []
let sentinel: Sentinel
beforeEach(async () => {
  sentinel = await startFakeSentinel(master)
})
afterEach(async () => {
  vi.restoreAllMocks()
  for (const end of endings.splice(0)) await end()
  await sentinel[Symbol.asyncDispose]()
})

const host = '127.0.0.1'
function open(changes: Partial<Whereabouts> = {}) {
  const nodes = [{ host, port: sentinel.port }]
  const whereabouts: Whereabouts = { nodes, isTls: false, database: undefined, ca: undefined, ...changes }
  const redis = connectBySentinels({
    source: () => whereabouts,
    master: 'ours',
    options: { ...limits(), retryStrategy: () => 20 },
    credentials: { username: () => undefined, password: () => undefined, tls: () => undefined },
  })
  redis.on('error', () => {})
  endings.push(() => redis.disconnect())
  let lost = 0
  redis.on('reconnecting', () => void lost++)
  return { redis, options: redis.options, whereabouts, timesLost: () => lost }
}
/** A connection to the master, while the sentinel is heard. */
async function connected() {
  const found = open()
  await expect.poll(() => [found.redis.status, sentinel.listening()]).toEqual(['ready', 1])
  return found
}
/** The name of a command in what a client says. */
const command = /^\*\d+\r\n\$\d+\r\n(\w+)/gm
/** A Redis that the tests can tell from the master: it answers nothing but itself, and only from `ready` on. */
async function nextMaster({ ready = Promise.resolve() } = {}) {
  let connections = 0
  const server = createServer(socket => {
    connections += 1
    socket.on('error', () => {})
    socket.on('data', async chunk => {
      await ready
      for (const [, name = ''] of String(chunk).matchAll(command))
        socket.write(name.toLowerCase() === 'info' ? '$16\r\nredis_version:9\r\n\r\n' : '+OK\r\n')
    })
    endings.push(() => socket.destroy())
  })
  endings.push(() => server.close())
  return { port: await listening(server), connections: () => connections }
}
/** A sentinel that hangs up on whoever listens, and has heard of no master. What each connection to it said. */
async function brokenSentinel() {
  const said: string[] = []
  const server = createServer(socket => {
    const at = said.push('') - 1
    socket.on('error', () => {})
    socket.on('data', chunk => {
      said[at] += String(chunk)
      if (/subscribe/i.test(String(chunk))) return void socket.resetAndDestroy()
      for (const [, name = ''] of String(chunk).matchAll(command))
        socket.write(name === 'auth' ? '+OK\r\n' : `-ERR unknown command '${name}'\r\n`)
    })
    endings.push(() => socket.destroy())
  })
  endings.push(() => server.close())
  const port = await listening(server)
  /** How many tried to listen with this password. */
  const listened = (password: string) => said.filter(text => /subscribe/i.test(text) && text.includes(password)).length
  return { nodes: [{ host, port }], said, listened }
}
/** When what a sentinel said before has arrived. */
async function arrived() {
  const socket = connect(sentinel.port, host)
  endings.push(() => socket.destroy())
  socket.write('*1\r\n$4\r\nPING\r\n')
  await once(socket, 'data')
}
const portOf = (redis: Redis) => redis.stream.remotePort

describe('a connection by sentinels', () => {
  test('leads to the master that they name', async () => {
    const { redis } = await connected()
    expect(portOf(redis)).toBe(master.port)
  })

  test('asks them at the usual port where none is named', () => {
    expect(open({ nodes: [{ host, port: undefined }] }).options).toMatchObject({ sentinels: [{ host, port: 26379 }] })
  })

  test('waits for a sentinel for a second, and asks again for ever', () => {
    expect(open().options).toMatchObject({ sentinelCommandTimeout: 1_000, sentinelRetryStrategy: retry })
  })

  test('asks only the sentinels that it was told of', () => {
    expect(open().options).toMatchObject({ updateSentinels: false })
  })

  test.each([true, false])('has TLS for the master where it has it for the sentinels: %s', isTls => {
    expect(open({ isTls }).options).toMatchObject({ enableTLSForSentinelMode: isTls })
  })

  test('signs in to the sentinels with their credentials of the moment', () => {
    const { options, whereabouts } = open({ sentinelUsername: 'watch', sentinelPassword: 'first' })
    expect(options).toMatchObject({ sentinelUsername: 'watch', sentinelPassword: 'first' })
    Object.assign(whereabouts, { sentinelUsername: 'another', sentinelPassword: 'second' })
    expect([options.sentinelUsername, options.sentinelPassword]).toEqual(['another', 'second'])
  })

  test('hears the sentinels no more when it ends', async () => {
    const { redis } = await connected()
    redis.disconnect()
    await expect.poll(() => sentinel.listening()).toBe(0)
  })
})

describe('a fail-over that a sentinel announces', () => {
  test('is believed at once, while all still name the old master', async () => {
    const { redis } = await connected()
    const next = await nextMaster()
    sentinel.announce('ours', master, next)
    await expect.poll(() => redis.status === 'ready' && portOf(redis)).toBe(next.port)
  })

  test('changes nothing where it is of another master', async () => {
    const { redis, timesLost } = await connected()
    const next = await nextMaster()
    sentinel.announce('theirs', master, next)
    sentinel.announce('ours', next, master)
    await redis.ping()
    expect([timesLost(), next.connections()]).toEqual([0, 0])
  })

  test('changes nothing where the connection leads there already', async () => {
    const { redis, timesLost } = await connected()
    sentinel.announce('ours', { port: 1 }, master)
    await redis.ping()
    expect([timesLost(), portOf(redis)]).toEqual([0, master.port])
  })

  test('leads to whom the sentinels name, where the old master is not the one they still name', async () => {
    const { redis, timesLost } = await connected()
    const next = await nextMaster()
    sentinel.announce('ours', { port: 1 }, next)
    await expect.poll(() => timesLost() > 0 && redis.status).toBe('ready')
    expect(portOf(redis)).toBe(master.port)
  })

  test('counts over what sentinels say for ten seconds', async () => {
    const { redis, timesLost } = await connected()
    const next = await nextMaster()
    const now = performance.now()
    const clock = vi.spyOn(performance, 'now').mockReturnValue(now)
    sentinel.announce('ours', master, next)
    await expect.poll(() => redis.status === 'ready' && portOf(redis)).toBe(next.port)
    clock.mockReturnValue(now + 10_000)
    const before = timesLost()
    redis.disconnect(true)
    await expect.poll(() => timesLost() > before && redis.status === 'ready' && portOf(redis)).toBe(master.port)
  })

  test('is heard with the credentials that sentinels want, of the moment', async () => {
    const { nodes, said } = await brokenSentinel()
    open({ nodes, sentinelUsername: 'watch', sentinelPassword: 'their' })
    await expect.poll(() => said.filter(text => /watch\r\n\$5\r\ntheir/.test(text)).length).toBeGreaterThan(1)
  })
  test('is heard with other credentials once there are others', async () => {
    const { nodes, listened } = await brokenSentinel()
    const { whereabouts } = open({ nodes, sentinelUsername: 'watch', sentinelPassword: 'first' })
    await expect.poll(() => listened('first')).toBeGreaterThan(0)
    Object.assign(whereabouts, { sentinelPassword: 'second' })
    await expect.poll(() => listened('second')).toBeGreaterThan(0)
  })

  test('is followed once the connection stands, where it was announced while we connected', async () => {
    const { promise: ready, resolve: isReady } = Promise.withResolvers<void>()
    const [slow, next] = [await nextMaster({ ready }), await nextMaster()]
    sentinel.name(slow)
    const { redis, timesLost } = open()
    await expect.poll(() => [slow.connections(), sentinel.listening()]).toEqual([1, 1])
    sentinel.announce('ours', slow, next)
    await arrived()
    expect(timesLost()).toBe(0)
    isReady()
    await expect.poll(() => redis.status === 'ready' && portOf(redis)).toBe(next.port)
  })
})

test('a sentinel that hangs up is no line on the console', async () => {
  const { nodes, listened } = await brokenSentinel()
  const written = vi.spyOn(console, 'error').mockReturnValue()
  open({ nodes, sentinelUsername: 'watch', sentinelPassword: 'their' })
  await expect.poll(() => listened('their')).toBeGreaterThan(1)
  expect(written).not.toHaveBeenCalled()
})
