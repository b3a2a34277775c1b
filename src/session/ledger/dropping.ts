import { auditDropped } from '../../audit/about-itself.ts'
import type { Append } from '../../audit/trail.ts'
import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import type { Cut } from './cut.ts'
import { tileSize } from './folded.ts'
import { foldedText, type TreeHeadShared } from './head.ts'
import { parsedRecord, type TrailReading } from './reading.ts'
import type { Tiles } from './tiles.ts'
import type { TrailKeys } from './trail-keys.ts'

const dayMs = 24 * 3_600_000
const atOnce = 500

/**
 * Drops the contents that were kept for `keepDays`: records, personal parts, and the hashes that prove single records among
 * them. The tree over them stays, so all others are proven as before.
 *
 * How old a record is says the newest record, by the clock of Redis: no replica's clock, however wrong, drops anything. Only
 * what a checkpoint covers is dropped, and never the newest record. Throws Problem('redis-away'); a drop that was broken off is
 * finished the next time.
 */
export function createDropping(needs: {
  redis: Redis
  keys: TrailKeys
  reading: TrailReading
  tiles: Tiles
  cut: Cut
  append: Append
  keepDays: number
}) {
  const { redis, keys, reading, tiles, cut, append, keepDays } = needs

  /** The first number that is to be kept. */
  async function dueCut({ checkpoint }: TreeHeadShared): Promise<number> {
    const [newest] = await reading.entries({}, { newestFirst: true, count: 1 })
    const at = newest ? Date.parse(parsedRecord(newest).at) : Number.NaN
    if (!newest || Number.isNaN(at)) return 0
    const oldest = await reading.seqAt(new Date(at - keepDays * dayMs))
    return Math.min(oldest, checkpoint.size, newest.seq)
  }

  /** Drops everything below the number `to`; names first, so that none is left without its record. */
  async function drop(from: number, to: number): Promise<void> {
    for (let at = from; at < to; at += atOnce) {
      const numbers = Array.from({ length: Math.min(atOnce, to - at) }, (_, index) => String(at + index))
      await ask(redis.hdel(keys.personal, ...numbers))
    }
    for (let tile = Math.floor(from / tileSize); (tile + 1) * tileSize <= to; tile++)
      await ask(redis.del(keys.tile(0, tile)))
    await ask(redis.xtrim(keys.records, 'MINID', to + 1))
  }

  return async (head: TreeHeadShared): Promise<void> => {
    const before = await cut.at()
    const [first] = await reading.entries({}, { count: 1 })
    if (first && first.seq < before) await drop(first.seq, before)
    const due = await dueCut(head)
    if (due <= before) return
    const tree = await tiles.earlier(head.folded, due)
    await append(auditDropped({ from: before, to: due - 1, days: keepDays }))
    await ask(redis.set(keys.cut, foldedText(tree)))
    await drop(first?.seq ?? before, due)
  }
}
