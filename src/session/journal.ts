import type { Append } from '../audit/trail.ts'
import { ask, type Redis } from './redis.ts'

const dayMs = 24 * 3_600_000

/**
 * Keeps a record, then trims what is too old by the time of Redis, which is in the id that it gave: no replica's clock,
 * however wrong, removes anything. What cannot be trimmed is kept.
 */
const keepAndTrim = `local id = redis.call('xadd', KEYS[1], '*', 'record', ARGV[1])
local oldest = tonumber(string.match(id, '^%d+')) - tonumber(ARGV[2])
redis.pcall('xtrim', KEYS[1], 'MINID', '~', string.format('%.0f', math.max(oldest, 0)))
return id`

/** Where the audit trail is kept: a stream of JSON records, one key, oldest first; nothing is ever changed in it. */
export const createJournal =
  ({ redis, prefix, keepDays }: { redis: Redis; prefix: string; keepDays: number }): Append =>
  async record => {
    await ask(redis.eval(keepAndTrim, 1, `${prefix}audit`, JSON.stringify(record), String(keepDays * dayMs)))
  }
