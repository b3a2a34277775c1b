import type { Redis as Node } from 'ioredis'
import type { RedisConfig } from '../../../../src/config/redis-settings.ts'
import { createLog } from '../../../../src/observability.ts'
import { waitAtMost } from '../../../../src/patience.ts'
import { connectionTo, isCluster } from '../../../../src/session/redis/connection.ts'
import { createKeepingCheck } from '../../../../src/session/redis/keeping.ts'
import { createPresence } from '../../../../src/session/redis/presence.ts'
import { createRedis } from '../../../../src/session/redis/redis.ts'
import { refusedCommands } from './redis-commands.ts'

/** A line that the application would write in its log. */
export type RedisLine = {
  event: string
  level: number
  word?: string
  reply?: string
  command?: string
  remedy?: string
  policy?: string
  what?: string
}

/** What was seen of Redis. */
export type RedisSight = {
  /** Redis took a write, a script and a read. */
  works: boolean
  /** Why not, as the application says it in its log. */
  lines: readonly RedisLine[]
  /** The commands that the application needs and this user may not use. */
  refused: readonly string[]
  /** What Redis says of eviction and persistence. */
  keeping: readonly RedisLine[]
}

const readyWithinMs = 5_000
const askedWithinMs = 4_000

/** Looks at Redis as the application does, with its connection and its limits. Leaves nothing there. Never rejects. */
export async function lookAtRedis(config: RedisConfig): Promise<RedisSight> {
  const shut = Promise.withResolvers<false>()
  // Whoever is not let in now is not let in a moment later.
  const heard = logInHand(line => line.event === 'redis-refuses' && line.level >= 50 && shut.resolve(false))
  let connection: ReturnType<typeof connectionTo> | undefined
  const connect: typeof connectionTo = (...where) => {
    connection = connectionTo(...where)
    return connection
  }
  const redis = await createRedis({ config, log: heard.log, connect })
  const presence = createPresence({ redis, prefix: config.prefix })
  try {
    const isReady = await waitAtMost(readyWithinMs, Promise.race([readyOf(redis), shut.promise]), () => false)
    const works = isReady && (await waitAtMost(askedWithinMs, presence.isThere(), () => false))
    if (!isReady || !connection) return { works: false, lines: heard.lines, refused: [], keeping: [] }
    const refused = works ? await waitAtMost(askedWithinMs, refusedCommands(redis, config.prefix), () => []) : []
    return { works, lines: heard.lines, refused, keeping: await keepingOf(connection) }
  } finally {
    redis.disconnect()
  }
}

const readyOf = (redis: { status: string; once(event: 'ready', then: () => void): unknown }) =>
  redis.status === 'ready'
    ? Promise.resolve(true)
    : new Promise<boolean>(resolve => redis.once('ready', () => resolve(true)))

async function keepingOf(connection: ReturnType<typeof connectionTo>): Promise<readonly RedisLine[]> {
  const heard = logInHand()
  const nodes: Node[] = isCluster(connection) ? connection.nodes('master') : [connection]
  await waitAtMost(askedWithinMs, createKeepingCheck(heard.log)(nodes), () => undefined)
  return heard.lines
}

function logInHand(onLine: (line: RedisLine) => void = () => {}) {
  const lines: RedisLine[] = []
  const hear = (text: string) => {
    const line = JSON.parse(text) as RedisLine
    lines.push(line)
    onLine(line)
  }
  return { lines, log: createLog({ level: 'info', to: { write: hear } }) }
}
