import { isSamePerson } from '../../entra/claims.ts'
import { factsAt } from './at-gate.ts'
import { liftedBy, type Membership, newerOf, provenAtOf } from './membership.ts'
import { newerPlan, type Plan } from './plan.ts'
import { type GateFacts, ownProvenAtOf, type SessionRecord } from './record.ts'

/** The facts that a sign-in proved: all of a session that is not about the browser. Instants are in epoch ms. */
export type Proven = Pick<SessionRecord, 'identity' | 'contexts' | 'gates' | 'ownProvenAt' | 'unlistedAt'>
type ProvenAtGate = Pick<Proven, 'ownProvenAt'> & GateFacts

/**
 * Joins the facts that a sign-in proved with those that the session before it knew. For the same person the contexts that
 * were met stay met, and at each gate the newer proof of membership counts. Another person inherits nothing. `now` (epoch
 * ms) is our clock: a proof from the future is not newer.
 */
export function continuing(before: SessionRecord, proven: Proven, now: number): Proven {
  if (!isSamePerson(before.identity, proven.identity)) return proven
  const gates = ofBoth(before, proven, (old, fresh) => ({
    membership: stillNewer(old.membership, fresh, now),
    ...((old.plan ?? fresh.plan) && { plan: old.plan ?? fresh.plan }),
  }))
  return { ...proven, gates, contexts: { ...before.contexts, ...proven.contexts } }
}

function stillNewer(before: Membership, proven: ProvenAtGate, now: number): Membership {
  const provenBefore = provenAtOf(before)
  const isNewer = provenBefore <= now && provenBefore > provenAtOf(proven.membership)
  return isNewer ? liftedBy(ownProvenAtOf(proven), before) : proven.membership
}

/** The record with this plan, unless the record's own plan is the newer one. */
export function withPlan<T extends { plan?: Plan | undefined }>(record: T, known: Plan | undefined): T {
  const plan = newerPlan(record.plan, known)
  return plan === undefined || plan === record.plan ? record : { ...record, plan }
}

/** The record with everything newer that another record of the same person knows, and with nothing older. */
export function withNews(record: SessionRecord, other: Proven): SessionRecord {
  const gates = ofBoth(record, other, (one, another) => {
    const ownProvenAt = Math.max(ownProvenAtOf(one), ownProvenAtOf(another))
    const membership = liftedBy(ownProvenAt, newerOf(one.membership, another.membership))
    return withPlan({ membership, ...(one.plan && { plan: one.plan }) }, another.plan)
  })
  const ownProvenAt = Math.max(lastProvenAt(record), lastProvenAt(other))
  return { ...record, gates, ...(ownProvenAt > 0 && { ownProvenAt }) }
}

/** When the person's own token was last asked for with an answer about any gate, in epoch ms; 0 when it never was. */
const lastProvenAt = ({ ownProvenAt = 0, gates }: Proven): number =>
  Math.max(ownProvenAt, ...Object.values(gates).map(({ membership }) => provenAtOf(membership)))

/** The facts of each gate that one of two records knows, joined. */
function ofBoth(one: Proven, other: Proven, joined: (one: ProvenAtGate, other: ProvenAtGate) => GateFacts) {
  const at = (proven: Proven, gate: string): ProvenAtGate => ({
    ...factsAt(proven, gate),
    ...(proven.ownProvenAt && { ownProvenAt: proven.ownProvenAt }),
  })
  const gates = Object.keys({ ...one.gates, ...other.gates })
  return Object.fromEntries(gates.map(gate => [gate, joined(at(one, gate), at(other, gate))]))
}
