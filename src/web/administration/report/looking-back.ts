import type { TrailEntry } from '../../../audit/periods/period.ts'
import { type FoldedTrail, foldPeriods } from '../../../audit/periods/periods.ts'
import type { Ledger } from '../../../session/ledger/ledger.ts'
import type { KeptRecord } from '../../../session/ledger/reading.ts'

/** Microsoft lets nobody turn on access for longer than 24 hours: so long afterwards the end of each such period is recorded. */
const afterMs = 25 * 3_600_000

/** How many records are read. Access that is always on may have begun long before, and its record is as old. */
export type ReadingBounds = { within: number; before: number }
/** A page is there soon. */
export const forPage: ReadingBounds = { within: 120_000, before: 20_000 }
export const withoutBounds: ReadingBounds = { within: Number.POSITIVE_INFINITY, before: Number.POSITIVE_INFINITY }

/**
 * What the trail says of a span of time. `first`: the instant of the first record that was read; nothing is known of what was
 * over before it, or has left no record since. `isAll`: no older record is kept. `isCut`: the span has more records than were read.
 */
export type LookedBack = FoldedTrail & { asOf: number; first: number | undefined; isAll: boolean; isCut: boolean }

const batch = 1_000

/** Reads what tells of a span of time, and folds it into periods. Throws Problem('redis-away'). */
export async function lookBack(
  ledger: Pick<Ledger, 'read' | 'seqAt' | 'size'>,
  { from, to, now }: { from: Date; to: Date; now: Date },
  bounds: ReadingBounds = forPage,
): Promise<LookedBack> {
  const last = new Date(to.getTime() + afterMs)
  const [[oldest], size, begin, end] = await Promise.all([
    ledger.read({}, { count: 1 }),
    ledger.size(),
    ledger.seqAt(from),
    ledger.seqAt(last),
  ])
  const kept = oldest?.seq ?? 0
  const readFrom = Math.max(kept, begin - bounds.before)
  const readTo = Math.min(size, end, begin + bounds.within)
  const entries: TrailEntry[] = []
  let first: string | undefined
  for (let next = readFrom; next < readTo; ) {
    const found = await ledger.read({ from: next, to: readTo }, { count: batch })
    first ??= found[0]?.record.at
    entries.push(...found.filter(tellsOfAccess).map(({ record, personal }) => ({ record, personal })))
    const newest = found.at(-1)
    if (!newest || found.length < batch) break
    next = newest.seq + 1
  }
  const isCut = readTo < Math.min(size, end)
  const known = isCut ? Date.parse(entries.at(-1)?.record.at ?? '') : now.getTime()
  const asOf = Math.min(now.getTime(), last.getTime(), known || now.getTime())
  const at = Date.parse(first ?? '')
  return {
    ...foldPeriods(entries, asOf),
    asOf,
    first: Number.isNaN(at) ? undefined : at,
    isAll: readFrom === 0,
    isCut,
  }
}

/** What people read, and what the trail says of itself, tells of nobody's access. */
const tellsOfAccess = ({ record }: KeptRecord): boolean =>
  (typeof record.gate === 'string' && record.event !== 'read' && record.event !== 'download') ||
  record.event === 'steppedUp'
