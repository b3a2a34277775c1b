import { type Clock, clockToleranceMs } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import type { SessionRecord } from './record.ts'

type Limits = Pick<Config['session'], 'idleMs' | 'maxMs'>
type Seen = Pick<SessionRecord, 'signedInAt' | 'lastSeenAt'>

/** Redis keeps a session for so much longer than it may be idle: that it was seen is written with at most this delay. */
export const leewayMs = 60_000
const mostUnwritten = 10_000

/** Whether a session's time is up at `now` (epoch ms): it was not used for too long, or is as old as it may become. */
export const isTimeUp = ({ signedInAt, lastSeenAt }: Seen, { idleMs, maxMs }: Limits, now: number): boolean =>
  now >= lastSeenAt + idleMs || now >= signedInAt + maxMs

/** When a session is over if nobody uses it again, in epoch ms. */
export const overAt = ({ signedInAt, lastSeenAt }: Seen, { idleMs, maxMs }: Limits): number =>
  Math.min(lastSeenAt + idleMs, signedInAt + maxMs)

/**
 * Whether a record is dated further ahead of `now` (epoch ms) than clocks may differ. Such a record is stale, not fresh:
 * it says nothing about how long ago something was.
 */
export const isDatedAhead = ({ signedInAt, lastSeenAt }: Seen, now: number): boolean =>
  Math.max(signedInAt, lastSeenAt) > now + clockToleranceMs

/** How long sessions last. The record of a session decides; Redis only cleans up. */
export function createLifetimes({ limits, clock }: { limits: Limits; clock: Clock }) {
  const { idleMs, maxMs } = limits
  const now = () => clock().getTime()
  /** When sessions were seen here, by their ids, where that could not be written down. */
  const unwritten = new Map<string, number>()

  /** How long Redis keeps a session, in whole seconds; without a record one that is used from now on. */
  const ttlSeconds = (record?: SessionRecord): number =>
    Math.max(1, Math.ceil(Math.min(idleMs + leewayMs, record ? record.signedInAt + maxMs - now() : maxMs) / 1000))

  return {
    ttlSeconds,

    /** How long Redis keeps the tokens of a session, in ms: longer than the session, which would end for want of them. */
    tokenLifeMs: (record?: SessionRecord): number => ttlSeconds(record) * 1000 + clockToleranceMs,

    /** When the session is over if nobody uses it again, in epoch ms. */
    overAt: (seen: Seen): number => overAt(seen, limits),

    /** Whether the session is over by our clock. */
    isPast(sessionId: string, record: SessionRecord): boolean {
      const lastSeenAt = Math.max(record.lastSeenAt, unwritten.get(sessionId) ?? 0)
      return isTimeUp({ ...record, lastSeenAt }, limits, now())
    },

    /** Remembers here that a session was seen at `at` (epoch ms): a Redis that takes no writes makes nobody idle. */
    noteUnwritten(sessionId: string, at: number): void {
      if (unwritten.size >= mostUnwritten) unwritten.clear()
      unwritten.set(sessionId, at)
    },
  }
}
export type Lifetimes = ReturnType<typeof createLifetimes>
