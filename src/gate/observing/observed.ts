import { z } from 'zod'
import type { GroupListing } from '../../entra/graph/group-listing.ts'
import { countingIn, type Roster } from '../news/roster.ts'

const epochMs = z.int().nonnegative()
const assignmentShape = z.object({
  since: epochMs,
  until: epochMs.optional(),
  source: z.enum(['turned-on', 'assigned', 'outside-pim']),
  scheduleId: z.string().optional(),
})
/** An assignment as PIM lists it. Instants in epoch ms. */
export type SeenAssignment = z.infer<typeof assignmentShape>

/** Who is in a group: by object id the assignments of PIM that say so, none where PIM knows of none. */
export type Sightings = ReadonlyMap<string, readonly SeenAssignment[]>

const inGroupShape = assignmentShape.extend({
  /** Since when, and since which look, the lists do not show this any more. */
  missing: z.object({ at: epochMs, seenAt: epochMs }).optional(),
  /** The directory alone has shown this, for too short a time to count. */
  isUnsure: z.literal(true).optional(),
  /** The first look at the gate showed this. */
  isFirst: z.literal(true).optional(),
})
/** A person in the group, as observed up to now. */
export type InGroup = z.infer<typeof inGroupShape>

const cameInShape = assignmentShape.extend({
  kind: z.literal('in'),
  objectId: z.string(),
  first: z.literal(true).optional(),
  continues: z.literal(true).optional(),
})
/** Somebody is in the group, or goes on being in it until another end. Instants in epoch ms. */
export type CameIn = z.infer<typeof cameInShape>
const wentOutShape = z.object({
  kind: z.literal('out'),
  objectId: z.string(),
  since: epochMs,
  until: epochMs,
  ranOut: z.boolean(),
})
/** Somebody is out since `until`. `ranOut`: the time of the period was up. Instants in epoch ms. */
export type WentOut = z.infer<typeof wentOutShape>
export type RosterChange = CameIn | WentOut

const peopleShape = z.record(z.string(), inGroupShape)
/** Who is in the group, by object id. */
export type PeopleInGroup = z.infer<typeof peopleShape>

const observedShape = z.object({
  askedAt: epochMs,
  people: peopleShape,
  /** Changes that are to be recorded, by whom, and until when nobody else does. */
  owed: z
    .object({
      by: z.string(),
      until: epochMs,
      tries: z.int().nonnegative(),
      changes: z.array(z.discriminatedUnion('kind', [cameInShape, wentOutShape])),
    })
    .optional(),
})
/** What the replicas have observed of a gate's group, and what of it they still owe the trail. Instants in epoch ms. */
export type Observed = z.infer<typeof observedShape>

/** Undefined where there is no text, or another release wrote another shape. */
export const readObserved = (text: string | undefined): Observed | undefined => {
  if (text === undefined) return undefined
  try {
    return observedShape.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** Who is in the group by a roster, with the assignments in the listing that it was made of. `now` in epoch ms. */
export function sightingsIn(roster: Roster, listing: GroupListing, now: number): Sightings {
  const assignments = Map.groupBy(countingIn(listing, now), ({ principalId }) => principalId)
  return new Map(
    Object.keys(roster.members).map(id => [
      id,
      (assignments.get(id) ?? []).map(({ startsAt, until, isTurnedOn, scheduleId }) => ({
        since: startsAt,
        ...(until !== undefined && { until }),
        source: isTurnedOn ? ('turned-on' as const) : ('assigned' as const),
        ...(scheduleId && { scheduleId }),
      })),
    ]),
  )
}
