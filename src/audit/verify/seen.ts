import { appended, type CompactRange, emptyRange, rootOf } from '../tree/compact-range.ts'
import { watchActs } from './acts.ts'
import type { ExportHead } from './exported.ts'
import type { ReadLine } from './line.ts'
import { createNumbers, type Missing } from './numbers.ts'
import { createProofs } from './proofs.ts'
import type { JudgedCheckpoint } from './trust.ts'

/** The first thing in a file that is not as it was, with the number of its record where that is known. */
export type FirstFault = { seq?: number | undefined; why: string }

/** All that is seen in the lines of an export. */
export type Seen = {
  records: number
  erased: number
  fault: FirstFault | undefined
  /** Lines that are no record of the checkpoint. Each may stand in the place of one that is missing. */
  strange: number
  /** Records that come after one with a higher number. */
  outOfPlace: number
  /** Only of a whole export: the numbers that no record has. */
  missing: Missing | undefined
  /** The numbers that the log itself says it has lost, and the record `seq` that says so. */
  lost: readonly { from: number; to: number; seq: number }[]
  /** The highest number that the log says it has dropped for its age. */
  droppedTo: number | undefined
  /** The root over the records that come without a gap from the beginning, or from the cut. */
  rootOfAll: Buffer
  /** The same, over those that the checkpoint at hand has. */
  rootAtHeld: Buffer | undefined
  acts: ReturnType<ReturnType<typeof watchActs>['told']>
}

const notAsCovered =
  'this record is not one that the checkpoint of the file covers: its bytes, its number or its proof were changed'

/** Looks at the lines of an export one after the other, and remembers little: a million of them go through. */
export function watchLines({
  head,
  checkpoint,
  heldSize,
}: {
  head: ExportHead
  checkpoint: JudgedCheckpoint
  /** The size of the checkpoint at hand. */
  heldSize: number | undefined
}) {
  const isProven = createProofs(checkpoint)
  const isWhole = Object.keys(head.filter).length === 0
  const numbers = createNumbers(head.cut?.size ?? 0)
  const acts = watchActs()
  let range: CompactRange = head.cut ?? emptyRange
  let rootAtHeld = range.size === heldSize ? rootOf(range) : undefined
  let [lines, records, erased, strange, outOfPlace] = [1, 0, 0, 0, 0]
  let fault: FirstFault | undefined
  let droppedTo: number | undefined
  let highest = -1
  const lost: { from: number; to: number; seq: number }[] = []

  function grow(leaf: Buffer): void {
    range = appended(range, leaf)
    if (range.size === heldSize) rootAtHeld = rootOf(range)
  }

  function place(seq: number, leaf: Buffer): void {
    const stands = isWhole ? numbers.take(seq) : seq > highest ? undefined : 'late'
    highest = Math.max(highest, seq)
    if (stands === 'again') fault ??= { seq, why: 'this record is in the file twice' }
    if (stands === 'late') {
      fault ??= { seq, why: 'this record comes after one that is younger' }
      outOfPlace += 1
    }
    if (isWhole && seq === range.size) grow(leaf)
  }

  return {
    take(line: ReadLine): void {
      lines += 1
      if (!line || !isProven({ leaf: line.leaf, index: line.said.seq, proof: line.proof })) {
        strange += 1
        fault ??= line
          ? { seq: line.said.seq, why: notAsCovered }
          : { why: `line ${lines} of the file is no record that can be read` }
        return
      }
      const { said, leaf, personal } = line
      records += 1
      if (personal === 'erased') erased += 1
      if (personal === 'changed')
        fault ??= { seq: said.seq, why: 'its personal part is not the one it was written with' }
      place(said.seq, leaf)
      acts.take(said)
      if (said.lost) lost.push({ ...said.lost, seq: said.seq })
      if (said.droppedTo !== undefined) droppedTo = Math.max(droppedTo ?? 0, said.droppedTo)
    },

    seen(): Seen {
      return {
        records,
        erased,
        fault,
        strange,
        outOfPlace,
        missing: isWhole ? numbers.missingBelow(checkpoint.size) : undefined,
        lost,
        droppedTo,
        rootOfAll: rootOf(range),
        rootAtHeld,
        acts: acts.told(),
      }
    },
  }
}
