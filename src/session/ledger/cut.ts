import { ask, unlessWrongType } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import type { Folded } from './folded.ts'
import { foldedIn } from './head.ts'
import type { TrailKeys } from './trail-keys.ts'

/** The tree over the records whose contents were dropped. The tree goes on from it, whatever else is lost. */
export function createCut({ redis, keys }: { redis: Redis; keys: TrailKeys }) {
  const tree = async (): Promise<Folded | undefined> => foldedIn(await ask(unlessWrongType(redis.get(keys.cut), null)))
  return {
    tree,
    /** The first number whose contents are kept. */
    at: async (): Promise<number> => (await tree())?.size ?? 0,
  }
}
export type Cut = ReturnType<typeof createCut>
