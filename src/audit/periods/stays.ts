import { firstOf, instantFact, textFact } from './facts.ts'
import type { How } from './period.ts'
import type { Sighting, ToldOfOne, TrailAct } from './told.ts'

/** Instants of Microsoft and of Redis that are this near (ms) may be the same instant: PIM lets nobody in twice within five minutes. */
export const nearMs = 120_000

/** A stay at a gate, with all that tells of its beginning. */
export type Stay = {
  how: How
  since: number
  /** False where the first thing that is known of the stay is its end. */
  isBeginKnown: boolean
  sightings: Sighting[]
  /** The act by which it began: turning on, or being given it. */
  act: TrailAct | undefined
  /** Acts that moved its end. */
  moved: TrailAct[]
  end?: number
  endedBy?: TrailAct | Sighting
  records: Set<number>
}

const howOfSource: Readonly<Record<string, How>> = {
  'turned-on': 'turned on',
  assigned: 'assigned',
  role: 'role',
  'outside-pim': 'not through PIM',
}
const isNear = (one: number, other: number) => Math.abs(one - other) <= nearMs

/** The stays of a person at a gate, by what was seen and by what was done here. Each membership is one of them, whoever tells of it. */
export function staysIn(told: ToldOfOne): Stay[] {
  const stays: Stay[] = []
  for (const sighting of told.seenIn) {
    const how = howOfSource[textFact(sighting.record, 'source') ?? ''] ?? 'not through PIM'
    const since = instantFact(sighting.record, 'since') ?? sighting.at
    const known = stays.find(stay => stay.how === how && isNear(stay.since, since))
    if (known) known.sightings.push(sighting)
    else stays.push(newStay({ how, since, sightings: [sighting] }))
  }
  for (const act of told.acts) if (howOfAct(act)) addBeginning(stays, act, approvedAt(told, act))
  stays.sort((one, other) => one.since - other.since)
  for (const act of told.acts) addMove(stays, act)
  for (const stay of stays) for (const { seq } of stay.sightings) stay.records.add(seq)
  return stays
}

/** A stay of which no more is known than this. */
export const newStay = (known: Partial<Stay> & Pick<Stay, 'how' | 'since'>): Stay => ({
  ...{ isBeginKnown: true, sightings: [], act: undefined, moved: [], records: new Set() },
  ...known,
})

const howOfAct = ({ kind, facts }: TrailAct): How | undefined => {
  if (kind === 'activation') return 'turned on'
  return kind === 'assignment' && facts.kind === 'active' ? 'assigned' : undefined
}

const approvedAt = ({ acts }: ToldOfOne, { facts: { request } }: TrailAct): number | undefined =>
  acts.find(
    ({ kind, is, facts }) =>
      kind === 'approval' && is === 'Completed' && request !== undefined && facts.request === request,
  )?.at

/** An act that was granted is a stay. One whose result nobody recorded is one where the stay was seen. */
function addBeginning(stays: Stay[], act: TrailAct, approved: number | undefined): void {
  const how = howOfAct(act) as How
  const seen = stays.find(stay => stay.how === how && !stay.act && isOfAct(stay, act))
  const isGranted = act.is === 'Completed'
  if (!seen && !isGranted) return
  const stay = seen ?? newStay({ how, since: Math.min(approved ?? act.at, act.at) })
  if (!seen) stays.push(stay)
  stay.act = act
  for (const seq of act.records) stay.records.add(seq)
}

function isOfAct({ sightings, since }: Stay, { facts: { request }, is, at, requestedAt = at }: TrailAct): boolean {
  if (is === 'Failed') return false
  const seen = firstOf(sightings.map(({ record }) => textFact(record, 'request')))
  if (seen !== undefined && request !== undefined) return seen === request
  const last = is === 'Requested' || is === 'Unanswered' ? requestedAt : at
  return since >= requestedAt - nearMs && since <= last + nearMs
}

/** More time, or another end by an administrator, moves the end of the stay that runs then. */
function addMove(stays: readonly Stay[], act: TrailAct): void {
  const moves = { extension: 'turned on', assignmentChange: 'assigned' }[act.kind]
  if (moves === undefined || act.is !== 'Completed' || act.facts.kind === 'eligible') return
  const stay = stays.findLast(each => each.how === moves && each.since <= act.at + nearMs)
  if (!stay || (untilOf(stay) ?? act.at) < act.at - nearMs) return
  stay.moved.push(act)
  for (const seq of act.records) stay.records.add(seq)
}

/** When a stay is meant to end, by what was last said of it. `isAlone`: but for the time that other activations added. */
export function untilOf({ since, act, moved, sightings }: Stay, { isAlone = false } = {}): number | undefined {
  const said = [
    ...(act ? [{ seq: act.records[0] ?? 0, to: () => endOfAct(act, since) }] : []),
    ...moved
      .filter(({ kind }) => !isAlone || kind !== 'extension')
      .map(each => ({ seq: each.records.at(-1) ?? 0, to: (until: number | undefined) => movedEnd(each, until) })),
    ...sightings.map(({ seq, record }) => ({
      seq,
      to: (until: number | undefined) =>
        instantFact(record, 'until') ?? (textFact(record, 'source') === 'turned-on' ? until : undefined),
    })),
  ]
  return said
    .toSorted((one, other) => one.seq - other.seq)
    .reduce<number | undefined>((until, { to }) => to(until), undefined)
}

const minuteMs = 60_000
const endOfAct = ({ facts: { minutes }, until }: TrailAct, since: number) =>
  until ?? (minutes === undefined ? undefined : since + minutes * minuteMs)
const movedEnd = ({ kind, facts: { minutes = 0 }, until }: TrailAct, was: number | undefined) =>
  kind === 'extension' ? (was !== undefined && was + minutes * minuteMs) || was : until
