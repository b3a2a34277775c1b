import type { GateFacts, SessionRecord } from './record.ts'

/** A session as one gate sees it: the person's own part, and the facts of this gate alone. */
export type GateRecord = Omit<SessionRecord, 'gates'> & GateFacts

const nothing: GateFacts = { membership: 'unknown' }

/** The facts that a session knows of the gate of this name. */
export const factsAt = ({ gates }: Pick<SessionRecord, 'gates'>, gate: string): GateFacts =>
  (Object.hasOwn(gates, gate) && gates[gate]) || nothing

/** The session as the gate of this name sees it. */
export function atGate(record: SessionRecord, gate: string): GateRecord {
  const { gates: _, ...person } = record
  return { ...person, ...factsAt(record, gate) }
}

/** The session with all that `seen`, its view at one gate, knows now. The facts of the other gates stay as they are. */
export function withGate(record: SessionRecord, gate: string, seen: GateRecord): SessionRecord {
  const { membership, plan, ...person } = seen
  return { ...person, gates: { ...record.gates, [gate]: { membership, ...(plan && { plan }) } } }
}

/** The session with its view at each of these gates changed by `edit`. */
export const atEachGate = (
  record: SessionRecord,
  gates: readonly string[],
  edit: (seen: GateRecord, gate: string) => GateRecord,
): SessionRecord => gates.reduce((before, gate) => withGate(before, gate, edit(atGate(before, gate), gate)), record)
