import { bounds } from '../graph/waiting.ts'
import type { PlanLine } from '../model/plan-line.ts'
import { diffOf } from './diff.ts'

/** Graph took a write, and does not show it. */
export class Unsettled extends Error {
  constructor(object: string, line: PlanLine | undefined) {
    const differs = line ? `:\n${diffOf(line).join('\n')}` : ': it shows nothing'
    super(
      `${object} was written, but after ${bounds.shownMs / 60_000} minutes Graph does not show it as written${differs}\nRun apply again in a while.`,
    )
  }
}
