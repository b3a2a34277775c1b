import { unreadableRecord } from '../../audit/about-itself.ts'
import type { AuditRecordRead } from '../../audit/trail.ts'
import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { personalIn, wholeRecord } from './personal.ts'
import type { TrailKeys } from './trail-keys.ts'

/**
 * A record of the trail. `bytes` are exactly what is stored and hashed. `record` is what they say, with the personal part
 * put back where it is still there. `personal` and `salt` are that part as it is kept, null where there is none or it was erased.
 */
export type KeptRecord = {
  seq: number
  bytes: string
  record: AuditRecordRead
  personal: string | null
  salt: string | null
}

/** From the number `from` on, and below the number `to`; all there is where they are left out. */
export type SeqBounds = { from?: number; to?: number }

/** Reads the trail. Numbers may be missing: records that were dropped, or lost. Throws Problem('redis-away'). */
export function createTrailReading({ redis, keys }: { redis: Redis; keys: TrailKeys }) {
  /** The bytes by their number, without the personal parts. */
  async function entries(
    { from = 0, to = Number.POSITIVE_INFINITY }: SeqBounds,
    { newestFirst = false, count }: { newestFirst?: boolean; count: number },
  ): Promise<{ seq: number; bytes: string }[]> {
    if (to <= from || count < 1) return []
    const [low, high] = [String(Math.max(0, from) + 1), to === Number.POSITIVE_INFINITY ? '+' : String(to)]
    const found = newestFirst
      ? redis.xrevrange(keys.records, high, low, 'COUNT', count)
      : redis.xrange(keys.records, low, high, 'COUNT', count)
    return (await ask(found)).map(([id, [, bytes = '']]) => ({ seq: Number.parseInt(id, 10) - 1, bytes }))
  }

  const first = async (bounds: SeqBounds) => (await entries(bounds, { count: 1 }))[0]

  return {
    entries,

    /** At most `count` records within the bounds: the oldest of them first, or the newest. */
    async read(bounds: SeqBounds, how: { newestFirst?: boolean; count: number }): Promise<KeptRecord[]> {
      const found = await entries(bounds, how)
      if (found.length === 0) return []
      const parts = await ask(redis.hmget(keys.personal, ...found.map(({ seq }) => String(seq))))
      return found.map((entry, index) => {
        const kept = personalIn(parts[index])
        const record = wholeRecord(parsedRecord(entry), kept)
        return { ...entry, record, personal: kept?.personal ?? null, salt: kept?.salt ?? null }
      })
    },

    /** The number that the next record gets. */
    async size(): Promise<number> {
      const [head, [last]] = await Promise.all([
        ask(redis.get(keys.head)),
        entries({}, { newestFirst: true, count: 1 }),
      ])
      return Math.max(Number(head) || 0, last ? last.seq + 1 : 0)
    },

    /**
     * The number of the first record at or after an instant, by the clock of Redis; the next number where there is none.
     * Where that clock was set back, records near that moment are not in the order of their instants.
     */
    async seqAt(instant: Date): Promise<number> {
      const wanted = instant.toISOString()
      let [low, high] = [(await first({}))?.seq ?? 0, await this.size()]
      while (low < high) {
        const middle = Math.floor((low + high) / 2)
        const found = await first({ from: middle })
        if (found && parsedRecord(found).at < wanted) low = found.seq + 1
        else high = middle
      }
      return low
    },
  }
}
export type TrailReading = ReturnType<typeof createTrailReading>

/** What the bytes of a record say. A record that somebody spoilt is shown as such, and stands in nobody's way. */
export function parsedRecord({ seq, bytes }: { seq: number; bytes: string }): AuditRecordRead {
  try {
    const found: unknown = JSON.parse(bytes)
    if (typeof found === 'object' && found !== null && 'event' in found)
      return { at: '', ...found, seq } as AuditRecordRead
  } catch {}
  return unreadableRecord(seq)
}
