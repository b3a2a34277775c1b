import { isSamePerson } from '../../entra/claims.ts'
import { liftedBy, newerOf, provenAtOf } from './membership.ts'
import { newerPlan, type Plan } from './plan.ts'
import { ownProvenAtOf, type SessionRecord } from './record.ts'

/** The facts that a sign-in proved: all of a session that is not about the browser. Instants are in epoch ms. */
export type Proven = Pick<SessionRecord, 'identity' | 'membership' | 'contexts'> & {
  ownProvenAt?: number | undefined
  unlistedAt?: number | undefined
  plan?: Plan | undefined
}

/**
 * Joins the facts that a sign-in proved with those that the session before it knew. For the same person the contexts that
 * were met stay met, and the newer proof of membership counts. Another person inherits nothing. `now` (epoch ms) is our clock: a
 * proof from the future is not newer.
 */
export function continuing(before: SessionRecord, proven: Proven, now: number): Proven {
  if (!isSamePerson(before.identity, proven.identity)) return proven
  const provenBefore = provenAtOf(before.membership)
  const isNewer = provenBefore <= now && provenBefore > provenAtOf(proven.membership)
  return {
    ...proven,
    membership: isNewer ? liftedBy(ownProvenAtOf(proven), before.membership) : proven.membership,
    contexts: { ...before.contexts, ...proven.contexts },
    ...(before.plan && { plan: before.plan }),
  }
}

/** The record with this plan, unless the record's own plan is the newer one. */
export function withPlan(record: SessionRecord, known: Plan | undefined): SessionRecord {
  const plan = newerPlan(record.plan, known)
  return plan === undefined || plan === record.plan ? record : { ...record, plan }
}

/** The record with everything newer that another record of the same person knows, and with nothing older. */
export function withNews(
  record: SessionRecord,
  other: Pick<Proven, 'membership' | 'ownProvenAt' | 'plan'>,
): SessionRecord {
  const plan = newerPlan(record.plan, other.plan)
  const ownProvenAt = Math.max(ownProvenAtOf(record), ownProvenAtOf(other))
  const membership = liftedBy(ownProvenAt, newerOf(record.membership, other.membership))
  return { ...record, membership, ...(ownProvenAt > 0 && { ownProvenAt }), ...(plan && { plan }) }
}
