import type { AuditRecord, AuditRecordRead } from '../../../../src/audit/trail.ts'
import { emptyRange } from '../../../../src/audit/tree/compact-range.ts'
import { inclusionProof } from '../../../../src/audit/tree/inclusion.ts'
import { splitRecord, wholeRecord } from '../../../../src/session/ledger/personal.ts'
import type { KeptRecord, SeqBounds } from '../../../../src/session/ledger/reading.ts'
import { naiveTree } from '../../../audit/tree/trees.ts'

const start = Date.parse('2026-03-02T12:00:00Z')
/** A second lies between two records. */
export const instantAt = (seq: number): string => new Date(start + seq * 1000).toISOString()

/** A record as a ledger keeps it. */
export function keptAs(record: AuditRecord, seq = 0, at = instantAt(seq)): KeptRecord {
  const { lasting, kept } = splitRecord(record)
  const bytes = JSON.stringify({ v: 1, seq, at, ...lasting })
  const beside = { personal: kept?.personal ?? null, salt: kept?.salt ?? null }
  return { seq, bytes, record: wholeRecord(JSON.parse(bytes), kept), ...beside }
}
/** The same after its personal part was erased. */
export function erased({ seq, bytes }: KeptRecord): KeptRecord {
  return { seq, bytes, record: JSON.parse(bytes) as AuditRecordRead, personal: null, salt: null }
}

/** A trail in memory. `reads` are the numbers of records that were read at a time. The checkpoint covers all but the newest `young`. */
export function madeLedger(
  given: readonly KeptRecord[],
  { young: youngest = 0, note }: { young?: number; note?: string } = {},
) {
  let young = youngest
  const records = [...given]
  const reads: number[] = []
  const covered = () => Math.max(0, records.length - young)
  const tree = () => naiveTree(records.map(({ bytes }) => bytes))
  return {
    /** A checkpoint comes that covers everything. */
    cover(): void {
      young = 0
    },
    records,
    reads,
    append: async (record: AuditRecord): Promise<void> => void records.push(keptAs(record, records.length)),
    async read({ from = 0, to = Number.POSITIVE_INFINITY }: SeqBounds, how: { newestFirst?: boolean; count: number }) {
      const within = records.slice(Math.max(0, from), Math.max(0, Math.min(to, records.length)))
      const found = how.newestFirst ? within.slice(-how.count).reverse() : within.slice(0, how.count)
      reads.push(found.length)
      return found
    },
    size: async () => records.length,
    seqAt: async (instant: Date) =>
      Math.max(0, Math.min(records.length, Math.ceil((instant.getTime() - start) / 1000))),
    checkpoint: async () => ({
      origin: 'admin.example.com/trail',
      size: covered(),
      root: tree().root(covered()),
      note,
      vkeys: note ? ['vkey'] : [],
    }),
    proofOf: (index: number, size: number) => inclusionProof({ index, size }, tree().subtree),
    cut: async () => emptyRange,
  }
}
