import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import { type FullTile, hashesText } from './folded.ts'
import { headIdLength, headIn, headText, type TreeHeadShared } from './head.ts'
import { writeHead } from './scripts.ts'
import type { TrailKeys } from './trail-keys.ts'

/** What was found in the place of the head: by `begins` it is known again. */
export type FoundHead = { head: TreeHeadShared | undefined; begins: string }

/** The head of the tree in Redis. Throws Problem('redis-away'). */
export function createSharedHead({ redis, keys }: { redis: Redis; keys: TrailKeys }) {
  return {
    async read(): Promise<FoundHead> {
      const text = await ask(redis.get(keys.tree))
      return { head: headIn(text), begins: text?.slice(0, headIdLength) ?? '' }
    },

    /** Writes the head with the tiles that it fills, if what was found is still there. Returns what is there then, if it is this head. */
    async write(
      found: FoundHead,
      head: TreeHeadShared,
      full: readonly FullTile[] = [],
    ): Promise<FoundHead | undefined> {
      const places = full.map(({ level, index }) => keys.tile(level, index))
      const texts = full.map(({ hashes }) => hashesText(hashes))
      const args = [keys.tree, ...places, found.begins, headText(head), ...texts]
      const isWritten = await ask(redis.eval(writeHead, 1 + places.length, ...args))
      return isWritten === 1 ? { head, begins: head.id } : undefined
    },
  }
}
export type SharedHead = ReturnType<typeof createSharedHead>
