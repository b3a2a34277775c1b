import { isAct } from './ends.ts'
import { firstOf, personFact, textFact } from './facts.ts'
import { hasRunOut, type JoinedStays } from './joined.ts'
import type { Call } from './names.ts'
import type { EndOfPeriod, Period } from './period.ts'
import { nearMs, type Stay } from './stays.ts'
import type { Told, ToldOfOne } from './told.ts'

/** What is around the stays: everything about this person at this gate, their checks, their names, and until when anything is known. */
export type Around = { told: ToldOfOne; checks: readonly Told[]; call: Call; asOf: number }

/** A check that was met is kept for a request for ten minutes. */
const beforeMs = 10 * 60_000

/** Tells the story of a period. */
export function periodOf(joined: JoinedStays, around: Around): Period {
  const { stays, until, extensions } = joined
  const [first] = stays as [Stay]
  const { told, asOf, call } = around
  const since = first.isBeginKnown ? first.since : undefined
  const ran = joined.end === undefined && until !== undefined && until <= asOf
  const end = joined.end ?? (ran ? until : undefined)
  const act = firstOf(stays.map(each => each.act))
  const sightings = stays.flatMap(each => each.sightings)
  const fact = (name: 'reason' | 'ticket' | 'request') =>
    act?.facts[name] ?? firstOf(sightings.map(({ record }) => textFact(record, name)))
  const approval = told.acts.find(
    ({ kind, is, facts }) =>
      kind === 'approval' && is === 'Completed' && facts.request !== undefined && facts.request === fact('request'),
  )
  const check = checkFor(first, around)
  const records = new Set([
    ...stays.flatMap(each => [...each.records]),
    ...(approval?.records ?? []),
    ...(check ? [check.seq] : []),
    ...moreOf(told, { since: first.since, end: end ?? asOf }),
  ])
  const by = firstOf(sightings.map(({ record }) => personFact(record, 'by')))
  const isTurnedOn = first.how === 'turned on'
  const approver = approval?.actor ?? (isTurnedOn ? (act?.by ?? by) : undefined)
  const giver = isTurnedOn ? undefined : (act?.actor ?? by)
  const decidedAt = approval?.at ?? (first.sightings.length > 0 ? first.since : act?.at)
  return {
    ...{ gate: told.gate, how: first.how, since, until, end, extensions },
    person: call(told, records),
    ended: end === undefined ? undefined : endOf(stays),
    reason: fact('reason'),
    ticket: fact('ticket'),
    request: fact('request'),
    requestedAt: act?.requestedAt,
    approvedBy: approver && call(approver, records),
    approvedAfterMs:
      approver && act?.requestedAt !== undefined && decidedAt !== undefined
        ? Math.max(0, decidedAt - act.requestedAt)
        : undefined,
    givenBy: giver && call(giver, records),
    check: check && textFact(check.record, 'context'),
    wrote: told.wrote.filter(at => at >= first.since && at <= (end ?? asOf)).length,
    records: [...records].sort((one, other) => one - other),
  }
}

function endOf(stays: readonly Stay[]): EndOfPeriod {
  const last = stays.at(-1) as Stay
  const { endedBy: by } = last.endedBy ? last : (stays.findLast(({ endedBy }) => endedBy) ?? last)
  if (hasRunOut(last)) return { how: 'ran out' }
  if (!by) return { how: 'unknown' }
  if (isAct(by))
    return by.kind === 'ending'
      ? { how: 'by the person', by: by.actor }
      : { how: 'by an administrator', by: by.actor, comment: by.facts.reason }
  const seen = textFact(by.record, 'how')
  if (seen === 'ended') return { how: 'by the person' }
  if (seen !== 'removed') return { how: 'unknown' }
  return { how: 'by an administrator', by: personFact(by.record, 'by'), comment: textFact(by.record, 'reason') }
}

/** The newest check that the person met for turning this on. */
function checkFor({ how, since, act }: Stay, { checks }: Around): Told | undefined {
  if (how !== 'turned on') return undefined
  const from = (act?.requestedAt ?? since) - beforeMs
  return checks.findLast(({ at }) => at >= from && at <= since + nearMs)
}

/** Records that say more of this time: that Microsoft shows it, and that it was used first. */
const moreOf = ({ more }: ToldOfOne, { since, end }: { since: number; end: number }): number[] =>
  more
    .filter(
      ({ record, at }) => /^(effective|usedFirst)$/.test(record.event) && at >= since - nearMs && at <= end + nearMs,
    )
    .map(({ seq }) => seq)
