import { findClosed } from './closed.ts'
import { findComplete } from './complete.ts'
import { readExportedHead } from './exported.ts'
import { cannotTell, type Findings, no } from './findings.ts'
import { type ReadLine, readLine } from './line.ts'
import { watchLines } from './seen.ts'
import { type JudgedCheckpoint, judgeCheckpoint, type Trust } from './trust.ts'
import { findUnchanged } from './unchanged.ts'

/** Takes the lines of an export behind the first one, and says what they prove. */
export type Verification = { take(line: ReadLine): void; findings(): Findings }

/**
 * Begins with the first line of an export. `judge`: reads a checkpoint and says whether a key signed it that the reader has
 * from elsewhere; the key that the file names counts for nothing. `held`: a checkpoint that the reader has from elsewhere.
 */
export function beginVerification({
  firstLine,
  judge,
  held,
}: {
  firstLine: string
  judge: (checkpoint: string) => JudgedCheckpoint | undefined
  held: JudgedCheckpoint | undefined
}): Verification {
  const head = readExportedHead(firstLine)
  if (!head) return unreadable('the first line of the file is not that of an exported trail')
  const checkpoint = judge(head.checkpoint)
  if (!checkpoint) return unreadable('the first line of the file holds no checkpoint that can be read')
  const watch = watchLines({ head, checkpoint, heldSize: held?.size })
  return {
    take: watch.take,
    findings() {
      const seen = watch.seen()
      const measured = { head, checkpoint, held, seen }
      return {
        unchanged: findUnchanged(checkpoint, seen),
        complete: findComplete(measured),
        closed: findClosed(measured),
      }
    },
  }
}

function unreadable(why: string): Verification {
  const unknown = cannotTell(why)
  return { take() {}, findings: () => ({ unchanged: no(why), complete: unknown, closed: unknown }) }
}

/** Verifies a whole export, line by line, without their ends. Empty lines say nothing. */
export async function verifyExport({
  lines,
  trust,
  held,
}: {
  lines: AsyncIterable<string> | Iterable<string>
  trust: Trust
  held: JudgedCheckpoint | undefined
}): Promise<Findings> {
  const judge = (checkpoint: string) => judgeCheckpoint(checkpoint, trust)
  let verification: Verification | undefined
  for await (const line of lines) {
    if (verification) {
      if (line.trim() !== '') verification.take(readLine(line))
    } else verification = beginVerification({ firstLine: line, judge, held })
  }
  return (verification ?? unreadable('the file is empty')).findings()
}
