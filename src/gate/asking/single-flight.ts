import type { Log } from '../../observability.ts'
import type { Recheck, RecheckOf } from './answer.ts'
import type { ProvenSince } from './proven-since.ts'
import { createTurns, type TurnLimits } from './turns.ts'

const usualLimits: TurnLimits = { atOnce: 50, waiting: 200, longestWaitMs: 2_000 }
const crowdedEveryMs = 60_000

/**
 * Asks one question about a session at a time in this process, and about so many sessions at once. Requests that come
 * meanwhile share the answer, where it is new enough for them.
 */
export function createSingleFlight({
  ask,
  isProvenSince,
  onBegin,
  log,
  limits = usualLimits,
}: {
  ask: RecheckOf
  isProvenSince: ProvenSince['isProvenSince']
  /** Told of each session about which a question begins, before its turn comes. */
  onBegin: (sessionId: string) => void
  log: Pick<Log, 'warn'>
  limits?: TurnLimits | undefined
}): RecheckOf {
  const turns = createTurns(limits)
  let toldCrowdedAt = -Infinity
  const running = new Map<string, Promise<Recheck>>()

  return async function recheck(sessionId, provenAfter) {
    const known = running.get(sessionId)
    if (!known) return begin(sessionId, provenAfter)
    const answer = await known
    if (answer === 'over' || answer === 'unanswered') return answer
    if (isProvenSince(sessionId, answer.record, provenAfter)) return answer
    // That one began too early, e.g. before an end that has come meanwhile. One that began since is as new as can be.
    return running.get(sessionId) ?? begin(sessionId, provenAfter)
  }

  function begin(sessionId: string, provenAfter: number): Promise<Recheck> {
    onBegin(sessionId)
    const work = turns(() => ask(sessionId, provenAfter))
      .then(answer => (answer === 'no-turn' ? crowded() : answer))
      .finally(() => running.delete(sessionId))
    running.set(sessionId, work)
    return work
  }

  /**
   * Too many other sessions are asked about. That lets nobody in and signs nobody out; the next request may have its
   * turn.
   */
  function crowded(): Recheck {
    const now = performance.now()
    if (now - toldCrowdedAt > crowdedEveryMs) {
      toldCrowdedAt = now
      log.warn({ event: 'rechecks-crowded', ...limits })
    }
    return 'unanswered'
  }
}
