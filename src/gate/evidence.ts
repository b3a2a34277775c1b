import type { GateRecord } from '../session/record/at-gate.ts'
import { isMember, isNotAssigned, type Membership, newerOf } from '../session/record/membership.ts'
import { lagMs } from '../session/record/plan.ts'
import { isProofAhead } from './freshness.ts'
import { withinPlan } from './plan/bound.ts'
import { isPlanOver } from './plan/phase.ts'

/** All that is known about a person's access without asking anyone; `now` in epoch ms. */
export type Evidence = {
  /** The session's part: the person's own proof, and the plan that PIM told. */
  record: Pick<GateRecord, 'membership' | 'plan'>
  /** The membership that the roster gives the person. */
  listed: Membership
  /**
   * Whether the gate is one of a role. Then the list of the group that carries the role is no proof of it: it knows ends, and
   * only the person's own token says yes.
   */
  isByRole?: boolean
  now: number
}

/** The membership that the evidence gives: what the sources prove, within the person's plan. */
export function membershipFrom(evidence: Evidence): Membership {
  const { record, now } = evidence
  const proven = provenBy(evidence)
  // PIM and the roster know who is in the group, not to whom the application is assigned.
  return isNotAssigned(record.membership) ? proven : withinPlan(record.plan, proven, now)
}

/**
 * The membership that the person's own proof and the roster give together, before the plan bounds it. Each source
 * answers only what it knows. The roster knows who is in the group. The person's own token also knows whether they may
 * use the application.
 */
export function provenBy({ record: { membership: own, plan }, listed, now, isByRole = false }: Evidence): Membership {
  // "Not assigned" stands, however old it is and whichever clock dated it. It is asked about anew, and never outvoted.
  if (isNotAssigned(own)) return withHowItEnded(own, listed, now)
  // A plan that goes on says itself which of the ends that the roster knows are seams.
  const endLagMs = plan?.until !== undefined && !isPlanOver(plan, now) ? 0 : lagMs
  return withHowItEnded(ofTheGroup(own, listed, { now, endLagMs, isByRole }), listed, now)
}

/** Where both sources say no, the roster knows how the membership ended. */
function withHowItEnded(no: Membership, listed: Membership, now: number): Membership {
  if (no === 'unknown' || no.member || listed === 'unknown' || listed.member || isProofAhead(listed, now)) return no
  return { ...(listed.endedAt === undefined ? no : listed), provenAt: Math.max(no.provenAt, listed.provenAt) }
}

/**
 * The newest proof of who is in the group. An end that the roster knows bounds each proof from before it, and from
 * within `endLagMs` after it, because tokens lag behind. A later proof is not bound by that end. At a gate of a role the
 * list never is the newest proof.
 */
function ofTheGroup(
  own: Membership,
  listed: Membership,
  { now, endLagMs, isByRole }: { now: number; endLagMs: number; isByRole: boolean },
): Membership {
  const newest = isByRole ? unlessAhead(own, now) : newerOf(unlessAhead(own, now), unlessAhead(listed, now))
  if (newest === listed || listed === 'unknown' || !isMember(newest)) return newest
  const end = listed.member ? listed.until : listed.endedAt
  if (end === undefined || newest.provenAt >= end + endLagMs) return newest
  if (listed.member) return { ...newest, until: end }
  return isProofAhead(listed, now) ? newest : listed
}

/** A proof dated in the future is worth nothing: anything that is asked for now is better. */
const unlessAhead = (membership: Membership, now: number): Membership =>
  isProofAhead(membership, now) ? 'unknown' : membership
