import { isMember, type Membership, newerOf } from '../session/record.ts'
import { isFromTheFuture } from './membership.ts'

/**
 * What a person's own proof and the roster say together. An end that the roster knows binds every proof asked for before
 * it, and soon after it: tokens lag behind. A later one knows better. `now` and `endLagMs` in ms.
 */
export function combined(
  own: Membership,
  listed: Membership,
  { now, endLagMs }: { now: number; endLagMs: number },
): Membership {
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
  if (membership === 'unknown') return 0
  const end = membership.member && membership.until !== undefined && membership.until <= now ? membership.until - 1 : 0
  return Math.max(membership.provenAt, staleBefore - 1, end)
}
