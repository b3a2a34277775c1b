import { EventEmitter } from 'node:events'
import { createServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import type { RedisAddress } from '../../../../src/config/redis-address.ts'
import type { RedisTopology } from '../../../../src/config/redis-settings.ts'
import { announce } from '../../../../src/session/redis/announcing.ts'
import { speaksOtherwise } from '../../../../src/session/redis/tls.ts'
import { makeCertificate } from '../../../support/certificate.ts'
import { linesOf } from './lines.ts'
import { listening } from './listening.ts'

const { certificate, key } = makeCertificate()
const behindTls = createServer({ cert: certificate, key })
let tlsPort = 0
beforeAll(async () => {
  tlsPort = await listening(behindTls)
})
afterAll(() => void behindTls.close())
const plainPort = Number(new URL(inject('redisUrl')).port)

const closed = { host: '127.0.0.1', port: 1 }
type Options = { topology?: RedisTopology; address?: Partial<RedisAddress> }
/** A client whose events are announced, and what was said of them. */
function open({ topology = { kind: 'one' }, address = {} }: Options = {}) {
  const { log, lines } = linesOf()
  const refused: { word: string; remedy?: string }[] = []
  let connected = 0
  const redis = new EventEmitter()
  announce(redis, {
    topology,
    address: () => ({ nodes: [closed], isTls: false, database: undefined, password: 'canary', ...address }),
    refusals: {
      refused: (refusal: { word: string; remedy?: string }) => void refused.push(refusal),
      connected: () => void connected++,
    } as never,
    log,
  })
  return {
    redis,
    lines,
    said: () => lines.map(({ event }) => event),
    refused,
    connected: () => connected,
  }
}
const reply = (message: string) => Object.assign(new Error(message), { name: 'ReplyError' })
const gone = new Error('connect ECONNREFUSED 127.0.0.1:1')

describe('a Redis that is away', () => {
  test('is said to be so, with its places and nothing of its credentials', () => {
    const { redis, lines } = open({ address: { nodes: [closed, { host: 'redis.example', port: undefined }] } })
    redis.emit('error', gone)
    expect(lines).toMatchObject([{ level: 50, event: 'redis-away', at: ['127.0.0.1:1', 'redis.example'] }])
    expect(JSON.stringify(lines)).not.toContain('canary')
  })

  test('is said to be so once an outage', () => {
    const { redis, said } = open()
    redis.emit('error', gone)
    redis.emit('error', gone)
    expect(said()).toEqual(['redis-away'])
  })

  test('is said to be so again when it was there meanwhile', () => {
    const { redis, said } = open()
    for (const [event, error] of [
      ['error', gone],
      ['ready', undefined],
      ['error', gone],
    ] as const)
      redis.emit(event, error)
    expect(said()).toEqual(['redis-away', 'redis-ready', 'redis-away'])
  })

  test('is said to be so with the word that it answered', () => {
    const { redis, lines, refused } = open()
    redis.emit('error', reply('WRONGPASS invalid password'))
    expect(lines).toMatchObject([{ event: 'redis-away', reply: 'WRONGPASS' }])
    expect(refused).toMatchObject([{ word: 'WRONGPASS' }])
  })

  test('said no word where TLS failed, which comes before', () => {
    const { redis, lines, refused } = open()
    redis.emit('error', Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }))
    expect(lines[0]).not.toHaveProperty('reply')
    expect(refused).toMatchObject([{ word: 'TLS' }])
  })

  test('refused nothing where it did not answer', () => {
    const { redis, refused } = open()
    redis.emit('error', gone)
    expect(refused).toEqual([])
  })
})

describe('a Redis that is there', () => {
  test('is said to be so', () => {
    const { redis, lines } = open()
    redis.emit('ready')
    expect(lines).toMatchObject([{ level: 30, event: 'redis-ready' }])
  })

  test('lets us in: the refusals hear so', () => {
    const { redis, connected } = open()
    redis.emit('ready')
    expect(connected()).toBe(1)
  })
})

describe('a connection that is lost in order', () => {
  test('is said to be so once', () => {
    const { redis, lines } = open()
    redis.emit('reconnecting')
    redis.emit('reconnecting')
    expect(lines).toMatchObject([{ level: 40, event: 'redis-connection-lost' }])
  })

  test('is not said to be lost where Redis is said to be away', () => {
    const { redis, said } = open()
    redis.emit('error', gone)
    redis.emit('reconnecting')
    expect(said()).toEqual(['redis-away'])
  })

  test('is said to be lost again when it was there meanwhile', () => {
    const { redis, said } = open()
    for (const event of ['reconnecting', 'ready', 'reconnecting']) redis.emit(event)
    expect(said()).toEqual(['redis-connection-lost', 'redis-ready', 'redis-connection-lost'])
  })
})

describe('a sentinel that fails', () => {
  const failed = (port: number) =>
    new Error(`failed to connect to sentinel a:${port} because NOAUTH Authentication required.`)

  test('is named, with the word that it answered', () => {
    const { redis, lines, refused } = open()
    redis.emit('sentinelError', failed(1))
    expect(lines).toMatchObject([{ level: 40, event: 'redis-sentinel-failed', sentinel: 'a:1', reply: 'NOAUTH' }])
    expect(refused).toMatchObject([{ word: 'NOAUTH' }])
  })

  test('is named once an outage, and so is each other', () => {
    const { redis, lines } = open()
    for (const port of [1, 1, 2]) redis.emit('sentinelError', failed(port))
    expect(lines.map(({ sentinel }) => sentinel)).toEqual(['a:1', 'a:2'])
  })

  test('may be one that the error does not name', () => {
    const { redis, lines } = open()
    redis.emit('sentinelError', new Error('All sentinels are unreachable.'))
    expect(lines).toMatchObject([{ event: 'redis-sentinel-failed', sentinel: '' }])
  })
})

