import type { Ledger } from '../../../session/ledger/ledger.ts'
import type { KeptRecord } from '../../../session/ledger/reading.ts'

/** So many records one request looks at, at most, and so long. Whoever wants more asks for it. */
export const mostLookedAt = 20_000
const longestMs = 2_000
/** A few suffice where every record is wanted. */
const firstBatch = 200
const largestBatch = 1_000

type Wish = {
  /** From this number on, and below the other. */
  bounds: { from: number; to: number }
  newestFirst: boolean
  isWanted: (kept: KeptRecord) => boolean
  /** How many to find. */
  want: number
}
/** `isAtEnd`: there is nothing left to look at. Else `stoppedAt` is the last record that was looked at. */
export type Looked = { found: KeptRecord[]; isAtEnd: boolean; stoppedAt: KeptRecord | undefined; looked: number }

/**
 * Looks through the trail for records, in batches, until enough are found, or nothing is left, or the request has looked at
 * as many as one may. Throws Problem('redis-away').
 */
export async function lookThrough(
  ledger: Pick<Ledger, 'read'>,
  { bounds, newestFirst, isWanted, want }: Wish,
  { most = mostLookedAt, forMs = longestMs } = {},
): Promise<Looked> {
  const until = performance.now() + forMs
  let { from, to } = bounds
  let [size, looked] = [firstBatch, 0]
  let stoppedAt: KeptRecord | undefined
  const found: KeptRecord[] = []
  while (from < to && found.length < want && looked < most && performance.now() < until) {
    const count = Math.min(size, most - looked)
    const batch = await ledger.read({ from, to }, { newestFirst, count })
    for (const kept of batch) {
      looked += 1
      stoppedAt = kept
      if (newestFirst) to = kept.seq
      else from = kept.seq + 1
      if (isWanted(kept) && found.push(kept) === want) break
    }
    if (batch.length < count && found.length < want) to = from
    size = Math.min(size * 2, largestBatch)
  }
  return { found, isAtEnd: from >= to, stoppedAt, looked }
}

/**
 * All records within bounds that are wanted, oldest first, a batch at a time: as many as there are, however long that takes. A
 * batch may hold none. Throws Problem('redis-away').
 */
export async function* batchesOf(
  ledger: Pick<Ledger, 'read'>,
  { bounds, isWanted }: Pick<Wish, 'bounds' | 'isWanted'>,
  size = 500,
): AsyncGenerator<KeptRecord[]> {
  let { from } = bounds
  while (from < bounds.to) {
    const batch = await ledger.read({ from, to: bounds.to }, { count: size })
    yield batch.filter(isWanted)
    const last = batch.at(-1)
    if (!last || batch.length < size) return
    from = last.seq + 1
  }
}
