import { clockToleranceMs } from '../clock.ts'
import type { Membership } from '../session/record/membership.ts'

/** When a membership is asked for again: not yet, in the background while the page is served, or before it is. */
export type Freshness = 'fresh' | 'soon' | 'due'

/** A "no" counts for so long (ms) and no longer: the person may be turning on access right now. */
export const longestNoMs = 5_000
/** From this part of its longest age on, a proof is asked for again in the background. */
export const softShare = 0.75

/** A proof dated in the future, beyond the tolerance between clocks, is stale. `now` in epoch ms. */
export const isProofAhead = (membership: Membership, now: number): boolean =>
  membership !== 'unknown' && membership.provenAt > now + clockToleranceMs

/** `now` and `staleBefore` in epoch ms: proofs from before `staleBefore` are stale. A yes counts for `recheckMs`. */
export type Terms = { now: number; recheckMs: number; staleBefore: number }

/** When a membership has to be asked for again. */
export function freshnessOf(membership: Membership, { now, recheckMs, staleBefore }: Terms): Freshness {
  if (membership === 'unknown') return 'due'
  const age = now - membership.provenAt
  if (membership.provenAt < staleBefore || isProofAhead(membership, now)) return 'due'
  // A "no" dated ahead may be as old as the clock that dated it is wrong.
  if (!membership.member) return age < 0 || age >= Math.min(recheckMs, longestNoMs) ? 'due' : 'fresh'
  if (membership.until !== undefined && now >= membership.until) return 'due'
  if (age >= recheckMs) return 'due'
  return age >= recheckMs * softShare ? 'soon' : 'fresh'
}

/**
 * For a membership that is not fresh any more: the instant (epoch ms) after which a proof must have been asked for to
 * say more than this one.
 */
export function oldestUseful(membership: Membership, { now, staleBefore }: Omit<Terms, 'recheckMs'>): number {
  if (membership === 'unknown' || isProofAhead(membership, now)) return 0
  // Whichever clock dated a "no": it is too old as soon as Entra was not asked in the last seconds.
  if (!membership.member) return Math.max(now - longestNoMs, staleBefore - 1)
  const end = membership.until !== undefined && membership.until <= now ? membership.until - 1 : 0
  return Math.max(membership.provenAt, staleBefore - 1, end)
}
