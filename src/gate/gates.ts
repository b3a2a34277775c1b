import { atGate } from '../session/record/at-gate.ts'
import { isMember } from '../session/record/membership.ts'
import type { SessionRecord } from '../session/record/record.ts'
import type { OneGate } from './one-gate.ts'
import type { Known, Standing } from './standing.ts'

/** Where a session's person stands at a gate, as far as is known without asking anyone. */
export function knownStanding({ name, known }: { name: string; known: Known }, session: SessionRecord): Standing {
  const record = atGate(session, name)
  return { record, membership: known(record) }
}

/** The gates of this Gatehouse, in the order of the settings. `members` comes first. */
export function createGates<T extends { name: string; known: Known }>(all: readonly T[]) {
  const byName = new Map(all.map(gate => [gate.name, gate]))

  /** The gate of a name that the settings are known to describe. Throws an Error for any other: a bug. */
  function named(name: string): T {
    const found = byName.get(name)
    if (!found) throw new Error(`no setting describes a gate ${name}`)
    return found
  }

  return {
    all,
    named,
    /** The gate of this name; undefined where no setting describes one. */
    find: (name: string): T | undefined => byName.get(name),

    /** Whether a session's person is a member at the gate of this name, as far as is known without asking anyone. */
    isIn: (record: SessionRecord, name: string): boolean => isMember(knownStanding(named(name), record).membership),
  }
}
/** The gates, as the parts above know them. */
export type Gates = ReturnType<typeof createGates<OneGate>>
