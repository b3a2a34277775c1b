import type { AccessReport } from '../../../audit/periods/report.ts'
import type { NamedSpan } from '../../../audit/periods/span.ts'
import { exportedHead } from '../../../audit/verify/exported.ts'
import type { Ledger } from '../../../session/ledger/ledger.ts'
import { jsonlPieces } from '../trail/exporting.ts'
import { coveringCheckpoint, type Proving } from '../trail/proving.ts'

/** The parts of a trail that evidence is made of. */
export type EvidenceLedger = Pick<Ledger, 'read' | 'seqAt' | 'size' | 'cut'> & Proving

/** How to verify the file, for whoever opens it without knowing what it is. */
export const howToVerify =
  'This file is an export of the audit trail of Gatehouse: this line, and a record with its proof on each further line. ' +
  'Keep it as it is. Verify it by the public key and a checkpoint that you have from elsewhere: in a copy of Gatehouse with ' +
  '"npm run audit:verify -- FILE --key PUBLIC --checkpoint NOTE", or on any machine with Python and openssl with ' +
  '"python3 check.py FILE PUBLIC" (infra/audit/check.py). docs/trail.md says what that proves. The report on this line is made of ' +
  'the records: each period names their numbers.'

/**
 * The records of a span of time, and those outside of it that its report names, with their proofs: a file that `audit:verify` takes.
 * Its first line has the report, too. Take it before the download is recorded. Throws Problem('redis-away').
 */
export async function evidenceOf(
  ledger: EvidenceLedger,
  { span, report, shown }: { span: NamedSpan; report: AccessReport; shown: object },
) {
  const [checkpoint, cut] = await Promise.all([coveringCheckpoint(ledger), ledger.cut()])
  const { size, text, vkeys } = checkpoint
  const [begin, end] = await Promise.all([ledger.seqAt(span.from), ledger.seqAt(span.to)])
  const named = new Set(
    [...report.periods, ...report.ungranted, ...report.exceptions].flatMap(({ records }) => records),
  )
  const all = [...named, ...(end > begin ? [begin, end - 1] : [])]
  const bounds = {
    from: all.reduce((least, seq) => Math.min(least, seq), begin),
    to: Math.min(
      size,
      all.reduce((most, seq) => Math.max(most, seq + 1), begin),
    ),
  }
  const isWanted = ({ seq }: { seq: number }) => (seq >= begin && seq < end) || named.has(seq)
  const head = { checkpoint: text, vkey: vkeys[0] ?? null, filter: { period: span.name }, cut }
  return { checkpoint, pieces: withReport(jsonlPieces(ledger, { head, size, bounds, isWanted }), shown) }

  async function* withReport(pieces: AsyncIterable<string>, told: object): AsyncGenerator<string> {
    const plain = `${exportedHead(head)}\n`
    for await (const piece of pieces)
      yield piece === plain ? `${JSON.stringify({ ...JSON.parse(plain), howToVerify, report: told })}\n` : piece
  }
}
