import type { Clock } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import { factsAt } from '../record/at-gate.ts'
import { overAt } from '../record/lifetimes.ts'
import { isMember } from '../record/membership.ts'
import { bindsUntil } from '../record/plan.ts'
import type { GateFacts, SessionRecord } from '../record/record.ts'
import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { enter } from '../replicas/listing.ts'
import { ending, type Scope } from '../scope.ts'

/**
 * Counts at each gate the open sessions whose person is a member there as the session itself last knew, for the metrics:
 * one sorted set of session ids a gate, scored with the instant (epoch ms) at which the session is over or the membership
 * ends, whichever is first. So a membership with a known end stops counting without a write. Nothing waits for it, and it
 * lets nobody in and keeps nobody out.
 */
export function createGateCensus({
  redis,
  prefix,
  marks,
  limits,
  clock,
}: {
  redis: Redis
  prefix: string
  /** The marks of the gates, by the gates' names. */
  marks: Scope['gates']
  limits: Pick<Config['session'], 'idleMs' | 'maxMs'>
  clock: Clock
}) {
  const gates = Object.entries(marks).map(([gate, mark]) => ({ gate, key: `${prefix}gate-sessions${ending(mark)}` }))
  const quietly = (work: Promise<unknown>): void => void work.catch(() => {})
  const countsUntil = (record: SessionRecord, gate: string): number =>
    Math.min(overAt(record, limits), memberUntil(factsAt(record, gate)))

  /** Also where the session counts for nothing: a "no" that was not written, or overtaken, is made good by the next. */
  function seen(sessionId: string, record: SessionRecord): void {
    const now = clock().getTime()
    for (const { gate, key } of gates) {
      const over = countsUntil(record, gate)
      quietly(over > now ? enter(redis, key, { member: sessionId, over, now }) : redis.zrem(key, sessionId))
    }
  }

  return {
    /** Counts a session at the gates of which its person is a member, and at no other. Never throws. */
    seen,

    /**
     * Counts a session anew that was changed, where that makes a difference at some gate: a proof that only says the same
     * again costs nothing. Never throws.
     */
    changed(sessionId: string, before: SessionRecord, after: SessionRecord): void {
      if (gates.some(({ gate }) => countsUntil(before, gate) !== countsUntil(after, gate))) seen(sessionId, after)
    },

    /** Counts a session at no gate any more. Never throws. */
    gone(sessionId: string): void {
      for (const { key } of gates) quietly(redis.zrem(key, sessionId))
    },

    /** How many sessions count at each gate at `now` (epoch ms). Throws Problem('redis-away') when Redis does not answer. */
    counts: (now: number): Promise<{ gate: string; count: number }[]> =>
      Promise.all(
        gates.map(async ({ gate, key }) => ({ gate, count: await ask(redis.zcount(key, `(${now}`, '+inf')) })),
      ),
  }
}
export type GateCensus = ReturnType<typeof createGateCensus>

/**
 * When the person's membership ends, as far as the session knows (epoch ms): Infinity where no end is known, and 0 where
 * they are no member. A plan says nothing of a membership that was proven later than tokens can lag behind its end: that is
 * a new one.
 */
function memberUntil({ membership, plan }: GateFacts): number {
  if (!isMember(membership)) return 0
  const { provenAt, until = Infinity } = membership
  const isBound = plan !== undefined && provenAt < bindsUntil(plan)
  return isBound ? Math.min(until, plan.until ?? Infinity) : until
}
