import type { Append } from '../../audit/trail.ts'
import { ask } from '../redis/asking.ts'
import type { Redis } from '../redis/redis.ts'

const dayMs = 24 * 3_600_000

/**
 * Keeps the audit trail: a stream of JSON records, one key, oldest first; nothing is ever changed in it. Throws
 * Problem('redis-away') when Redis does not confirm a record.
 *
 * Records that are too old are trimmed by the time of Redis, which is in the id that Redis gives: no replica's clock,
 * however wrong, removes anything. Nobody waits for the trimming. Where Redis refuses it, everything is kept and the log
 * says `redis-refuses`.
 */
export const createJournal = ({
  redis,
  prefix,
  keepDays,
}: {
  redis: Redis
  prefix: string
  keepDays: number
}): Append => {
  const key = `${prefix}audit`

  async function trim(newest: string | null): Promise<void> {
    const oldest = Math.max(0, Number.parseInt(newest ?? '', 10) - keepDays * dayMs)
    await redis.xtrim(key, 'MINID', '~', oldest)
  }

  return async record => {
    const id = await ask(redis.xadd(key, '*', 'record', JSON.stringify(record)))
    trim(id).catch(() => {})
  }
}
