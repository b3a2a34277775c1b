import { withEnds } from './ends.ts'
import { personFact, textFact } from './facts.ts'
import { joinedStays } from './joined.ts'
import { type Call, createCalling } from './names.ts'
import type { Period, Permission, RefusedAtGate, TrailEntry, UngrantedRequest } from './period.ts'
import { staysIn } from './stays.ts'
import { periodOf } from './story.ts'
import { type ToldOfOne, toldOfEach } from './told.ts'
import { ungrantedIn } from './ungranted.ts'

/** What records of the trail say of access: who was in and when, who asked in vain, who was let. */
export type FoldedTrail = {
  periods: Period[]
  ungranted: UngrantedRequest[]
  permissions: Permission[]
  refusals: RefusedAtGate[]
}

/**
 * Folds records of the trail into periods, each of them once: whether it was turned on here or in Microsoft's portal, and
 * however many records tell of it. Records may be missing, and come in any order. `asOf` (epoch ms): nothing is known of what
 * came later. Periods are sorted by their beginning.
 */
export function foldPeriods(given: readonly TrailEntry[], asOf: number): FoldedTrail {
  const entries = inTheirOrder(given)
  const call = createCalling(entries)
  const { each, checks } = toldOfEach(entries.map(({ record }) => record))
  const folded = each.map(told => foldOne({ told, checks: checks.get(told.objectId) ?? [], call, asOf }))
  const begin = ({ since, end }: Period) => since ?? end ?? 0
  return {
    periods: folded.flatMap(({ periods }) => periods).sort((one, other) => begin(one) - begin(other)),
    ungranted: folded.flatMap(({ ungranted }) => ungranted).sort((one, other) => one.from - other.from),
    permissions: each.flatMap(told => permissionsIn(told, call)).sort((one, other) => one.at - other.at),
    refusals: refusalsIn(entries, call),
  }
}

/** By their numbers, and each once. */
const inTheirOrder = (entries: readonly TrailEntry[]): TrailEntry[] =>
  [...new Map(entries.map(entry => [entry.record.seq, entry])).values()].sort(
    (one, other) => one.record.seq - other.record.seq,
  )

function foldOne(around: Parameters<typeof periodOf>[1]) {
  const stays = withEnds(staysIn(around.told), around.told)
  const used = new Set(stays.flatMap(({ act, moved }) => [...(act ? [act] : []), ...moved]))
  const ungranted = ungrantedIn(around, used)
  return { periods: joinedStays(stays).map(joined => periodOf(joined, around)), ungranted }
}

const isOfPermission = { assignment: 'given', assignmentChange: 'changed', removal: 'taken away' } as const

function permissionsIn({ acts, gate, objectId }: ToldOfOne, call: Call): Permission[] {
  return acts.flatMap(({ kind, is, facts, at, until, actor, records }) => {
    if (!Object.hasOwn(isOfPermission, kind) || is !== 'Completed' || facts.kind !== 'eligible') return []
    const change = isOfPermission[kind as keyof typeof isOfPermission]
    const people = { person: call({ objectId }, records), by: call(actor, records) }
    return [{ gate, ...people, at, is: change, until, records }]
  })
}

function refusalsIn(entries: readonly TrailEntry[], call: Call): RefusedAtGate[] {
  return entries.flatMap(({ record }) => {
    if (record.event !== 'refused') return []
    const at = Date.parse(record.at)
    const person = personFact(record, 'subject') ?? personFact(record, 'actor')
    const gate = textFact(record, 'gate')
    if (gate === undefined || Number.isNaN(at)) return []
    const code = textFact(record, 'rule') ?? textFact(record, 'code') ?? ''
    return [{ gate, person: person && call(person, [record.seq]), at, code, record: record.seq }]
  })
}
