import { generateKeyPairSync, hash } from 'node:crypto'
import { checkpointText } from '../../../src/audit/notes/checkpoint.ts'
import { vkeyOf } from '../../../src/audit/notes/note-key.ts'
import { type NoteSigner, noteKeyOfSigner, signNote } from '../../../src/audit/notes/signed-note.ts'
import { appended, type CompactRange, emptyRange } from '../../../src/audit/tree/compact-range.ts'
import { inclusionProof } from '../../../src/audit/tree/inclusion.ts'
import {
  type ExportedRecord,
  type ExportHead,
  exportedHead,
  exportedRecord,
} from '../../../src/audit/verify/exported.ts'
import type { Findings } from '../../../src/audit/verify/findings.ts'
import { type ReadLine, readLine } from '../../../src/audit/verify/line.ts'
import { type JudgedCheckpoint, judgeCheckpoint, readTrust, type Trust } from '../../../src/audit/verify/trust.ts'
import { beginVerification } from '../../../src/audit/verify/verification.ts'
import { naiveTree } from '../tree/trees.ts'

export const origin = 'admin.example.com/trail'
export const newSigner = (name = origin): NoteSigner => ({
  name,
  privateKey: generateKeyPairSync('ed25519').privateKey,
})
export const signer = newSigner()
export const vkey = vkeyOf(noteKeyOfSigner(signer))
export const trust = readTrust(vkey) as Trust

/** A record before it has its number: its event, the act, its personal part. */
export type Event = { event: string; act?: string; personal?: object; at?: string; [fact: string]: unknown }

const start = Date.parse('2026-03-02T12:00:00Z')
/** A minute lies between two records. */
const instantOf = (seq: number) => new Date(start + seq * 60_000).toISOString()

type Kept = Pick<ExportedRecord, 'bytes' | 'personal' | 'salt'>

/** What a ledger stores of an event. */
export function keptOf({ personal, ...event }: Event, seq: number): Kept {
  const record = { v: 1, seq, at: instantOf(seq), ...event }
  if (!personal) return { bytes: JSON.stringify(record), personal: null, salt: null }
  const text = JSON.stringify(personal)
  // Not random, so that a run is like the one before.
  const salt = hash('sha256', `salt ${seq} ${text}`, 'buffer').subarray(0, 16)
  const mark = hash('sha256', Buffer.concat([salt, Buffer.from(text)]), 'base64')
  return { bytes: JSON.stringify({ ...record, personal: mark }), personal: text, salt: salt.toString('base64') }
}

/** Acts one after the other, each asked for and done, with an observation between them. */
export const eventsOf = (many: number): Event[] =>
  Array.from({ length: many }, (_, seq) => {
    const act = `act-${Math.floor(seq / 3)}`
    const actor = { objectId: `oid-${seq % 7}` }
    const personal = { actor: { name: `Person ${seq}` }, reason: `Refund ${8_000 + seq}` }
    if (seq % 3 === 0) return { event: 'activationRequested', gate: 'members', act, actor, personal }
    if (seq % 3 === 1) return { event: 'activationCompleted', gate: 'members', act, actor, personal }
    return { event: 'wrote', gate: 'members', page: '/refunds/:id', method: 'POST', status: 303 }
  })

/** A log in memory, from what its ledger stores. */
export function logOf(kept: readonly Kept[], { name = origin }: { name?: string } = {}) {
  const tree = naiveTree(kept.map(({ bytes }) => bytes))
  const textAt = (size: number) => checkpointText({ origin: name, size, root: tree.root(size) })
  return {
    kept,
    tree,
    textAt,
    /** The signed checkpoint of the first `size` records. */
    noteAt: (size: number, signers: readonly NoteSigner[] = [signer]) => signNote(textAt(size), signers),
    /** The lines of an export: its head, and the records. */
    async lines(
      head: Partial<ExportHead> = {},
      { size = kept.length, take = () => true }: { size?: number; take?: (seq: number) => boolean } = {},
    ): Promise<string[]> {
      const first = exportedHead({ checkpoint: this.noteAt(size), vkey, filter: {}, ...head })
      const records = kept
        .slice(0, size)
        .map(async (record, index) =>
          exportedRecord({ ...record, proof: await inclusionProof({ index, size }, tree.subtree) }),
        )
      return [first, ...(await Promise.all(records)).filter((_, seq) => take(seq))]
    },
    /** The tree before record `size`. */
    rangeAt(size: number): CompactRange {
      let range = emptyRange
      for (const leaf of tree.leaves.slice(0, size)) range = appended(range, leaf)
      return range
    },
  }
}
export type MadeLog = ReturnType<typeof logOf>
export const madeLog = (events: readonly Event[], name = origin): MadeLog => logOf(events.map(keptOf), { name })

/** A line is read once, however many files it is in: thousands of changed files differ in a line or two. */
const read = new Map<string, ReadLine>()
function readOnce(line: string): ReadLine {
  if (!read.has(line)) read.set(line, readLine(line))
  return read.get(line)
}
/** Signatures are checked once for each note and key, too. */
const judged = new Map<Trust, Map<string, JudgedCheckpoint | undefined>>()
function judgedOnce(note: string, trusted: Trust): JudgedCheckpoint | undefined {
  const known = judged.get(trusted) ?? new Map<string, JudgedCheckpoint | undefined>()
  judged.set(trusted, known)
  if (!known.has(note)) known.set(note, judgeCheckpoint(note, trusted))
  return known.get(note)
}

/** The verdicts on the lines of a file, for a reader who trusts the key of `signer` and holds this note. */
export function verified([firstLine = '', ...rest]: readonly string[], note?: string, trusted = trust): Findings {
  const judge = (checkpoint: string) => judgedOnce(checkpoint, trusted)
  const held = note === undefined ? undefined : judge(note)
  const verification = beginVerification({ firstLine, judge, held })
  for (const line of rest) verification.take(readOnce(line))
  return verification.findings()
}

/** The three answers, as one text: "yes, no, cannot tell". */
export const answers = ({ unchanged, complete, closed }: Findings): string =>
  [unchanged, complete, closed].map(({ answer }) => answer).join(', ')