describe('an operator who mixed up TLS', () => {
  const cut = new Error('read ECONNRESET')
  const host = '127.0.0.1'

  test('hears that none is spoken there', async () => {
    const { redis, refused } = open({ address: { nodes: [{ host, port: plainPort }], isTls: true } })
    redis.emit('error', cut)
    await expect
      .poll(() => refused)
      .toEqual([
        {
          word: 'TLS',
          command: undefined,
          remedy: 'no TLS is spoken there: write redis:// in REDIS_URL, or the port that has TLS',
        },
      ])
  })

  test.each(['error', 'reconnecting'])(
    'hears that it is spoken there, also of one of several places: %s',
    async event => {
      const { redis, refused } = open({ address: { nodes: [closed, { host, port: tlsPort }] } })
      redis.emit(event, cut)
      await expect
        .poll(() => refused)
        .toEqual([{ word: 'TLS', command: undefined, remedy: 'TLS is spoken there: write rediss:// in REDIS_URL' }])
    },
  )

  test('hears nothing where TLS is as it was said', async () => {
    const { redis, refused } = open({ address: { nodes: [{ host, port: plainPort }] } })
    redis.emit('error', cut)
    // Asked after it, one after the other, and in the same way: when these are answered, that is, too.
    for (let times = 0; times < 2; times++) await speaksOtherwise({ host, port: plainPort }, false)
    expect(refused).toEqual([])
  })

  test.each(['connect ECONNREFUSED x', 'getaddrinfo ENOTFOUND x', 'getaddrinfo EAI_AGAIN x', 'connect EHOSTUNREACH x'])(
    'is not looked for where the error explains itself: %s',
    async message => {
      const { redis, refused } = open({ address: { nodes: [{ host, port: tlsPort }] } })
      redis.emit('error', new Error(message))
      await tlsAskedAndAnswered()
      expect(refused).toEqual([])
    },
  )

  test('is not looked for where Redis refused with a word', async () => {
    const { redis, refused } = open({ address: { nodes: [{ host, port: tlsPort }] } })
    redis.emit('error', reply('NOAUTH Authentication required.'))
    await tlsAskedAndAnswered()
    expect(refused).toMatchObject([{ word: 'NOAUTH' }])
  })

  /** Another client asks the same and hears its answer: whatever was asked before has been answered, too. */
  async function tlsAskedAndAnswered(): Promise<void> {
    const { redis, refused } = open({ address: { nodes: [{ host, port: tlsPort }] } })
    redis.emit('error', cut)
    await expect.poll(() => refused).toHaveLength(1)
  }
})

describe('a node of a cluster', () => {
  const cluster = { topology: { kind: 'cluster' } } as const
  const nodeAt = (port: number) => Object.assign(new EventEmitter(), { options: { host: 'a', port } })

  test('that is away is named', () => {
    const { redis, lines } = open(cluster)
    redis.emit('node error', gone, 'a:1')
    expect(lines).toMatchObject([{ level: 40, event: 'redis-node-away', node: 'a:1', error: expect.anything() }])
  })

  test('that refuses us is named with its word', () => {
    const { redis, lines, refused } = open(cluster)
    redis.emit('node error', reply('WRONGPASS invalid password'), 'a:1')
    expect(lines).toMatchObject([{ node: 'a:1', reply: 'WRONGPASS' }])
    expect(refused).toMatchObject([{ word: 'WRONGPASS' }])
  })

  test('that is away is named once, and so is each other', () => {
    const { redis, lines } = open(cluster)
    for (const node of ['a:1', 'a:1', 'a:2']) redis.emit('node error', gone, node)
    expect(lines.map(({ node }) => node)).toEqual(['a:1', 'a:2'])
  })

  test('that is back is named', () => {
    const { redis, lines } = open(cluster)
    const node = nodeAt(1)
    redis.emit('+node', node)
    redis.emit('node error', gone, 'a:1')
    node.emit('ready')
    expect(lines.at(-1)).toMatchObject({ level: 30, event: 'redis-node-ready', node: 'a:1' })
  })

  test('that was not away is not named when it is ready', () => {
    const { redis, said } = open(cluster)
    const node = nodeAt(1)
    redis.emit('+node', node)
    redis.emit('node error', gone, 'a:2')
    node.emit('ready')
    expect(said()).toEqual(['redis-node-away'])
  })

  test('that is away again is named again', () => {
    const { redis, said } = open(cluster)
    const node = nodeAt(1)
    redis.emit('+node', node)
    redis.emit('node error', gone, 'a:1')
    node.emit('ready')
    redis.emit('node error', gone, 'a:1')
    expect(said()).toEqual(['redis-node-away', 'redis-node-ready', 'redis-node-away'])
  })

  test('is not listened for where there is no cluster', () => {
    expect(open().redis.listenerCount('node error')).toBe(0)
  })
})
