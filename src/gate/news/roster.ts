import { z } from 'zod'
import { clockToleranceMs } from '../../clock.ts'
import type { Assignment, GroupListing } from '../../entra/graph/group-listing.ts'
import type { Membership } from '../../session/record/membership.ts'
import { lagMs } from '../../session/record/plan.ts'

const epochMs = z.int().nonnegative()
const rosterShape = z.object({
  askedAt: epochMs,
  members: z.record(z.string(), z.object({ until: epochMs.optional() })),
  ended: z.record(z.string(), z.object({ at: epochMs, ranOut: z.boolean() })),
})
/**
 * Who is in the group, by object id, as asked for at one instant; and whose membership ended lately, with when it ended
 * and whether its time was up. All instants are in epoch ms.
 */
export type Roster = z.infer<typeof rosterShape>

/** The roster as a source: what it says of a person now, and a wish that it be made anew. */
export type RosterSource = {
  /** 'unknown' when there is no roster, or none that is recent enough. */
  membershipOf(objectId: string): Membership
  /**
   * Resolves when a roster asked for after this instant (epoch ms) is in hand, or could not be had. Throws
   * Problem('redis-away').
   */
  renew(askedAfter: number): Promise<void>
}

const rememberEndsMs = 24 * 3_600_000

/**
 * Makes a roster of what Graph listed at `askedAt`; `now` is our clock then, both in epoch ms. PIM's active assignments
 * count with their ends, unless the directory does not list the person (any more): then somebody removed the person
 * without PIM. A member that PIM does not know was added without PIM and counts without an end, unless an assignment of
 * that person has just ended.
 */
export function rosterFrom(
  listing: GroupListing,
  { askedAt, before, now = askedAt }: { askedAt: number; before: Roster | undefined; now?: number },
): Roster {
  const found: Roster['members'] = {}
  for (const { principalId, until } of countingIn(listing, now)) {
    const known = found[principalId]
    if (!known) found[principalId] = { ...(until !== undefined && { until }) }
    else if (known.until !== undefined)
      found[principalId] = until === undefined ? {} : { until: Math.max(known.until, until) }
  }
  const ended = endingsOf(before, found, askedAt)
  for (const id of listing.members) if (!found[id] && !(askedAt - (ended[id]?.at ?? 0) < lagMs)) found[id] = {}
  for (const id of Object.keys(found)) delete ended[id]
  return { askedAt, members: found, ended }
}

/** The active assignments of a listing that count at `now` (epoch ms, by our clock). */
export function countingIn({ assignments, members }: GroupListing, now: number): Assignment[] {
  const listed = new Set(members)
  const counting: Assignment[] = []
  for (const assignment of assignments) {
    const { principalId, startsAt, until } = assignment
    if (startsAt > now + (listed.has(principalId) ? clockToleranceMs : 0)) continue
    if (until !== undefined && until <= now - clockToleranceMs) continue
    if (!listed.has(principalId) && now - startsAt >= lagMs) continue
    counting.push(assignment)
  }
  return counting
}

/**
 * When the memberships ended that were listed before and are not any more: at their known end, or now if that is still
 * to come.
 */
function endingsOf(before: Roster | undefined, found: Roster['members'], askedAt: number): Roster['ended'] {
  const recent = Object.entries(before?.ended ?? {}).filter(([, { at }]) => askedAt - at < rememberEndsMs)
  const gone = Object.entries(before?.members ?? {})
    .filter(([id, { until }]) => !found[id] && until !== undefined)
    .map(([id, { until = askedAt }]) => [id, { at: Math.min(until, askedAt), ranOut: until <= askedAt }] as const)
  return Object.fromEntries([...recent, ...gone])
}

/**
 * What a roster says of one person. An end counts by our clock (`now`, epoch ms), not by the clock of the replica that
 * asked for the roster. An end that has come since the roster was asked for may have been prolonged: the caller asks
 * anew.
 */
export function membershipIn(roster: Roster | undefined, objectId: string, now = roster?.askedAt ?? 0): Membership {
  if (!roster) return 'unknown'
  const entry = roster.members[objectId]
  const provenAt = roster.askedAt
  if (entry?.until !== undefined && entry.until <= Math.min(now, provenAt))
    return { member: false, provenAt, reason: 'ran-out', endedAt: entry.until }
  if (entry) return { member: true, provenAt, ...(entry.until !== undefined && { until: entry.until }) }
  const ended = roster.ended[objectId]
  if (!ended) return { member: false, provenAt, reason: 'not-in-group' }
  return { member: false, provenAt, reason: ended.ranOut ? 'ran-out' : 'ended', endedAt: ended.at }
}

/** The roster that a text of the board holds; undefined where there is no text, or it is not a roster. */
export const readRoster = (text: string | undefined): Roster | undefined => {
  if (text === undefined) return undefined
  try {
    return rosterShape.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
