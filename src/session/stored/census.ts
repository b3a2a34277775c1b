import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { enter } from '../replicas/listing.ts'
import { ending, type KeySpace } from '../scope.ts'

/**
 * Counts the open sessions, for the metrics: one sorted set of their ids, scored with the instant (epoch ms) at which
 * each session is over unless it is seen again. Nothing waits for it, and it lets nobody in and keeps nobody out.
 */
export function createCensus({ redis, prefix, about }: { redis: Redis } & KeySpace) {
  const key = `${prefix}sessions${ending(about)}`
  const quietly = (work: Promise<unknown>): void => void work.catch(() => {})

  return {
    /** Counts a session until `until` (epoch ms), unless it is seen again. Never throws. */
    seen(sessionId: string, { until, now }: { until: number; now: number }): void {
      quietly(enter(redis, key, { member: sessionId, over: until, now }))
    },

    /** Counts a session no more. Never throws. */
    gone(sessionId: string): void {
      quietly(redis.zrem(key, sessionId))
    },

    /** How many sessions are open at `now` (epoch ms). Throws Problem('redis-away') when Redis does not answer. */
    count: (now: number): Promise<number> => ask(redis.zcount(key, now, '+inf')),
  }
}
export type Census = ReturnType<typeof createCensus>
