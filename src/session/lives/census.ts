import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { enter } from '../replicas/listing.ts'
import { ending } from '../scope.ts'

/**
 * How many sessions are open, for the metrics: one sorted set of their ids, scored with the instant (epoch ms) at which
 * each is over unless it is seen again. Nothing waits for it, and nobody is let in or kept out by it.
 */
export function createCensus({
  redis,
  prefix,
  about,
}: {
  redis: Redis
  prefix: string
  /** The mark of whose sessions these are. */
  about?: string
}) {
  const key = `${prefix}sessions${ending(about)}`
  const quietly = (work: Promise<unknown>): void => void work.catch(() => {})

  return {
    seen(sessionId: string, { until, now }: { until: number; now: number }): void {
      quietly(enter(redis, key, { member: sessionId, over: until, now }))
    },
    gone(sessionId: string): void {
      quietly(redis.zrem(key, sessionId))
    },
    count: (now: number): Promise<number> => ask(redis.zcount(key, now, '+inf')),
  }
}
export type Census = ReturnType<typeof createCensus>
