import { carriedRecord } from '../../audit/about-itself.ts'
import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'
import type { Appending } from './appending.ts'
import type { TrailKeys } from './trail-keys.ts'

const atOnce = 200

/**
 * Carries over what stands in the stream of the releases before: each entry becomes a record here, with the instant that it
 * had, and goes from there. A replica of such a release may still be writing. The call that appends an entry also keeps its
 * id, and appends none of that id or an earlier one, so a crash before the entry is taken out doubles nothing. Returns how many
 * there were. Throws Problem('redis-away').
 */
export function createCarrying({ redis, keys, carry }: { redis: Redis; keys: TrailKeys; carry: Appending['carry'] }) {
  /** Whether there is anything to carry over. */
  const isDue = async (): Promise<boolean> => (await ask(redis.xrange(keys.former, '-', '+', 'COUNT', 1))).length > 0

  async function carryOver(): Promise<number> {
    const found = await ask(redis.xrange(keys.former, '-', '+', 'COUNT', atOnce))
    for (const [id, [, text = '']] of found) await carry(carriedRecord(text, Number.parseInt(id, 10)), comparable(id))
    const last = found.at(-1)?.[0]
    // The key stays, empty: the next id there is then later than all that were.
    if (last) await ask(redis.xtrim(keys.former, 'MINID', following(last)))
    return found.length
  }
  return { isDue, carryOver }
}
export type Carrying = ReturnType<typeof createCarrying>

/** An id of Redis as a text whose order is that of the ids. */
const comparable = (id: string): string => {
  const [ms = '', index = ''] = id.split('-')
  return `${ms.padStart(20, '0')}-${index.padStart(20, '0')}`
}
const following = (id: string): string => {
  const [ms, index = '0'] = id.split('-')
  return `${ms}-${BigInt(index) + 1n}`
}
