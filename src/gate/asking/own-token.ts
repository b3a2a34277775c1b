import { clockToleranceMs } from '../../clock.ts'
import { isMember } from '../../session/record/membership.ts'
import { ownProvenAtOf, type SessionRecord } from '../../session/record/record.ts'
import { type Freshness, softShare } from '../membership.ts'
import type { Recheck, RecheckOf } from './recheck.ts'

/** However fresh the roster, and whatever it last said, the person's own token is redeemed so often. */
const longestMs = 10 * 60_000
const mostTried = 10_000

/**
 * The person's own token as a source of what no list knows: that the account was not disabled, revoked or blocked, and
 * that the application is still assigned. Its age is counted from the asking. Where Entra gave no answer, nobody waits for
 * one again before `recheckMs` are over, as long as the group itself is known from elsewhere.
 */
export function createOwnToken({
  now,
  recheck,
  recheckMs,
}: {
  /** In ms, as in all records. */
  now: () => number
  recheck: RecheckOf
  recheckMs: number
}) {
  /** When sessions were asked about in vain. */
  const tried = new Map<string, number>()

  return {
    freshness(sessionId: string, record: SessionRecord): Freshness {
      const age = now() - ownProvenAtOf(record)
      if (age >= -clockToleranceMs && age < longestMs * softShare) return 'fresh'
      if (Math.abs(now() - (tried.get(sessionId) ?? 0)) < recheckMs) return 'fresh'
      if (age < -clockToleranceMs || age >= longestMs) return 'due'
      // One that did not name the group may do so again: then the list is asked too, before a page is refused.
      return isMember(record.membership) ? 'soon' : 'fresh'
    },

    /** Nothing answers the question anew that was proven by this instant; one from the future proves nothing. */
    provenAfter(record: SessionRecord): number {
      const provenAt = ownProvenAtOf(record)
      return provenAt > now() + clockToleranceMs ? 0 : provenAt
    },

    async ask(sessionId: string, provenAfter: number): Promise<Recheck> {
      const answer = await recheck(sessionId, provenAfter)
      if (tried.size >= mostTried) tried.clear()
      if (answer === 'unanswered') tried.set(sessionId, now())
      else tried.delete(sessionId)
      return answer
    },
  }
}
