import type { KeptRecord } from '../session/ledger/reading.ts'

/** A message about one record: its id, which is the same each time it is sent, and its body. */
export type Message = { id: string; body: string }

/**
 * The message about a record of the trail. `data` is the record as people read it, with names and reasons where they were
 * not erased. `record` is exactly what the trail holds and hashes.
 */
export const messageOf = ({ seq, bytes, record }: KeptRecord, trail: string): Message => ({
  id: `${trail}-${seq}`,
  body: JSON.stringify({ type: `audit.${record.event}`, timestamp: record.at, data: record, record: bytes }),
})
