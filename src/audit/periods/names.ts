import type { AuditedPerson } from '../trail.ts'
import { personFact } from './facts.ts'
import type { CalledPerson, TrailEntry } from './period.ts'

type Name = { seq: number; name: string; username: string | undefined }

/** Says what a person was called, by the records that are about the same thing, else by the nearest ones before or after. */
export type Call = (person: Pick<AuditedPerson, 'objectId'>, records: Iterable<number>) => CalledPerson

/**
 * Learns from records what people were called. Somebody whose names were erased is called that, with the beginning of their object
 * id; so is who was erased in these records, and came back later.
 */
export function createCalling(entries: readonly TrailEntry[]): Call {
  const names = new Map<string, Name[]>()
  const erased = new Map<string, Set<number>>()
  for (const { record, personal } of entries)
    for (const field of ['actor', 'subject', 'by'] as const) {
      const person = personFact(record, field)
      if (!person) continue
      const { objectId, name, username } = person
      const called = name ?? username
      if (called !== undefined) listAt(names, objectId).push({ seq: record.seq, name: called, username })
      else if (typeof record.personal === 'string' && personal === null)
        erased.set(objectId, (erased.get(objectId) ?? new Set()).add(record.seq))
    }

  return ({ objectId }, records) => {
    const all = names.get(objectId) ?? []
    const gone = erased.get(objectId) ?? new Set()
    const about = new Set(records)
    const own = all.find(({ seq }) => about.has(seq))
    const isErased = !own && (all.length === 0 ? gone.size > 0 : [...about].some(seq => gone.has(seq)))
    const first = Math.min(...about)
    const found = own ?? (isErased ? undefined : (all.findLast(({ seq }) => seq <= first) ?? all[0]))
    if (found) return { objectId, called: found.name, ...(found.username && { username: found.username }) }
    return { objectId, called: `${isErased ? 'erased person' : 'person'} ${objectId.slice(0, 4)}…` }
  }
}

function listAt(names: Map<string, Name[]>, objectId: string): Name[] {
  const known = names.get(objectId) ?? []
  if (known.length === 0) names.set(objectId, known)
  return known
}
