import type { EventEmitter } from 'node:events'
import { Command, type Redis as Single } from 'ioredis'
import type { RedisConfig } from '../../config/redis-settings.ts'
import type { Log } from '../../observability.ts'
import { announce } from './announcing.ts'
import { connectionTo, isCluster } from './connection.ts'
import { createKeepingCheck } from './keeping.ts'
import { createRefusals } from './refusals.ts'
import { createSource } from './source.ts'
import { followCommands, type ObserveCommand } from './timing.ts'

/**
 * The commands that are sent, each with one key, or with keys of one hash tag: a cluster keeps others on different nodes. docs/redis.md grants these,
 * and those inside our scripts, and nothing else. Deliberately not here: all commands that look for keys (KEYS, SCAN).
 */
type OurCommand =
  | ('get' | 'set' | 'del' | 'exists' | 'getdel' | 'getrange' | 'pexpire' | 'eval')
  | ('zcount' | 'zrange' | 'zrem' | 'time' | 'xrange' | 'xrevrange' | 'xtrim' | 'hmget' | 'hdel')

/** Redis, whatever stands behind it. Commands reject with the errors of ioredis; `ask` makes Problem('redis-away') of them. */
export type Redis = Pick<Single, OurCommand | 'status' | 'quit' | 'disconnect'> & EventEmitter

/**
 * The connection to Redis; without an address, a store inside this process with the same interface (for the demo).
 * Resolves before it is connected, and connects by itself, for as long as that takes.
 */
export async function createRedis({
  config,
  log,
  observe = () => {},
  connect = connectionTo,
}: {
  config: RedisConfig
  log: Log
  observe?: ObserveCommand
  connect?: typeof connectionTo
}): Promise<Redis> {
  if (!config.url) return embedded()
  const { topology, prefix } = config
  const address = createSource(config, log)
  const refusals = createRefusals(log, { isSpread: topology.kind === 'cluster' })
  const redis = connect(address, topology)
  followCommands(redis, { observe, refusals, topology, prefix })
  announce(redis, { topology, address, refusals, log })
  const check = createKeepingCheck(log)
  redis.on('ready', () => void check(isCluster(redis) ? redis.nodes('master') : [redis]))
  return redis as Redis
}

async function embedded(): Promise<Redis> {
  const { default: RedisMock } = await import('ioredis-mock')
  // The reply transformers of ioredis 6 ask for the protocol, which the mock does not tell. Plain members need none.
  Command.setReplyTransformer('zrange', members => members)
  return new RedisMock() as unknown as Redis
}
