import { type AccessException, exceptionsIn } from './exceptions.ts'
import type { CalledPerson, Period, RefusedAtGate, UngrantedRequest } from './period.ts'
import type { FoldedTrail } from './periods.ts'

/** What happened at one gate. Lengths in ms, and only what is within the span. */
export type GateTotals = {
  gate: string
  people: number
  periods: number
  turnedOn: number
  assigned: number
  role: number
  pastPim: number
  inMs: number
  /** Requests that were denied, refused by a policy, or came to nothing otherwise. */
  denied: number
  refused: number
  otherwise: number
  refusedAtGate: number
  wrote: number
}
/** One person at one gate. `mayTurnOn`: as far as the trail knows: they were given that here, or turned it on. */
export type InPopulation = { gate: string; person: CalledPerson; mayTurnOn: boolean; periods: number; inMs: number }

/** Who was in during a span of time, and what an auditor asks about first. Instants in epoch ms. */
export type AccessReport = {
  from: number
  to: number
  /** Nothing later is known. */
  asOf: number
  totals: GateTotals[]
  population: InPopulation[]
  exceptions: AccessException[]
  periods: Period[]
  ungranted: UngrantedRequest[]
}

type Wanted = { from: number; to: number; asOf: number; longerThanMs: number }

/** Whether a period reaches into a span; one whose beginning is not known does where it ended there. */
export const isWithin = ({ since, end }: Period, { from, to }: { from: number; to: number }): boolean =>
  (since ?? end ?? 0) < to && (end ?? Number.POSITIVE_INFINITY) > from

/** Reports on a span of time. */
export function reportOn(folded: FoldedTrail, { from, to, asOf, longerThanMs }: Wanted): AccessReport {
  const span = { from, to }
  const periods = folded.periods.filter(period => isWithin(period, span))
  const isInSpan = (at: number) => at >= from && at < to
  const ungranted = folded.ungranted.filter(request => request.from < to && (request.to ?? asOf) >= from)
  const refusals = folded.refusals.filter(({ at }) => isInSpan(at))
  const within = { ...span, asOf }
  return {
    ...within,
    periods,
    ungranted,
    totals: totalsOf({ periods, ungranted, refusals }, within),
    population: populationOf(folded, periods, within),
    exceptions: exceptionsIn(
      { periods, ungranted, refusals, permissions: folded.permissions },
      { ...within, longerThanMs },
    ),
  }
}

type Span = { from: number; to: number; asOf: number }
const inMsOf = ({ since, end }: Period, { from, to, asOf }: Span): number =>
  since === undefined ? 0 : Math.max(0, Math.min(end ?? asOf, to) - Math.max(since, from))

type Found = { periods: readonly Period[]; ungranted: readonly UngrantedRequest[]; refusals: readonly RefusedAtGate[] }
function totalsOf({ periods, ungranted, refusals }: Found, span: Span): GateTotals[] {
  const gates = [...new Set([...periods, ...ungranted, ...refusals].map(({ gate }) => gate))].sort()
  return gates.map(gate => {
    const own = periods.filter(each => each.gate === gate)
    const asked = ungranted.filter(each => each.gate === gate)
    const many = (how: Period['how']) => own.filter(each => each.how === how).length
    const came = (state: UngrantedRequest['state']) => asked.filter(each => each.state === state).length
    const [denied, refused] = [came('denied'), came('refused')]
    return {
      gate,
      people: new Set(own.map(({ person }) => person.objectId)).size,
      periods: own.length,
      turnedOn: many('turned on'),
      assigned: many('assigned'),
      role: many('role'),
      pastPim: many('not through PIM'),
      inMs: sum(own.map(each => inMsOf(each, span))),
      ...{ denied, refused, otherwise: asked.length - denied - refused },
      refusedAtGate: refusals.filter(each => each.gate === gate).length,
      wrote: sum(own.map(({ wrote }) => wrote)),
    }
  })
}

function populationOf({ permissions }: FoldedTrail, periods: readonly Period[], span: Span): InPopulation[] {
  const all = new Map<string, InPopulation>()
  const at = (gate: string, person: CalledPerson) => {
    const key = `${gate} ${person.objectId}`
    const found = all.get(key) ?? { gate, person, mayTurnOn: false, periods: 0, inMs: 0 }
    all.set(key, found)
    return found
  }
  for (const { gate, person, is, until, at: given } of permissions) {
    // What was taken away before, or had run out by then, gave nobody a way in.
    if (given >= span.to) continue
    const isGone = is === 'taken away' ? given < span.from : (until ?? span.to) <= span.from
    if (isGone) all.delete(`${gate} ${person.objectId}`)
    else at(gate, person).mayTurnOn = true
  }
  for (const period of periods) {
    const found = at(period.gate, period.person)
    found.periods += 1
    found.inMs += inMsOf(period, span)
    if (period.how === 'turned on') found.mayTurnOn = true
  }
  return [...all.values()].sort(
    (one, other) => one.gate.localeCompare(other.gate) || one.person.called.localeCompare(other.person.called),
  )
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0)
