import { atGate, type GateRecord, withGate } from '../../session/record/at-gate.ts'
import { liftedBy, type Membership, newerOf } from '../../session/record/membership.ts'
import { lagMs } from '../../session/record/plan.ts'
import { ownProvenAtOf, type SessionRecord } from '../../session/record/record.ts'

/** The result of asking anew: the session as it is now, no answer (the session stays as it was), or the session's end. */
export type Rechecked<T> = { record: T } | 'unanswered' | 'over'
/** The same, as one gate sees the session. */
export type Recheck = Rechecked<GateRecord>

/** What a question is for: to know more about this gate than was proven until `provenAfter` (epoch ms). */
export type Wanted = { gate: string; provenAfter: number }

/**
 * Asks Entra about a session on behalf of one gate, unless something newer than `provenAfter` (epoch ms) is known. Redis away is
 * 'unanswered'.
 */
export type RecheckOf = (sessionId: string, provenAfter: number) => Promise<Recheck>

/**
 * An answer of Entra: the account may be used, as asked at `ownProvenAt`; and what it said of each gate, by its name,
 * where that could be learned. Instants in epoch ms.
 */
export type Answer = Omit<AnswerAtGate, 'membership'> & { memberships?: Readonly<Record<string, Membership>> }

/** The part of an answer that one gate hears. */
export type AnswerAtGate = { ownProvenAt: number; membership?: Membership; unlistedAt?: number }

/** The session `found` with what Entra answered about all its gates. `before` is the session as it was when Entra was asked. */
export function withAnswer(found: SessionRecord, before: SessionRecord, answer: Answer): SessionRecord {
  const { memberships = {}, ...asked } = answer
  const gates = Object.keys({ ...found.gates, ...memberships })
  const seen = gates.map(gate => {
    const membership = Object.hasOwn(memberships, gate) ? memberships[gate] : undefined
    return withAnswerAt(atGate(found, gate), atGate(before, gate), { ...asked, ...(membership && { membership }) })
  })
  // Each gate has computed the same instants of the person's own token. The facts are the gate's own.
  return seen.reduce((next, view, index) => withGate(next, gates[index] as string, view), found)
}

/**
 * The session `found`, as one gate sees it, with what Entra answered. `before` is the session as it was when Entra was asked. All of it is
 * older than the answer, whatever its clock said. What others wrote meanwhile may be newer.
 */
export function withAnswerAt(found: GateRecord, before: GateRecord, answer: AnswerAtGate): GateRecord {
  const isOurs = ownProvenAtOf(found) === ownProvenAtOf(before)
  const ownProvenAt = isOurs ? answer.ownProvenAt : Math.max(ownProvenAtOf(found), answer.ownProvenAt)
  const membership = liftedBy(ownProvenAt, newestOf(found, before, answer))
  return { ...found, ownProvenAt, membership, ...(answer.unlistedAt && { unlistedAt: answer.unlistedAt }) }
}

function newestOf(found: GateRecord, before: GateRecord, { membership }: AnswerAtGate): Membership {
  if (membership === undefined) return found.membership
  const isOurs = isSame(found.membership, before.membership)
  return withEnd(found, isOurs ? membership : newerOf(found.membership, membership))
}

/**
 * Whether PIM itself has told that access is on, for long enough that every list and token shows it. `now` in epoch ms.
 */
export const isRunning = (plan: GateRecord['plan'], now: number): boolean =>
  plan?.from !== undefined && plan.from + lagMs < now && plan.until !== undefined && now < plan.until

const isSame = (one: Membership, other: Membership) =>
  one === 'unknown' || other === 'unknown'
    ? one === other
    : one.member === other.member && one.provenAt === other.provenAt

/** A plain "no" that comes after a known end means that end, and so does every "no" after it. */
function withEnd({ membership: before, plan }: GateRecord, found: Membership): Membership {
  if (found === 'unknown' || found.member || found.endedAt !== undefined || found.reason !== 'not-in-group')
    return found
  if (before !== 'unknown' && !before.member)
    return before.endedAt === undefined ? found : { ...found, reason: before.reason, endedAt: before.endedAt }
  const { until, endedAt } = plan ?? {}
  if (until === undefined || until > found.provenAt) return found
  return { ...found, reason: until === endedAt ? 'ended' : 'ran-out', endedAt: until }
}
