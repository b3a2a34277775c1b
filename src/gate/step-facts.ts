import type { GateRecord } from '../session/record/at-gate.ts'
import { isMember, isNotAssigned } from '../session/record/membership.ts'
import { accountFreshness, accountUseful } from './account-freshness.ts'
import { type Evidence, membershipFrom, provenBy } from './evidence.ts'
import { type Freshness, freshnessOf, oldestUseful } from './freshness.ts'
import { isPimNeeded } from './plan/when-to-ask.ts'

/** All that the choice of the next step may know. Every instant is in epoch ms of our own clock. */
export type StepFacts = Evidence & {
  record: Pick<GateRecord, 'membership' | 'plan' | 'ownProvenAt'>
  /** How long a yes counts before it is asked for again, in ms. */
  recheckMs: number
  /** Proofs from before this instant are stale: a change of the group was announced then. */
  staleBefore: number
  /** When Entra was last asked in vain about this session; 0: it was not. */
  triedAt: number
  /** When PIM was last asked about this session; 0: never. Undefined: people do not turn on their access here. */
  pimAskedAt: number | undefined
}

/** How fresh it is what the sources together say of the group. */
export const groupFreshness = (facts: StepFacts): Freshness => freshnessOf(membershipFrom(facts), facts)

/** Whether PIM itself must say how things stand, before the page is decided on. */
export function mustAskPim(facts: StepFacts): boolean {
  const { record, now, pimAskedAt } = facts
  return pimAskedAt !== undefined && isPimNeeded(record.plan, membershipFrom(facts), { now, pimAskedAt })
}

/** Only what is proven after this instant (epoch ms) says anything new of the group; 0 while what is known is fresh. */
export function groupUseful(facts: StepFacts): number {
  if (groupFreshness(facts) === 'fresh') return 0
  const membership = membershipFrom(facts)
  // Around a seam the plan makes "unknown" of a proof. That proof says nothing, so it is no answer to this question.
  return oldestUseful(membership === 'unknown' ? provenBy(facts) : membership, facts)
}

/** Only what is proven after this instant (epoch ms) says anything new of the group and of the account. */
export const useful = (facts: StepFacts): number =>
  Math.max(
    groupUseful(facts),
    accountFreshness(facts.record, facts) === 'fresh' ? 0 : accountUseful(facts.record, facts.now),
  )

/**
 * Whether this session knows a fresh "yes" with an end that is still to come. In every other case another session of
 * the person may know a newer plan, and it is read. That costs one command of Redis, which an ordinary page does
 * without.
 */
export function isSettled(facts: StepFacts): boolean {
  const membership = membershipFrom(facts)
  return isMember(membership) && membership.until !== undefined && freshnessOf(membership, facts) === 'fresh'
}

/**
 * Whether PIM is worth asking when a member's access ends: no source told an end, or PIM told another one some time
 * ago. An extension can be taken back.
 */
export function isEndInDoubt(evidence: Evidence): boolean {
  const proof = provenBy(evidence)
  if (!isMember(membershipFrom(evidence)) || !isMember(proof)) return false
  const planned = evidence.record.plan?.until
  return proof.until === undefined || (planned !== undefined && planned !== proof.until)
}

/**
 * Whether the person's own token, which was asked for the account's sake, does not name the group although the roster
 * still lists the person.
 */
export function isContradicted(evidence: Evidence): boolean {
  const membership = membershipFrom(evidence)
  return !isMember(membership) && isMember(evidence.listed) && !isNotAssigned(membership)
}
