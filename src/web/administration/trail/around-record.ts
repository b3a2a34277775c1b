import type { Ledger } from '../../../session/ledger/ledger.ts'
import type { KeptRecord } from '../../../session/ledger/reading.ts'
import { isErased, personIn } from './facts-of-record.ts'
import { partsOf } from './kinds.ts'
import { lookThrough } from './looking.ts'

/** An act is mostly over within minutes. So many records before and after are looked at for its others. */
export const nearby = 2_000
const mostOfAnAct = 20

/** The other records of the same act, oldest first, as far as they are near. Throws Problem('redis-away'). */
export async function sameAct(
  ledger: Pick<Ledger, 'read'>,
  { seq, record }: KeptRecord,
  size: number,
): Promise<KeptRecord[]> {
  const { act } = record
  if (typeof act !== 'string' || act === '') return []
  const isWanted = (other: KeptRecord) => other.record.act === act
  const [before, after] = await Promise.all([
    lookThrough(ledger, {
      ...{ bounds: { from: Math.max(0, seq - nearby), to: seq }, newestFirst: true },
      ...{ isWanted, want: mostOfAnAct },
    }),
    lookThrough(ledger, {
      ...{ bounds: { from: seq + 1, to: Math.min(size, seq + 1 + nearby) }, newestFirst: false },
      ...{ isWanted, want: mostOfAnAct },
    }),
  ])
  return [...before.found.toReversed(), ...after.found]
}

/**
 * The record of the erasure that took the personal part of this one; undefined where nothing was erased, or the record is so
 * far away that it was not come upon. Throws Problem('redis-away').
 */
export async function erasureOf(
  ledger: Pick<Ledger, 'read'>,
  kept: KeptRecord,
  size: number,
): Promise<KeptRecord | undefined> {
  if (!isErased(kept)) return undefined
  const ids = (['actor', 'subject', 'by'] as const).flatMap(field => personIn(kept.record, field)?.objectId ?? [])
  const { found } = await lookThrough(ledger, {
    ...{ bounds: { from: kept.seq + 1, to: size }, newestFirst: true, want: 1 },
    isWanted: ({ record }) =>
      partsOf(record.event).base === 'erasure' && ids.includes(personIn(record, 'subject')?.objectId ?? ''),
  })
  return found[0]
}
