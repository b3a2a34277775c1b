import { clockToleranceMs } from '../clock.ts'
import type { GateRecord } from '../session/record/at-gate.ts'
import { isMember } from '../session/record/membership.ts'
import { ownProvenAtOf } from '../session/record/record.ts'
import { type Freshness, softShare } from './freshness.ts'

/** However fresh the roster is and whatever it last said, the person's own token is redeemed so often (ms). */
const longestMs = 10 * 60_000

type OwnProof = Pick<GateRecord, 'membership' | 'ownProvenAt'>

/**
 * When the person's own token has to be redeemed again. It is the source of what no list knows: that the account was
 * not disabled, revoked or blocked, and that the application is still assigned. Its age counts from the asking.
 *
 * `triedAt` is when Entra was last asked here in vain, `now` is our clock, both in epoch ms. Until `recheckMs` after
 * such a try nobody waits for Entra again, as long as the group itself is known from elsewhere.
 */
export function accountFreshness(
  record: OwnProof,
  { now, recheckMs, triedAt }: { now: number; recheckMs: number; triedAt: number },
): Freshness {
  const age = now - ownProvenAtOf(record)
  const isAhead = age < -clockToleranceMs
  if (!isAhead && age < longestMs * softShare) return 'fresh'
  if (Math.abs(now - triedAt) < recheckMs) return 'fresh'
  if (isAhead || age >= longestMs) return 'due'
  // A token that did not name the group may do so again. Then the list is asked too, before a page is refused.
  return isMember(record.membership) ? 'soon' : 'fresh'
}

/**
 * Only a token redeemed after this instant (epoch ms) says more than the last one. One from the future says nothing.
 */
export function accountUseful(record: OwnProof, now: number): number {
  const provenAt = ownProvenAtOf(record)
  return provenAt > now + clockToleranceMs ? 0 : provenAt
}
