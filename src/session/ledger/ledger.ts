import type { Log } from '../../observability.ts'
import type { Redis } from '../redis/redis.ts'
import { createAppending, type KnownLength } from './appending.ts'
import { createTrailReading } from './reading.ts'
import { trailKeys } from './trail-keys.ts'

/**
 * The audit trail of an installation: a transparency log in Redis. Every record is a line of the log on stdout, too, whatever
 * LOG_LEVEL says: the copy in the operator's log store is the witness.
 */
export function createLedger({ redis, prefix, mark, log }: { redis: Redis; prefix: string; mark: string; log: Log }) {
  const keys = trailKeys({ prefix, mark })
  const outside = log.child({}, { level: 'info' })
  let size = 0
  const known: KnownLength = {
    size: () => size,
    written(records) {
      for (const record of records) {
        outside.info({ event: 'audit', record })
        size = Math.max(size, JSON.parse(record).seq + 1)
      }
    },
  }
  const { append } = createAppending({ redis, keys, known })
  const { read, size: nextNumber, seqAt } = createTrailReading({ redis, keys })
  return { append, read, size: nextNumber, seqAt }
}
export type Ledger = ReturnType<typeof createLedger>
