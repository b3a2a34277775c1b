import { isMember, isNotAssigned, type Membership, newerOf } from '../session/record/membership.ts'
import { isFromTheFuture, longestNoMs } from './membership.ts'

type Moment = { now: number; endLagMs: number }

/**
 * What a person's own proof and the roster say together. Each answers only what it knows: the roster, who is in the
 * group; the person's own token, also whether the application is theirs to use. `now` and `endLagMs` in ms.
 */
export function combined(own: Membership, listed: Membership, moment: Moment): Membership {
  // However old "not assigned" is, and whatever its clock said: it is asked about anew, never outvoted.
  return isNotAssigned(own)
    ? withWords(own, listed, moment.now)
    : withWords(ofTheGroup(own, listed, moment), listed, moment.now)
}

/** Of two that say no the roster knows how it ended. */
function withWords(no: Membership, listed: Membership, now: number): Membership {
  if (no === 'unknown' || no.member || listed === 'unknown' || listed.member || isFromTheFuture(listed, now)) return no
  return { ...(listed.endedAt === undefined ? no : listed), provenAt: Math.max(no.provenAt, listed.provenAt) }
}

/**
 * The newest proof of who is in the group. An end that the roster knows binds every proof asked for before it, and soon
 * after it: tokens lag behind. A later one knows better.
 */
function ofTheGroup(own: Membership, listed: Membership, { now, endLagMs }: Moment): Membership {
  const newest = newerOf(sound(own, now), sound(listed, now))
  if (newest === listed || listed === 'unknown' || !isMember(newest)) return newest
  const end = listed.member ? listed.until : listed.endedAt
  if (end === undefined || newest.provenAt >= end + endLagMs) return newest
  if (listed.member) return { ...newest, until: end }
  return isFromTheFuture(listed, now) ? newest : listed
}

/** A proof from the future is worth nothing: anything asked for now is better. */
const sound = (membership: Membership, now: number): Membership =>
  isFromTheFuture(membership, now) ? 'unknown' : membership

/** Only what was asked for after this instant (epoch ms) says more than this membership, which is not fresh any more. */
export function oldestUseful(membership: Membership, staleBefore: number, now: number): number {
  if (membership === 'unknown' || isFromTheFuture(membership, now)) return 0
  // Whatever clock dated it: a "no" is too old as soon as Entra was not asked in the last seconds.
  if (!membership.member) return Math.max(now - longestNoMs, staleBefore - 1)
  const end = membership.until !== undefined && membership.until <= now ? membership.until - 1 : 0
  return Math.max(membership.provenAt, staleBefore - 1, end)
}
