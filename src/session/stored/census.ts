import { ask, unlessWrongType } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { clockLeewayMs, enter } from '../replicas/listing.ts'
import { ending, type KeySpace } from '../scope.ts'

type Seen = { until: number; now: number }

/**
 * Lists all sessions of the installation: one sorted set of their ids, scored with the instant (epoch ms) at which each
 * session is over unless it is used again. So sessions can be counted, shown and ended without knowing whose they are.
 *
 * A session is entered before it exists, and anew when it is written down that it was used: an entry that was lost comes
 * back. An entry stays for as long as a session may last (`maxMs`) after it seemed over, because a use may not have been
 * written. One key a command: a cluster may keep keys on different nodes.
 */
export function createCensus({ redis, prefix, about, maxMs }: { redis: Redis; maxMs: number } & KeySpace) {
  const key = `${prefix}sessions${ending(about)}`
  const idsUntil = (until: string) => ask(unlessWrongType(redis.zrange(key, '-inf', until, 'BYSCORE'), []))

  return {
    /**
     * Lists a session until `until` (epoch ms), unless it is used again. Returns whether it was not listed before. Throws
     * Problem('redis-away') when Redis does not confirm.
     */
    enter: (sessionId: string, { until, now }: Seen): Promise<boolean> =>
      ask(enter(redis, key, { member: sessionId, over: until, now, keptMs: maxMs })),

    /** Lists a session no more. Never throws. */
    gone(sessionId: string): void {
      redis.zrem(key, sessionId).catch(() => {})
    },

    /** How many sessions are open at `now` (epoch ms). Throws Problem('redis-away') when Redis does not answer. */
    count: (now: number): Promise<number> => ask(redis.zcount(key, now, '+inf')),

    /**
     * The ids of all sessions that may be open, and of some that are not: the record of a session says whether it is over.
     * Throws Problem('redis-away') when Redis does not answer.
     */
    all: (): Promise<string[]> => idsUntil('+inf'),

    /**
     * The ids of those that seem over for so long, at `now` (epoch ms), that none is being born. Throws
     * Problem('redis-away') when Redis does not answer.
     */
    longOver: (now: number): Promise<string[]> => idsUntil(String(now - clockLeewayMs)),
  }
}
export type Census = ReturnType<typeof createCensus>
