import { Command, Redis, type RedisOptions } from 'ioredis'
import type { Secret } from '../config/secret.ts'
import { Problem } from '../errors.ts'
import type { Log } from '../observability.ts'

/** A command gives up after so long, so that a page learns of a dead Redis in less than the two seconds it may wait. */
const commandLimitMs = 1_000
/** A connection that says nothing for so long while an answer is due is dropped and made anew. */
const silenceLimitMs = 2_000
const longestRetryMs = 1_000

const optionsFor = () =>
  ({
    commandTimeout: commandLimitMs,
    socketTimeout: silenceLimitMs,
    connectTimeout: silenceLimitMs,
    // Nothing queues while Redis is away: the answer is 503 at once.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    maxLoadingRetryTime: longestRetryMs,
    // Never stops trying; the jitter keeps replicas from coming back all at once.
    retryStrategy: (times: number) =>
      Math.min(50 * 2 ** Math.min(times, 6), longestRetryMs) * (0.5 + Math.random() / 2),
    reconnectOnError: createLeaveReadOnly(),
  }) satisfies RedisOptions

/** After a fail-over the old primary answers READONLY: leave it and connect anew, but not so often that reads suffer. */
function createLeaveReadOnly() {
  let last = 0
  return (error: Error) => {
    if (!error.message.startsWith('READONLY') || performance.now() - last < 5_000) return false
    last = performance.now()
    return true
  }
}

/**
 * The connection to Redis; without an address, a store inside this process with the same interface (for the demo).
 * It connects by itself, for as long as it takes.
 */
export async function createRedis({ url, log }: { url: Secret | undefined; log: Log }) {
  const redis = url ? new Redis(url.reveal(), optionsFor()) : await embedded()
  let isAway = false
  redis.on('error', (error: Error) => {
    if (!isAway) log.error({ event: 'redis-away', error })
    isAway = true
  })
  // Redis that closes a connection in order, or is loading after a restart, is no error of the client's.
  redis.on('reconnecting', () => {
    if (!isAway) log.warn({ event: 'redis-connection-lost' })
  })
  redis.on('ready', () => {
    log.info({ event: 'redis-ready' })
    isAway = false
  })
  return redis
}
export type { Redis }

async function embedded(): Promise<Redis> {
  const { default: RedisMock } = await import('ioredis-mock')
  // It does not tell transformers of replies the protocol, which those of ioredis 6 ask for. Plain members need none.
  Command.setReplyTransformer('zrange', members => members)
  return new RedisMock() as unknown as Redis
}

/** The answer of Redis, or Problem('redis-away'). The error itself holds the whole command, so only its class is logged. */
export async function ask<T>(command: Promise<T>): Promise<T> {
  try {
    return await command
  } catch (cause) {
    throw new Problem('redis-away', { cause })
  }
}
