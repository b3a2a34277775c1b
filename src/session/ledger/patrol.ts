import { leafHash } from '../../audit/tree/hashes.ts'
import { BoundedMap } from '../../bounded-map.ts'
import { type Folded, lostLeaf, tileSize } from './folded.ts'
import type { TrailReading } from './reading.ts'
import { type Tiles, unlessMissing } from './tiles.ts'

const mostExpected = 1_000

/** Why a record is not what the tree says: it is not there, or its bytes are others. */
export type RecordFault = { seq: number; why: 'missing' | 'edited' }

/**
 * Compares what is stored with what was folded: the newest records whenever the tree has grown, and bit by bit all others, from
 * the newest to the oldest, again and again.
 */
export function createPatrol({
  reading,
  tiles,
  cut,
  onFaults,
}: {
  reading: Pick<TrailReading, 'entries'>
  tiles: Tiles
  /** The first number whose contents are kept. */
  cut: () => Promise<number>
  /** Hears of faults that are new. */
  onFaults: (faults: readonly RecordFault[]) => void
}) {
  const known = new Map<number, RecordFault>()
  let next = -1
  const expected = new BoundedMap<number, Buffer>(mostExpected)
  let hasLooked = false

  /** The records of one tile, from the number `from` on. */
  async function check(folded: Folded, tile: number, from = 0): Promise<void> {
    const first = tile * tileSize
    // Dropped with its contents, or lost: then the log said so.
    const hashes = (await tiles.hashesOf(folded, 0, tile).catch(unlessMissing)) ?? []
    const found = await reading.entries({ from: first, to: first + hashes.length }, { count: tileSize })
    const stored = new Map(found.map(({ seq, bytes }) => [seq, leafHash(bytes)]))
    const kept = Math.max(await cut(), from)
    const faults = hashes.flatMap((hash, at): RecordFault[] => {
      const seq = first + at
      const leaf = stored.get(seq)
      const isAsWritten = hash.equals(lostLeaf) || (expected.get(seq)?.equals(hash) ?? true)
      expected.delete(seq)
      if (seq < kept || (isAsWritten && (leaf ?? lostLeaf).equals(hash))) return []
      return [{ seq, why: leaf ? 'edited' : 'missing' }]
    })
    hasLooked = true
    const news = faults.filter(({ seq }) => !known.has(seq))
    for (let seq = Math.max(first, from); seq < first + hashes.length; seq++) known.delete(seq)
    for (const fault of faults) known.set(fault.seq, fault)
    if (news.length > 0) onFaults(news)
  }
  const lastTileOf = ({ size }: Folded) => Math.floor((size - 1) / tileSize)

  return {
    /** Hears of what this replica itself wrote: that has to be in the tree, whatever is stored by then. */
    expect: (seq: number, bytes: string): void => void expected.set(seq, leafHash(bytes)),

    /** Checks the newest records: those of the last tile, from the number `from` on. */
    tail: (folded: Folded, from: number): Promise<void> => check(folded, lastTileOf(folded), from),

    /** Checks one more tile of the others. */
    async step(folded: Folded): Promise<void> {
      if (folded.size === 0) return
      if (next < Math.floor((await cut()) / tileSize) || next > lastTileOf(folded)) next = lastTileOf(folded)
      await check(folded, next--)
    },

    /** Whether all that was compared is as it was; undefined before anything was. */
    isWell: (): boolean | undefined => (hasLooked ? known.size === 0 : undefined),
  }
}
export type Patrol = ReturnType<typeof createPatrol>
