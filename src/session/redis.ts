import type { EventEmitter } from 'node:events'
import { Command, type Redis as Single } from 'ioredis'
import { type RedisConfig, readRedisUrl } from '../config/redis-address.ts'
import type { Secret } from '../config/secret.ts'
import { Problem } from '../errors.ts'
import type { Log } from '../observability.ts'
import { connectionTo, isCluster } from './redis-connection.ts'
import { createKeepingCheck } from './redis-keeping.ts'

/**
 * The commands that are sent, each with one key: a cluster keeps keys on different nodes. docs/redis.md grants these,
 * and those inside our scripts, and nothing else. Deliberately not here: all that looks for keys (KEYS, SCAN).
 */
type OurCommand =
  | ('get' | 'set' | 'del' | 'exists' | 'getdel' | 'getrange' | 'pexpire' | 'eval')
  | ('zadd' | 'zcount' | 'zrange' | 'zrem' | 'zremrangebyscore' | 'xadd')

/** Redis, whatever stands behind it. */
export type Redis = Pick<Single, OurCommand | 'status' | 'quit' | 'disconnect'> & EventEmitter

/**
 * The connection to Redis; without an address, a store inside this process with the same interface (for the demo).
 * It connects by itself, for as long as it takes.
 */
export async function createRedis({ config, log }: { config: RedisConfig; log: Log }): Promise<Redis> {
  if (!config.url) return embedded()
  const redis = connectionTo(config.url, config)
  const said = new Set<string>()
  const once = (event: string, say: () => void) => {
    if (said.has(event)) return
    said.add(event)
    say()
  }
  const at = hostsIn(config.url)
  const away = (error: Error) => once('away', () => log.error({ event: 'redis-away', at, ...replyIn(error), error }))
  redis.on('error', away)
  redis.on('sentinelError', (error: Error) => {
    const sentinel = /sentinel (\S+) /.exec(error.message)?.[1] ?? ''
    once(`sentinel ${sentinel}`, () => log.warn({ event: 'redis-sentinel-failed', sentinel, ...replyIn(error) }))
  })
  // Redis that closes a connection in order, or is loading after a restart, is no error of the client's.
  redis.on('reconnecting', () => {
    if (!said.has('away')) once('lost', () => log.warn({ event: 'redis-connection-lost' }))
  })
  const check = createKeepingCheck(log)
  redis.on('ready', () => {
    log.info({ event: 'redis-ready' })
    said.clear()
    void check(isCluster(redis) ? redis.nodes('master') : [redis])
  })
  if (isCluster(redis)) sayNodes(redis, log)
  return redis as Redis
}

/** Where we look for it, without what proves us there. */
function hostsIn(url: Secret): string[] {
  const address = readRedisUrl(url.reveal())
  return 'wrong' in address ? [] : address.nodes.map(({ host, port }) => (port ? `${host}:${port}` : host))
}

/** Of a cluster some nodes may be away while it is not. */
function sayNodes(cluster: EventEmitter, log: Log): void {
  const away = new Set<string>()
  cluster.on('node error', (error: Error, node: string) => {
    if (!away.has(node)) log.warn({ event: 'redis-node-away', node, ...replyIn(error), error })
    away.add(node)
  })
  cluster.on('+node', (node: Single) => {
    const { host, port } = node.options
    node.on('ready', () => {
      if (away.delete(`${host}:${port}`)) log.info({ event: 'redis-node-ready', node: `${host}:${port}` })
    })
  })
}

async function embedded(): Promise<Redis> {
  const { default: RedisMock } = await import('ioredis-mock')
  // It does not tell transformers of replies the protocol, which those of ioredis 6 ask for. Plain members need none.
  Command.setReplyTransformer('zrange', members => members)
  return new RedisMock() as unknown as Redis
}

/** The word that Redis begins a refusal with, such as WRONGPASS or NOPERM. All else in it may be a value. */
const replyIn = ({ message }: Error) => ({ reply: /(?:^|because )([A-Z]{3,20})\b/.exec(message)?.[1] })

/** The answer of Redis, or Problem('redis-away'). The error itself holds the whole command, so only its class is logged. */
export async function ask<T>(command: Promise<T>): Promise<T> {
  try {
    return await command
  } catch (cause) {
    throw new Problem('redis-away', { cause })
  }
}

/** Somebody else was first so often that it is no coincidence: what is there may not be text at all. */
const mostTries = 50

/** Tries until `attempt` returns something, or throws Problem('redis-away'): nothing is tried for ever. */
export async function untilDone<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < mostTries; tries++) {
    const done = await attempt()
    if (done !== undefined) return done
  }
  throw new Problem('redis-away')
}

/** A key of another type: nobody here wrote it. */
export const isWrongType = (error: unknown): boolean => error instanceof Error && error.message.startsWith('WRONGTYPE')

/** `instead` where the key is of another type: what nobody here wrote is as good as nothing, and keeps nobody out. */
export const unlessWrongType = <T>(command: Promise<T>, instead: T): Promise<T> =>
  command.catch(error => {
    if (isWrongType(error)) return instead
    throw error
  })
