import type { Append } from '../../audit/trail.ts'
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
 *
 * `close` writes nothing but the record of a gap, where the stream ends below the number that is known.
 */
export function createAppending({ redis, keys, known }: { redis: Redis; keys: TrailKeys; known: KnownLength }): {
  append: Append
  close(): Promise<void>
} {
  async function write(rest: string, personal: string): Promise<void> {
    const { records, personal: beside, head } = keys
    const answer = await ask(redis.eval(appendOne, 3, records, beside, head, String(known.size()), rest, personal))
    known.written(answer as string[])
  }
  return {
    append(record) {
      const { lasting, kept } = splitRecord(record)
      return write(JSON.stringify(lasting).slice(1), personalText(kept))
    },
    close: () => write('', ''),
  }
}
