import type { AuditRecord } from '../../audit/trail.ts'
import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { appendOne } from './append-script.ts'
import { personalText, splitRecord } from './personal.ts'
import type { TrailKeys } from './trail-keys.ts'

/** What this replica knows of the length of the trail, whatever Redis says by now. */
export type KnownLength = {
  /** The lowest number that is free for a new record. */
  size(): number
  /** Hears of the bytes that were written, one record each, in order. */
  written(records: readonly string[]): void
}

/**
 * Appends records to the trail, each in one call of Redis, which gives it its number and its time. Throws
 * Problem('redis-away') when Redis does not confirm: the record may be there all the same.
 */
export function createAppending({ redis, keys, known }: { redis: Redis; keys: TrailKeys; known: KnownLength }) {
  const places = [keys.records, keys.personal, keys.head]

  async function write(rest: string, personal: string, mark?: string): Promise<void> {
    const all = mark === undefined ? places : [...places, keys.carried]
    const args = [String(known.size()), rest, personal, ...(mark === undefined ? [] : [mark])]
    known.written((await ask(redis.eval(appendOne, all.length, ...all, ...args))) as string[])
  }
  function writeRecord(record: AuditRecord, mark?: string): Promise<void> {
    const { lasting, kept } = splitRecord(record)
    return write(JSON.stringify(lasting).slice(1), personalText(kept), mark)
  }

  return {
    append: (record: AuditRecord): Promise<void> => writeRecord(record),
    /** Appends a record that has a mark of its own, unless one with this mark or a later one was appended before. */
    carry: (record: AuditRecord, mark: string): Promise<void> => writeRecord(record, mark),
    /** Writes nothing but the record of a gap, where the stream ends below the number that is known. */
    close: (): Promise<void> => write('', ''),
  }
}
export type Appending = ReturnType<typeof createAppending>
