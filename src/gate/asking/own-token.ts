import type { Recheck, RecheckOf } from './answer.ts'
import { createLastTimes } from './last-times.ts'

/** Redeems the person's own token, and remembers for which sessions that was in vain. */
export function createOwnToken({ now, recheck }: { now: () => number; recheck: RecheckOf }) {
  const inVain = createLastTimes(now)

  return {
    /** When Entra was last asked in vain about this session, in epoch ms; 0: never, or not since its last answer. */
    triedAt: inVain.of,

    /** Asks Entra, unless something newer than `provenAfter` (epoch ms) is known by then. */
    async ask(sessionId: string, provenAfter: number): Promise<Recheck> {
      const answer = await recheck(sessionId, provenAfter)
      if (answer === 'unanswered') inVain.note(sessionId)
      else inVain.forget(sessionId)
      return answer
    },
  }
}
export type OwnToken = ReturnType<typeof createOwnToken>
