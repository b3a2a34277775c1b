import { type ExportHead, exportedHead, exportedRecord } from '../../../audit/verify/exported.ts'
import type { Ledger } from '../../../session/ledger/ledger.ts'
import type { KeptRecord } from '../../../session/ledger/reading.ts'
import { csvHead, csvRecord } from './csv.ts'
import { batchesOf } from './looking.ts'
import type { Proving } from './proving.ts'
import type { TitleOf } from './sentence.ts'

type Part = { bounds: { from: number; to: number }; isWanted: (kept: KeptRecord) => boolean }

/** The records of a part of the trail as a CSV file, piece by piece, oldest first. */
export async function* csvPieces(
  ledger: Pick<Ledger, 'read'>,
  { titleOf, ...part }: Part & { titleOf: TitleOf },
): AsyncGenerator<string> {
  yield csvHead()
  for await (const batch of batchesOf(ledger, part)) yield batch.map(kept => csvRecord(kept, titleOf)).join('')
}

/**
 * The same as lines of JSON, each with the proof that it is in the tree of the checkpoint in the first line. `size` is that of the
 * checkpoint: younger records are left out. Rejects with MissingHash where a record cannot be proven any more.
 */
export async function* jsonlPieces(
  ledger: Pick<Ledger, 'read'> & Pick<Proving, 'proofOf'>,
  { head, size, ...part }: Part & { head: ExportHead; size: number },
): AsyncGenerator<string> {
  yield `${exportedHead(head)}\n`
  for await (const batch of batchesOf(ledger, part)) {
    let lines = ''
    // One after the other: neighbours share nearly all hashes of their proofs, and each is read once then.
    for (const { seq, bytes, personal, salt } of batch) {
      const proof = await ledger.proofOf(seq, size)
      lines += `${exportedRecord({ bytes, personal, salt, proof })}\n`
    }
    yield lines
  }
}
