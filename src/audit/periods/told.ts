import type { AuditedPerson, AuditRecordRead } from '../trail.ts'
import { instantFact, personFact, textFact } from './facts.ts'

/** A record of which the number, the instant (epoch ms) and the person it is about are known. */
export type Told = { seq: number; at: number; record: AuditRecordRead; actor?: AuditedPerson; subject?: AuditedPerson }
type Step = 'Requested' | 'Completed' | 'Waiting' | 'Failed' | 'Unanswered'

/** All records of one act. `is`: the step that says most about it. */
export type TrailAct = {
  /** What all its records share. */
  id: string
  kind: string
  gate: string
  actor: AuditedPerson
  /** Whose access it is about. */
  about: string
  requestedAt: number | undefined
  is: Step
  /** When that step was recorded. */
  at: number
  facts: { request?: string; reason?: string; ticket?: string; status?: string; kind?: string; minutes?: number }
  until: number | undefined
  by: AuditedPerson | undefined
  records: number[]
}
/** An observation, or another record that stands alone. */
export type Sighting = Told & { about: string; gate: string }

/** What the records tell of one person at one gate. */
export type ToldOfOne = {
  gate: string
  objectId: string
  acts: TrailAct[]
  seenIn: Sighting[]
  seenOut: Sighting[]
  /** Records of kinds that say more about an act, or about a time. */
  more: Sighting[]
  wrote: number[]
}

const stepOfEvent = /^(.+)(Requested|Completed|Waiting|Failed|Unanswered)$/
/** A later result of the same act counts over an earlier one, and any result over none. */
const weight: Record<Step, number> = { Requested: 0, Unanswered: 1, Waiting: 2, Failed: 3, Completed: 3 }

/**
 * Sorts records by whom and which gate they are about. Expects them by their numbers. `checks`: the authentication contexts that
 * each person met, which are about no gate.
 */
export function toldOfEach(records: readonly AuditRecordRead[]): { each: ToldOfOne[]; checks: Map<string, Told[]> } {
  const checks = new Map<string, Told[]>()
  const groups = new Map<string, ToldOfOne>()
  const acts = new Map<string, TrailAct>()
  const at = (gate: string, objectId: string) => {
    const key = `${gate} ${objectId}`
    const none = { gate, objectId, acts: [], seenIn: [], seenOut: [], more: [], wrote: [] }
    const group = groups.get(key) ?? none
    groups.set(key, group)
    return group
  }
  for (const told of records.flatMap(toldBy)) {
    const { record } = told
    const gate = textFact(record, 'gate')
    const about = (told.subject ?? told.actor)?.objectId
    if (record.event === 'steppedUp' && about !== undefined) checks.set(about, (checks.get(about) ?? []).concat(told))
    else if (gate !== undefined && about !== undefined) take(told, gate, about)
  }
  return { each: [...groups.values()], checks }

  function take(told: Told, gate: string, about: string): void {
    const { record } = told
    const [, kind, step] = stepOfEvent.exec(record.event) ?? []
    if (kind !== undefined) {
      const known = addStep(acts, told, { kind, step: step as Step, gate, about })
      if (known.records.length === 1) at(gate, about).acts.push(known)
    } else addSighting(at(gate, about), { ...told, about, gate })
  }
}

function toldBy(record: AuditRecordRead): Told[] {
  const at = instantFact(record, 'at')
  const [actor, subject] = [personFact(record, 'actor'), personFact(record, 'subject')]
  if (at === undefined) return []
  return [{ seq: record.seq, at, record, ...(actor && { actor }), ...(subject && { subject }) }]
}

type Part = { kind: string; step: Step; gate: string; about: string }
function addStep(acts: Map<string, TrailAct>, { record, seq, at, actor }: Told, { kind, step, gate, about }: Part) {
  const id = textFact(record, 'act') ?? String(seq)
  const key = `${kind} ${id}`
  const known = acts.get(key)
  const facts = factsOfAct(record)
  const by = personFact(record, 'by')
  const until = instantFact(record, 'until')
  if (!known) {
    const requestedAt = step === 'Requested' ? at : undefined
    const begun = { id, kind, gate, about, actor: actor ?? { objectId: about }, requestedAt }
    const act: TrailAct = { ...begun, is: step, at, facts, by, until, records: [seq] }
    acts.set(key, act)
    return act
  }
  known.records.push(seq)
  known.facts = { ...known.facts, ...facts }
  known.by = by ?? known.by
  known.until = until ?? known.until
  if (weight[step] >= weight[known.is]) Object.assign(known, { is: step, at })
  return known
}

function factsOfAct(record: AuditRecordRead): TrailAct['facts'] {
  const texts = (['request', 'reason', 'ticket', 'status', 'kind'] as const).flatMap(name => {
    const text = textFact(record, name)
    return text === undefined ? [] : [[name, text]]
  })
  return { ...Object.fromEntries(texts), ...(typeof record.minutes === 'number' && { minutes: record.minutes }) }
}

function addSighting(group: ToldOfOne, sighting: Sighting): void {
  const { event } = sighting.record
  // A person's own token says neither when the period began nor how. It tells of no more than its time.
  if (textFact(sighting.record, 'source') === 'token') group.more.push(sighting)
  else if (event === 'seenIn') group.seenIn.push(sighting)
  else if (event === 'seenOut') group.seenOut.push(sighting)
  else if (event === 'wrote') group.wrote.push(sighting.at)
  else group.more.push(sighting)
}
