import { clockToleranceMs } from '../../clock.ts'
import { lagMs } from '../../session/record/plan.ts'
import { longestGapMs } from '../plan/phase.ts'
import type { CameIn, InGroup, PeopleInGroup, RosterChange, SeenAssignment, Sightings, WentOut } from './observed.ts'

type Look = { askedAt: number; isFirst: boolean }
type Step = { entry?: InGroup | undefined; changes: RosterChange[] }

/**
 * What has changed since the last look, in the order in which it began, and what is known now. Microsoft's lists lag, and
 * show nobody for seconds where one period follows another. So somebody is out, or in past PIM, only after the lists said
 * so for two minutes; and the record says when that began.
 */
export function changesSince(
  known: PeopleInGroup,
  sightings: Sightings,
  look: Look,
): { people: PeopleInGroup; changes: RosterChange[] } {
  const people: Record<string, InGroup> = {}
  const changes: RosterChange[] = []
  for (const objectId of new Set([...Object.keys(known), ...sightings.keys()])) {
    const before = Object.hasOwn(known, objectId) ? known[objectId] : undefined
    const step = stepOf(objectId, { before, seen: sightings.get(objectId), look })
    if (step.entry) people[objectId] = step.entry
    changes.push(...step.changes)
  }
  return { people, changes: changes.toSorted((one, other) => beganAt(one) - beganAt(other)) }
}

const beganAt = (change: RosterChange) => (change.kind === 'in' ? change.since : change.until)

type Asked = { before: InGroup | undefined; seen: readonly SeenAssignment[] | undefined; look: Look }

function stepOf(objectId: string, { before, seen, look }: Asked): Step {
  if (!seen) return before && !before.isUnsure ? missed(objectId, before, look.askedAt) : { changes: [] }
  return seen.length === 0 ? pastPim(objectId, before, look) : throughPim(objectId, seen, { before, look })
}

/** Somebody whom the lists do not show, or no longer through PIM. */
function missed(objectId: string, before: InGroup, askedAt: number): Step {
  const { since, until, missing = missingSince(until, askedAt) } = before
  if (askedAt - missing.seenAt < lagMs) return { entry: { ...before, missing }, changes: [] }
  return { changes: [{ kind: 'out', objectId, since, until: missing.at, ranOut: missing.at === until }] }
}

/** Our clock may be behind Microsoft's: a period that is gone shortly before its end has run out. */
const missingSince = (until: number | undefined, askedAt: number) => ({
  at: until !== undefined && until <= askedAt + clockToleranceMs ? until : askedAt,
  seenAt: askedAt,
})

/** In the directory's list of members, while PIM knows of no assignment. */
function pastPim(objectId: string, before: InGroup | undefined, { askedAt, isFirst }: Look): Step {
  const source = 'outside-pim' as const
  if (!before) return { entry: { since: askedAt, source, isUnsure: true, ...(isFirst && { isFirst }) }, changes: [] }
  if (before.source !== source) {
    const { entry, changes } = missed(objectId, before, askedAt)
    const [out] = changes
    return out?.kind === 'out' ? { entry: { since: out.until, source, isUnsure: true }, changes } : { entry, changes }
  }
  const { since, isUnsure, isFirst: wasFirst } = before
  if (!isUnsure) return { entry: { since, source }, changes: [] }
  if (askedAt - since < lagMs) return { entry: before, changes: [] }
  return {
    entry: { since, source },
    changes: [{ kind: 'in', objectId, since, source, ...(wasFirst && { first: true }) }],
  }
}

type ThroughPim = { before: InGroup | undefined; look: Look }

function throughPim(objectId: string, seen: readonly SeenAssignment[], { before, look }: ThroughPim): Step {
  const cameIn = (assignment: SeenAssignment, more: Partial<CameIn> = {}): CameIn => ({
    kind: 'in',
    objectId,
    ...assignment,
    ...more,
  })
  const next = seen.toSorted((one, other) => (other.until ?? Infinity) - (one.until ?? Infinity))[0] as SeenAssignment
  const entry = { ...next }
  if (!before || before.isUnsure)
    return { entry, changes: [cameIn(next, look.isFirst || before?.isFirst ? { first: true } : {})] }
  const same = seen.find(({ since, source }) => since === before.since && source === before.source)
  if (same) return { entry: { ...same }, changes: same.until === before.until ? [] : [cameIn(same)] }
  const end = endOf(before, next, look.askedAt)
  if (before.source !== 'outside-pim' && next.since <= end + longestGapMs && isUp(before, look.askedAt))
    return { entry, changes: [cameIn(next, { continues: true })] }
  const out: WentOut = { kind: 'out', objectId, since: before.since, until: end, ranOut: end === before.until }
  return { entry, changes: [out, cameIn(next)] }
}

const isUp = ({ until = Infinity }: InGroup, askedAt: number) => until <= askedAt + clockToleranceMs

/** When a period ended that another one has taken the place of: at its end, or else before the other began. */
const endOf = (before: InGroup, next: SeenAssignment, askedAt: number): number => {
  if (isUp(before, askedAt)) return before.until as number
  return Math.max(before.since, Math.min(before.missing?.at ?? next.since, next.since))
}
