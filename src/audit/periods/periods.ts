import { withEnds } from './ends.ts'
import { personFact, textFact } from './facts.ts'
import { joinedStays } from './joined.ts'
import { type Call, createCalling } from './names.ts'
import type { Period, Permission, RefusedAtGate, TrailEntry, UngrantedRequest } from './period.ts'
import { staysIn } from './stays.ts'
import { periodOf } from './story.ts'
import { type ToldOfOne, toldOfEach } from './told.ts'
import { wishesIn } from './wishes.ts'

/** What records of the trail say of access: who was in and when, who asked in vain, who was let. */
export type FoldedTrail = {
  periods: Period[]
  wishes: UngrantedRequest[]
  permissions: Permission[]
  refusals: RefusedAtGate[]
}

/**
 * Folds records of the trail into periods, each of them once: whether it was turned on here or in Microsoft's portal, and
 * however many records tell of it. Records may be missing, and come in any order. `asOf` (epoch ms): nothing is known of what
 * came later. Periods are sorted by their beginning.
 */
export function foldPeriods(entries: readonly TrailEntry[], asOf: number): FoldedTrail {
  const call = createCalling(entries)
  const { each, checks } = toldOfEach(entries.map(({ record }) => record))
  const folded = each.map(told => foldOne({ told, checks: checks.get(told.objectId) ?? [], call, asOf }))
  const begin = ({ since, end }: Period) => since ?? end ?? 0
  return {
    periods: folded.flatMap(({ periods }) => periods).sort((one, other) => begin(one) - begin(other)),
    wishes: folded.flatMap(({ wishes }) => wishes).sort((one, other) => one.from - other.from),
    permissions: each.flatMap(told => permissionsIn(told, call)).sort((one, other) => one.at - other.at),
    refusals: refusalsIn(entries, call),
  }
}

function foldOne(around: Parameters<typeof periodOf>[1]) {
  const stays = withEnds(staysIn(around.told), around.told)
  const used = new Set(stays.flatMap(({ act, moved }) => [...(act ? [act] : []), ...moved]))
  const wishes = wishesIn(around, used)
  return { periods: joinedStays(stays).map(joined => periodOf(joined, around)), wishes }
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
  const seen = new Map(
    entries.filter(({ record }) => record.event === 'refused').map(({ record }) => [record.seq, record]),
  )
  return [...seen.values()].flatMap(record => {
    const at = Date.parse(record.at)
    const person = personFact(record, 'subject') ?? personFact(record, 'actor')
    const gate = textFact(record, 'gate')
    if (gate === undefined || Number.isNaN(at)) return []
    const code = textFact(record, 'rule') ?? textFact(record, 'code') ?? ''
    return [{ gate, person: person && call(person, [record.seq]), at, code, record: record.seq }]
  })
}
