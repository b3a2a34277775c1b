import { liftedBy, type Membership, newerOf } from '../../session/record/membership.ts'
import { lagMs } from '../../session/record/plan.ts'
import { ownProvenAtOf, type SessionRecord } from '../../session/record/record.ts'

/** The result of asking anew: the session as it is now, no answer (the session stays as it was), or the session's end. */
export type Recheck = { record: SessionRecord } | 'unanswered' | 'over'

/**
 * Asks Entra about a session, unless something newer than `provenAfter` (epoch ms) is known. Redis away is
 * 'unanswered'.
 */
export type RecheckOf = (sessionId: string, provenAfter: number) => Promise<Recheck>

/**
 * An answer of Entra: the account may be used, as asked at `ownProvenAt`; and what it said of the group, if that could
 * be learned. Instants in epoch ms.
 */
export type Answer = { ownProvenAt: number; membership?: Membership; unlistedAt?: number }

/**
 * The session `found` with what Entra answered. `before` is the session as it was when Entra was asked. All of it is
 * older than the answer, whatever its clock said. What others wrote meanwhile may be newer.
 */
export function withAnswer(found: SessionRecord, before: SessionRecord, answer: Answer): SessionRecord {
  const isOurs = ownProvenAtOf(found) === ownProvenAtOf(before)
  const ownProvenAt = isOurs ? answer.ownProvenAt : Math.max(ownProvenAtOf(found), answer.ownProvenAt)
  const membership = liftedBy(ownProvenAt, newestOf(found, before, answer))
  return { ...found, ownProvenAt, membership, ...(answer.unlistedAt && { unlistedAt: answer.unlistedAt }) }
}

function newestOf(found: SessionRecord, before: SessionRecord, { membership }: Answer): Membership {
  if (membership === undefined) return found.membership
  const isOurs = isSame(found.membership, before.membership)
  return withEnd(found, isOurs ? membership : newerOf(found.membership, membership))
}

/**
 * Whether PIM itself has told that access is on, for long enough that every list and token shows it. `now` in epoch ms.
 */
export const isRunning = (plan: SessionRecord['plan'], now: number): boolean =>
  plan?.from !== undefined && plan.from + lagMs < now && plan.until !== undefined && now < plan.until

const isSame = (one: Membership, other: Membership) =>
  one === 'unknown' || other === 'unknown'
    ? one === other
    : one.member === other.member && one.provenAt === other.provenAt

/** A plain "no" that comes after a known end means that end, and so does every "no" after it. */
function withEnd({ membership: before, plan }: SessionRecord, found: Membership): Membership {
  if (found === 'unknown' || found.member || found.endedAt !== undefined || found.reason !== 'not-in-group')
    return found
  if (before !== 'unknown' && !before.member)
    return before.endedAt === undefined ? found : { ...found, reason: before.reason, endedAt: before.endedAt }
  const { until, endedAt } = plan ?? {}
  if (until === undefined || until > found.provenAt) return found
  return { ...found, reason: until === endedAt ? 'ended' : 'ran-out', endedAt: until }
}
