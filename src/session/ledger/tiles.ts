import { nodeHash } from '../../audit/tree/hashes.ts'
import type { SubtreeHash } from '../../audit/tree/subtrees.ts'
import { BoundedMap } from '../../bounded-map.ts'
import { ask, unlessWrongType } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { type Folded, type FullTile, hashesIn, levelsOf, placeAt, tileSize } from './folded.ts'
import type { TrailKeys } from './trail-keys.ts'

/** 8 kB each. */
const mostInMemory = 500

/** A fail-over loses a second or so. */
const newest = 8

/** A hash of the tree is not there: its tile was dropped, or lost. */
export class MissingHash extends Error {
  override name = 'MissingHash'
}

/** For a hash that need not be there. Rethrows everything else. */
export function unlessMissing(error: unknown): undefined {
  if (!(error instanceof MissingHash)) throw error
}

/** Reads the hashes of a tree: its full tiles from Redis, the others from its edge. Throws Problem('redis-away'). */
export function createTiles({ redis, keys }: { redis: Redis; keys: TrailKeys }) {
  const inMemory = new BoundedMap<string, readonly Buffer[]>(mostInMemory)

  /** The hashes of a tile in this tree. Throws MissingHash. */
  async function hashesOf(folded: Folded, level: number, tile: number): Promise<readonly Buffer[]> {
    const place = placeAt(level, folded.size)
    if (tile === place.tile) return folded.edge[level] ?? []
    if (tile > place.tile) throw new MissingHash(`there is no tile ${tile} at level ${level} yet`)
    const key = keys.tile(level, tile)
    const known = inMemory.get(key)
    if (known) return known
    const found = hashesIn((await ask(unlessWrongType(redis.get(key), null))) ?? '')
    if (found?.length !== tileSize) throw new MissingHash(`tile ${tile} at level ${level} is gone`)
    inMemory.set(key, found)
    return found
  }

  return {
    hashesOf,

    /** The hash of each complete subtree of this tree. Rejects with MissingHash. */
    subtreesOf:
      (folded: Folded): SubtreeHash =>
      async (level, index) => {
        const [tileLevel, width] = [Math.floor(level / 8), 2 ** (level % 8)]
        const first = index * width
        const hashes = await hashesOf(folded, tileLevel, Math.floor(first / tileSize))
        const found = levelsIn(hashes)[level % 8]?.[index % (tileSize / width)]
        if (!found) throw new MissingHash(`the tree of ${folded.size} records does not reach there`)
        return found
      },

    /** This tree as it was when it had fewer records. Throws MissingHash. */
    async earlier(folded: Folded, size: number): Promise<Folded> {
      const edge = await Promise.all(
        levelsOf(size).map(async level => {
          const { tile, count } = placeAt(level, size)
          return count === 0 ? [] : (await hashesOf(folded, level, tile)).slice(0, count)
        }),
      )
      return { size, edge }
    },

    /** Has the newest full tiles of this tree in memory, in case that Redis loses them. */
    async remember(folded: Folded): Promise<void> {
      const places = levelsOf(folded.size).map(level => ({ level, tile: placeAt(level, folded.size).tile - 1 }))
      const there = places.filter(({ tile }) => tile >= 0)
      await Promise.all(there.map(({ level, tile }) => hashesOf(folded, level, tile).catch(unlessMissing)))
    },
    /** The newest full tiles of this tree, those that are in memory. */
    remembered: (folded: Folded): FullTile[] =>
      levelsOf(folded.size).flatMap(level => {
        const { tile } = placeAt(level, folded.size)
        return Array.from({ length: newest }, (_, back) => tile - 1 - back).flatMap(index => {
          const hashes = inMemory.get(keys.tile(level, index))
          return hashes ? [{ level, index, hashes }] : []
        })
      }),

    /** What is in memory may be of a tree that Redis has lost since. */
    forget: (): void => inMemory.clear(),
  }
}
export type Tiles = ReturnType<typeof createTiles>

/** Kept beside its tile: a proof needs eight of them, and the next proof mostly others of the same. */
const levelsOfTiles = new WeakMap<readonly Buffer[], readonly (readonly Buffer[])[]>()

/** The hashes of all complete subtrees within a tile, level by level, its own first. */
function levelsIn(hashes: readonly Buffer[]): readonly (readonly Buffer[])[] {
  const known = levelsOfTiles.get(hashes)
  if (known) return known
  const levels = [hashes]
  for (let below = hashes; below.length >= 2; below = levels.at(-1) ?? [])
    levels.push(
      Array.from({ length: Math.floor(below.length / 2) }, (_, index) =>
        nodeHash(below[2 * index] as Buffer, below[2 * index + 1] as Buffer),
      ),
    )
  levelsOfTiles.set(hashes, levels)
  return levels
}
