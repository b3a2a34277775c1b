import type { EventEmitter } from 'node:events'
import { Command, type Redis as Single } from 'ioredis'
import type { RedisConfig } from '../../config/redis-address.ts'
import { Problem } from '../../errors.ts'
import type { Log } from '../../observability.ts'
import { announce } from './announcing.ts'
import { connectionTo, isCluster } from './connection.ts'
import { createKeepingCheck } from './keeping.ts'
import { createRefusals } from './refusals.ts'
import { createSource } from './source.ts'
import { followCommands, type Observe } from './timing.ts'

/**
 * The commands that are sent, each with one key: a cluster keeps keys on different nodes. docs/redis.md grants these,
 * and those inside our scripts, and nothing else. Deliberately not here: all that looks for keys (KEYS, SCAN).
 */
type OurCommand =
  | ('get' | 'set' | 'del' | 'exists' | 'getdel' | 'getrange' | 'pexpire' | 'eval')
  | ('zcount' | 'zrange' | 'zrem' | 'time' | 'xadd' | 'xtrim')

/** Redis, whatever stands behind it. */
export type Redis = Pick<Single, OurCommand | 'status' | 'quit' | 'disconnect'> & EventEmitter

/**
 * The connection to Redis; without an address, a store inside this process with the same interface (for the demo).
 * It connects by itself, for as long as it takes.
 */
export async function createRedis({
  config,
  log,
  observe = () => {},
}: {
  config: RedisConfig
  log: Log
  observe?: Observe
}): Promise<Redis> {
  if (!config.url) return embedded()
  const { topology, prefix } = config
  const address = createSource(config, log)
  const refusals = createRefusals(log, { isSpread: topology.kind === 'cluster' })
  const redis = connectionTo(address, topology)
  followCommands(redis as Redis, { observe, refusals, topology, prefix })
  announce(redis, { topology, address, refusals, log })
  const check = createKeepingCheck(log)
  redis.on('ready', () => void check(isCluster(redis) ? redis.nodes('master') : [redis]))
  return redis as Redis
}

async function embedded(): Promise<Redis> {
  const { default: RedisMock } = await import('ioredis-mock')
  // It does not tell transformers of replies the protocol, which those of ioredis 6 ask for. Plain members need none.
  Command.setReplyTransformer('zrange', members => members)
  return new RedisMock() as unknown as Redis
}

/**
 * The answer of Redis, or Problem('redis-away'). Of the error, which holds the whole command, little is logged. What is no
 * fault of Redis, but of ours on the way, stays what it is: Redis is not blamed for it.
 */
export async function ask<T>(command: Promise<T>): Promise<T> {
  try {
    return await command
  } catch (cause) {
    if (cause instanceof Problem || isOurs(cause)) throw cause
    throw new Problem('redis-away', { cause })
  }
}
const isOurs = (cause: unknown) =>
  [TypeError, SyntaxError, RangeError, ReferenceError].some(kind => cause instanceof kind)

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
