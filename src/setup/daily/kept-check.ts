import { z } from 'zod'
import { type Clock, clockToleranceMs } from '../../clock.ts'
import { setupVerdicts } from '../../labels.ts'
import type { Board } from '../../session/replicas/board.ts'

const name = 'setup'
/** What no check has shown for so long, nobody knows any longer. */
export const knownForMs = 3 * 24 * 3_600_000

const finding = z.object({
  check: z.string(),
  verdict: z.enum(setupVerdicts),
  what: z.string(),
  fix: z.string(),
  /** When the log last said it, in epoch ms. */
  saidAt: z.number().optional(),
  /** When Microsoft last showed it, in epoch ms. */
  seenAt: z.number().optional(),
})
const shape = z.object({
  /** Whether Microsoft answered all that was asked. Where it did not, earlier findings were kept, and the next check comes soon. */
  isWhole: z.boolean(),
  // A release that knows other verdicts may check beside this one.
  findings: z.array(z.unknown()).transform(list => list.flatMap(each => finding.safeParse(each).data ?? [])),
})

/** What a check of the set-up found, as replicas keep it for each other. */
export type KeptFinding = z.infer<typeof finding>
/** What the newest check found, and when, in epoch ms. */
export type KeptCheck = { at: number; isWhole: boolean; findings: readonly KeptFinding[] }

/**
 * Where the replicas of an installation keep what the newest check of the set-up found. Every method throws
 * Problem('redis-away').
 */
export function createKeptCheck({ board, clock }: { board: Board; clock: Clock }) {
  return {
    /** When the newest check was, in epoch ms; 0 where there is none, or one that a wrong clock has put into the future. */
    async at(): Promise<number> {
      const at = await board.at(name)
      return at > clock().getTime() + clockToleranceMs ? 0 : at
    },

    /** Undefined where there is none that can be read. */
    async read(): Promise<KeptCheck | undefined> {
      const at = await this.at()
      const text = at === 0 ? undefined : await board.read(name)
      const kept = shape.safeParse(jsonOf(text)).data
      return kept && { at, ...kept }
    },

    write: ({ at, ...check }: KeptCheck): Promise<boolean> =>
      board.post(name, { at, text: JSON.stringify(check), lifeMs: knownForMs }),
  }
}

function jsonOf(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
