import type { Clock } from '../../clock.ts'
import type { Log } from '../../observability.ts'
import { type Lifetimes, leewayMs } from '../record/lifetimes.ts'
import type { SessionRecord } from '../record/record.ts'
import type { Redis } from '../redis/redis.ts'
import type { SessionsById } from '../stored/by-id.ts'
import type { Census } from '../stored/census.ts'
import type { Vault } from '../vault.ts'

/** Idle time is kept coarsely: at most one write a minute (more often only where sessions idle out within two). */
const coarseMs = 60_000

/**
 * Writes down that a session was seen. Nothing waits for that: a page that can be shown is not held up, and a Redis that
 * takes no writes signs nobody out. Never throws.
 */
export function createTouch({
  idleMs,
  clock,
  redis,
  keyOf,
  lifetimes,
  byId,
  vault,
  census,
  endIfOwed,
  log,
}: {
  idleMs: number
  clock: Clock
  redis: Redis
  keyOf: (sessionId: string) => string
  lifetimes: Lifetimes
  byId: Pick<SessionsById, 'change'>
  vault: Vault
  census: Pick<Census, 'enter'>
  /** Ends a session that an end of all sessions has missed, because it was not listed. */
  endIfOwed: (sessionId: string, record: SessionRecord) => Promise<void>
  log: Log
}) {
  const now = () => clock().getTime()
  const touchAfterMs = Math.min(coarseMs, idleMs / 2)
  const isLongUnseen = ({ lastSeenAt }: SessionRecord): boolean => now() - lastSeenAt >= touchAfterMs
  const seenNow = (from: string | undefined) => (found: SessionRecord) =>
    isLongUnseen(found) ? { ...found, lastSeenAt: now(), ...(from && { lastSeenFrom: from }) } : found
  const touching = new Set<string>()

  /** The first minute is covered by the leeway. */
  async function prolongTokens(sessionId: string, record: SessionRecord): Promise<void> {
    if (now() - record.signedInAt > leewayMs)
      await vault.prolong(sessionId, { lifeMs: lifetimes.tokenLifeMs(record), now: now() })
  }

  /** A session that was not listed until now may have been begun by an earlier release, or Redis lost the list. */
  async function list(sessionId: string, record: SessionRecord, at: number): Promise<void> {
    const wasUnlisted = await census.enter(sessionId, { until: lifetimes.overAt(record), now: at })
    if (wasUnlisted) await endIfOwed(sessionId, record)
  }

  function rememberHere(sessionId: string, at: number, error: unknown): void {
    lifetimes.noteUnwritten(sessionId, at)
    // A Redis that is full still takes this command.
    redis.pexpire(keyOf(sessionId), lifetimes.ttlSeconds() * 1000).catch(() => {})
    log.warn({ event: 'session-touch-failed', error })
  }

  /** `from`: the client's address, where it is known. */
  return function touch(sessionId: string, before: SessionRecord, from?: string): void {
    if (!isLongUnseen(before)) return
    const asItWas = `${sessionId} ${before.lastSeenAt}`
    if (touching.has(asItWas)) return
    touching.add(asItWas)
    const at = now()
    // The tokens first: they must not be over before their session.
    prolongTokens(sessionId, before)
      .then(() => byId.change(sessionId, seenNow(from)))
      .catch(error => rememberHere(sessionId, at, error))
      // A list that takes no entry is no reason to say that the use was not written.
      .then(record => record && list(sessionId, record, at).catch(() => {}))
      // Not sooner: requests answered together with this write still saw the session as it was before.
      .finally(() => setImmediate(() => touching.delete(asItWas)))
  }
}
export type Touch = ReturnType<typeof createTouch>
