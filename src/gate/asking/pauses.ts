import { BoundedMap } from '../../bounded-map.ts'
import { isPassing, retryAfterMsOf } from '../../entra/oidc/errors.ts'
import type { Problem } from '../../errors.ts'

const pauseMs = 5_000
const longestPauseMs = 60_000
/** Only an administrator's consent helps here. "Check again" asks at once, everything else has time. */
const consentPauseMs = 30_000
const mostStruggling = 10_000

/** How long Entra is left alone about a session after it gave no answer. */
export function createPauses() {
  /** How often in a row Entra said about a session that it cannot answer now. */
  const struggling = new BoundedMap<string, number>(mostStruggling)

  return {
    /** Entra answered about this session: the next pause is a short one again. */
    answered: (sessionId: string): void => void struggling.delete(sessionId),

    /**
     * In ms: as long as Entra asks for. Otherwise twice as long each time in a row that Entra has too much to do, or is
     * partly down.
     */
    after(sessionId: string, problem: Problem): number {
      const asked = retryAfterMsOf(problem)
      if (asked !== undefined) return asked
      if (problem.code === 'too-many-groups') return consentPauseMs
      if (!isPassing(problem)) return pauseMs
      const before = struggling.get(sessionId) ?? 0
      struggling.set(sessionId, before + 1)
      return Math.min(pauseMs * 2 ** before, longestPauseMs)
    },
  }
}
export type Pauses = ReturnType<typeof createPauses>
