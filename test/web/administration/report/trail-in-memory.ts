import type { AuditRecord, AuditRecordRead } from '../../../../src/audit/trail.ts'
import { splitRecord, wholeRecord } from '../../../../src/session/ledger/personal.ts'
import type { KeptRecord, SeqBounds } from '../../../../src/session/ledger/reading.ts'

/** Records at the instants that they say, as a ledger keeps and reads them. `first`: the number of the first that is kept. */
export function trailInMemory(records: readonly (AuditRecord & { at: string })[], { first = 0 } = {}) {
  const kept = records.map((record, index) => keptWith(record, first + index))
  return {
    kept,
    async read({ from = 0, to = Number.POSITIVE_INFINITY }: SeqBounds, how: { newestFirst?: boolean; count: number }) {
      const within = kept.slice(Math.max(0, from - first), Math.max(0, Math.min(to - first, kept.length)))
      return how.newestFirst ? within.slice(-how.count).reverse() : within.slice(0, how.count)
    },
    size: async () => first + kept.length,
    async seqAt(instant: Date) {
      const found = kept.find(({ record }) => record.at >= instant.toISOString())
      return found?.seq ?? first + kept.length
    },
  }
}

function keptWith(record: AuditRecord & { at: string }, seq: number): KeptRecord {
  const { lasting, kept } = splitRecord(record)
  const bytes = JSON.stringify({ v: 1, seq, at: record.at, ...lasting })
  const beside = { personal: kept?.personal ?? null, salt: kept?.salt ?? null }
  return { seq, bytes, record: wholeRecord(JSON.parse(bytes) as AuditRecordRead, kept), ...beside }
}
