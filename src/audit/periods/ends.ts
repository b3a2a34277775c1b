import { instantFact, textFact } from './facts.ts'
import { nearMs, newStay, type Stay, untilOf } from './stays.ts'
import type { Sighting, ToldOfOne, TrailAct } from './told.ts'

/** Two things that are recorded within this time (ms) may be about the same end: rosters lag. */
const lateMs = 10 * 60_000

/** Whether what ended a stay was an act, rather than an observation. */
export const isAct = (found: TrailAct | Sighting): found is TrailAct => 'is' in found

/**
 * Gives each stay the end that was recorded of it. An end that belongs to none of them is that of one more stay, whose
 * beginning was not recorded, or not kept. Sorted by `since`.
 */
export function withEnds(stays: readonly Stay[], told: ToldOfOne): Stay[] {
  const all = [...stays]
  // What somebody did tells the instant, and so comes before what was seen afterwards.
  for (const act of told.acts) if (isEnd(act)) endByAct(all, act)
  for (const sighting of told.seenOut) endBySight(all, sighting)
  return all.toSorted((one, other) => one.since - other.since)
}

const isEnd = ({ kind, is, facts }: TrailAct) =>
  is === 'Completed' && (kind === 'ending' || (kind === 'removal' && facts.kind !== 'eligible'))

function endByAct(stays: Stay[], act: TrailAct): void {
  const stay = latest(stays, each => each.since <= act.at && (act.kind === 'removal' || each.how === 'turned on'))
  const until = stay && untilOf(stay)
  if (stay && stay.end === undefined && act.at <= (until ?? act.at) + nearMs)
    end(stay, act, Math.min(act.at, until ?? act.at))
  // Microsoft's answer to an ending may be that access is off already.
  else if (/^(revoked|provisioned)?$/i.test(act.facts.status ?? '')) addEnded(stays, act, act.at)
}

function endBySight(stays: Stay[], sighting: Sighting): void {
  const { at, record } = sighting
  const since = instantFact(record, 'since')
  const stay = latest(stays, each => (since === undefined ? each.since <= at : Math.abs(each.since - since) <= nearMs))
  if (!stay || (stay.end !== undefined && since === undefined))
    addEnded(stays, sighting, instantFact(record, 'until') ?? at)
  else if (stay.end !== undefined) note(stay, sighting)
  else end(stay, sighting, seenEndOf(stay, sighting, stays))
}

/**
 * When a stay ended that was seen to be over: when it was first missed, where the record says so. A roster lags: it was over
 * before the next stay began, and before its time was up.
 */
function seenEndOf(stay: Stay, { at: recordedAt, record }: Sighting, stays: readonly Stay[]): number {
  const until = untilOf(stay)
  const at = Math.max(stay.since, Math.min(recordedAt, instantFact(record, 'until') ?? recordedAt))
  const later = stays.filter(each => each.how === stay.how && each.since > stay.since + nearMs).map(each => each.since)
  const seen = Math.min(at, until ?? at, ...later)
  return textFact(record, 'how') === 'ran-out' ? (until ?? seen) : seen
}

const latest = (stays: readonly Stay[], isIt: (stay: Stay) => boolean): Stay | undefined =>
  stays
    .filter(isIt)
    .toSorted((one, other) => one.since - other.since)
    .at(-1)

function end(stay: Stay, by: TrailAct | Sighting, at: number): void {
  Object.assign(stay, { end: at, endedBy: by })
  note(stay, by)
}

function note(stay: Stay, by: TrailAct | Sighting): void {
  for (const seq of isAct(by) ? by.records : [by.seq]) stay.records.add(seq)
}

function addEnded(stays: Stay[], by: TrailAct | Sighting, at: number): void {
  const since = isAct(by) ? undefined : instantFact(by.record, 'since')
  const known = stays.find(stay => {
    const over = stay.end ?? untilOf(stay)
    return since === undefined && over !== undefined && Math.abs(over - at) <= lateMs
  })
  const stay = known ?? newStay({ how: 'turned on', since: since ?? at, isBeginKnown: since !== undefined })
  if (known) note(known, by)
  else {
    end(stay, by, at)
    stays.push(stay)
  }
}
