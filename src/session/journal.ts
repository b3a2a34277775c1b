import type { Append } from '../audit/trail.ts'
import { ask, type Redis } from './redis.ts'

const dayMs = 24 * 3_600_000

/** Where the audit trail is kept: a stream of JSON records, one key, oldest first; nothing is ever changed in it. */
export const createJournal =
  ({ redis, prefix, keepDays }: { redis: Redis; prefix: string; keepDays: number }): Append =>
  async record => {
    const oldest = String(Math.floor(record.at - keepDays * dayMs))
    await ask(redis.xadd(`${prefix}audit`, 'MINID', '~', oldest, '*', 'record', JSON.stringify(record)))
  }
