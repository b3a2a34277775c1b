import { clockToleranceMs } from '../clock.ts'
import type { Graph } from '../entra/graph.ts'
import type { SignedIn } from '../entra/oidc.ts'
import { Problem } from '../errors.ts'
import type { Membership } from '../session/record.ts'

/**
 * Reads a membership from what Entra said, at sign-in and at every re-check alike: yes only on an exact match of the
 * group's object id (whatever the case of its letters). When the token could not list the groups, Graph is asked with
 * the person's own token, never the address in the claim; when it does not answer, Problem('membership-unknown').
 * `provenAt` is our clock when Entra was asked, never the token's `iat`, which lies five minutes in the past.
 */
export const createProof =
  ({ graph, groupId }: { graph: Graph; groupId: string }) =>
  async ({ groups, tokens }: Pick<SignedIn, 'groups' | 'tokens'>, askedAt: Date): Promise<Membership> => {
    const provenAt = askedAt.getTime()
    const member =
      groups === 'overage'
        ? await graph.isMember(groupId, tokens.accessToken).catch(noAnswer)
        : groups.some(group => group.toLowerCase() === groupId)
    return member ? { member, provenAt } : { member, provenAt, reason: 'not-in-group' }
  }
export type Proof = ReturnType<typeof createProof>

function noAnswer(cause: unknown): never {
  throw new Problem('membership-unknown', { cause })
}

/** When a membership is asked for again: not yet, in the background while the page is served, or before it is. */
export type Freshness = 'fresh' | 'soon' | 'due'

/** A "no" is hardly remembered: the person may be turning on access right now. */
export const longestNoMs = 5_000
/** From this part of its longest age on a proof is asked for again in the background. */
export const softShare = 0.75

/** Such a proof is stale, not fresh; replicas' clocks may differ a little. */
export const isFromTheFuture = (membership: Membership, now: number): boolean =>
  membership !== 'unknown' && membership.provenAt > now + clockToleranceMs

export function freshnessOf(
  membership: Membership,
  { now, recheckMs, staleBefore }: { now: number; recheckMs: number; staleBefore: number },
): Freshness {
  if (membership === 'unknown') return 'due'
  const age = now - membership.provenAt
  if (membership.provenAt < staleBefore || isFromTheFuture(membership, now)) return 'due'
  // A "no" dated ahead may be as old as the clock that dated it is wrong.
  if (!membership.member) return age < 0 || age >= Math.min(recheckMs, longestNoMs) ? 'due' : 'fresh'
  if (membership.until !== undefined && now >= membership.until) return 'due'
  if (age >= recheckMs) return 'due'
  return age >= recheckMs * softShare ? 'soon' : 'fresh'
}
