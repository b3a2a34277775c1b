import type { KeptRecord } from '../../../session/ledger/reading.ts'
import { listAddress } from '../../listing/address.ts'
import type { Cell } from '../../listing/cell.ts'
import { isErased } from './facts-of-record.ts'
import { trailPath } from './filter.ts'
import { checkpointFields, type ShownProof } from './proving.ts'
import { recordFacts } from './record-facts.ts'
import { sentenceOf, type TitleOf } from './sentence.ts'
import { instantIn, recordsTable } from './trail-model.ts'

type Around = {
  size: number
  proof: ShownProof
  others: readonly KeptRecord[]
  erasure: KeptRecord | undefined
  now: Date
  titleOf: TitleOf
}

/** Everything that is known of a record, with what belongs to it and its proof. */
export function recordModel(kept: KeptRecord, { size, proof, others, erasure, now, titleOf }: Around) {
  const { seq, bytes, record } = kept
  const isProven = proof.state === 'there'
  return {
    seq,
    sentence: sentenceOf(kept, titleOf),
    told: recordFacts(kept, { now, titleOf }),
    personal: personalCell(kept, erasure, now),
    act: typeof record.act === 'string' && {
      href: listAddress(trailPath, { text: record.act }),
      table: recordsTable(others, {
        ...{ now, titleOf, caption: 'Other records of this act', isCaptionHidden: true },
        empty: { title: 'No other record near this one belongs to the act.' },
      }),
    },
    bytes: { id: 'bytes', label: 'The exact bytes that are stored and hashed', text: bytes, rows: 6 },
    proof: {
      ...checkpointFields(proof.checkpoint),
      state: proof.state,
      facts: [
        { term: 'Leaf', cell: { code: proof.leaf } },
        ...(isProven ? [{ term: 'Place', cell: `Record ${seq} of the first ${proof.checkpoint.size}` }] : []),
        ...(isProven ? [{ term: 'Root', cell: { code: proof.root } }] : []),
      ],
      steps: {
        id: 'steps',
        label: 'Inclusion proof, from the leaf to the root',
        text: proof.steps.join('\n'),
        rows: 4,
      },
      download: listAddress('/trail.jsonl', { record: String(seq) }),
      command: {
        id: 'command',
        label: 'Command',
        text: 'npm run audit:verify -- trail.jsonl --key PUBLIC --checkpoint NOTE',
      },
    },
    pager: {
      label: 'Records beside this one',
      position: `Record ${seq} of ${size}`,
      ...(seq + 1 < size && { previous: { label: 'Newer', href: `${trailPath}/${seq + 1}` } }),
      ...(seq > 0 && { next: { label: 'Older', href: `${trailPath}/${seq - 1}` } }),
    },
  }
}

/** Whether names, addresses and texts are still there. */
function personalCell(kept: KeptRecord, erasure: KeptRecord | undefined, now: Date): Cell {
  if (kept.record.personal === undefined) return 'This record never had any.'
  if (!isErased(kept))
    return 'Kept beside the record. Its salted hash is part of the record, so it can be erased, and not changed.'
  if (!erasure) return 'Erased. The record itself is as it was.'
  return [
    'Erased on:',
    instantIn(erasure.record.at, now),
    { link: `Record ${erasure.seq}`, href: `${trailPath}/${erasure.seq}` },
  ]
}
