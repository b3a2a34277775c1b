import { checkpointText } from '../../../audit/notes/checkpoint.ts'
import { leafHash } from '../../../audit/tree/hashes.ts'
import type { Ledger } from '../../../session/ledger/ledger.ts'
import type { KeptRecord } from '../../../session/ledger/reading.ts'

/** What proves the records of the trail. */
export type Proving = Pick<Ledger, 'checkpoint' | 'proofOf'>

/** The newest checkpoint as people and files are given it. Without a signing key it is the bare text, which proves nothing outside. */
export type GivenCheckpoint = { size: number; root: Buffer; text: string; vkeys: readonly string[]; isSigned: boolean }

/** The newest checkpoint. Throws Problem('redis-away'). */
export async function givenCheckpoint(ledger: Pick<Proving, 'checkpoint'>): Promise<GivenCheckpoint> {
  const { origin, size, root, note, vkeys } = await ledger.checkpoint()
  return { size, root, text: note ?? checkpointText({ origin, size, root }), vkeys, isSigned: note !== undefined }
}

/** So long (ms) a file waits for a checkpoint that covers what was recorded before. One comes within two or three seconds. */
const waitMs = 4_000
const stepMs = 100

/**
 * The first checkpoint that covers all records that there are now, so that a file holds what was done a moment before. Where none
 * comes in four seconds, the newest there is. Throws Problem('redis-away').
 */
export async function coveringCheckpoint(ledger: Pick<Ledger, 'checkpoint' | 'size'>): Promise<GivenCheckpoint> {
  const wanted = await ledger.size()
  const end = performance.now() + waitMs
  for (;;) {
    const found = await givenCheckpoint(ledger)
    if (found.size >= wanted || performance.now() >= end) return found
    await new Promise(resolve => setTimeout(resolve, stepMs))
  }
}

/** A checkpoint as fields to copy from. */
export const checkpointFields = ({ size, text, vkeys, isSigned }: GivenCheckpoint) => ({
  size,
  isSigned,
  note: { id: 'note', label: 'Checkpoint', text, rows: 6 },
  vkeys: { id: 'vkeys', label: 'Public key', text: vkeys.join('\n'), rows: 2 },
})

/** The proof of one record, as its page shows it. */
export type ShownProof = {
  leaf: string
  root: string
  /** `later`: the next checkpoint covers it. `lost`: hashes that it needs are gone. */
  state: 'there' | 'later' | 'lost'
  steps: string[]
  checkpoint: GivenCheckpoint
}

/** Proves a record by the newest checkpoint. Throws Problem('redis-away'). */
export async function proofShown(
  ledger: Proving,
  { seq, bytes }: Pick<KeptRecord, 'seq' | 'bytes'>,
): Promise<ShownProof> {
  const checkpoint = await givenCheckpoint(ledger)
  const shown = { leaf: leafHash(bytes).toString('base64'), root: checkpoint.root.toString('base64'), checkpoint }
  if (seq >= checkpoint.size) return { ...shown, state: 'later', steps: [] }
  const proof = await ledger.proofOf(seq, checkpoint.size).catch(unlessMissing)
  if (!proof) return { ...shown, state: 'lost', steps: [] }
  return { ...shown, state: 'there', steps: proof.map(hash => hash.toString('base64')) }
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof Error && error.name === 'MissingHash') return undefined
  throw error
}
