import { isAuditShortened } from '../../audit/about-itself.ts'
import { leafHash } from '../../audit/tree/hashes.ts'
import { type Folded, type FullTile, folding, lostLeaf } from './folded.ts'
import { parsedRecord } from './reading.ts'

/** So many leaves at a time are enough. A gap may be of any length. */
const mostLeaves = 10_000

/** Numbers of records that are missing, both included. */
export type Gap = { from: number; to: number }

/**
 * The tree with these records more, in the order of their numbers. Where a number has no record, the leaf of what is lost
 * stands in its place: no later record takes its place in the tree. Some records may be left for the next time. `unsaid`: gaps of which the record behind them says nothing.
 */
export function grownBy(
  folded: Folded,
  entries: readonly { seq: number; bytes: string }[],
): { folded: Folded; full: FullTile[]; unsaid: Gap[] } {
  const leaves: Buffer[] = []
  const unsaid: Gap[] = []
  for (const entry of entries) {
    const due = folded.size + leaves.length
    if (entry.seq > due) {
      const gap = { from: due, to: entry.seq - 1 }
      if (!saysOf(entry, gap)) unsaid.push(gap)
      while (folded.size + leaves.length < entry.seq && leaves.length < mostLeaves) leaves.push(lostLeaf)
    }
    if (leaves.length >= mostLeaves) break
    leaves.push(leafHash(entry.bytes))
  }
  return { ...folding(folded, leaves), unsaid }
}

function saysOf(entry: { seq: number; bytes: string }, { from, to }: Gap): boolean {
  const facts = parsedRecord(entry)
  return isAuditShortened(facts) && Number(facts.from) <= from && Number(facts.to) >= to
}
