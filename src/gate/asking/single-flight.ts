import type { Log } from '../../observability.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { Rechecked, Wanted } from './answer.ts'
import { createTurns, type TurnLimits } from './turns.ts'

const usualLimits: TurnLimits = { atOnce: 50, waiting: 200, longestWaitMs: 2_000 }
const crowdedEveryMs = 60_000

type Ask = (sessionId: string, wanted: Wanted) => Promise<Rechecked<SessionRecord>>

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
  ask: Ask
  /** Whether a session knows what is wanted. */
  isProvenSince: (sessionId: string, record: SessionRecord, wanted: Wanted) => boolean
  /** Told of each session about which a question begins, before its turn comes. */
  onBegin: (sessionId: string) => void
  log: Pick<Log, 'warn'>
  limits?: TurnLimits | undefined
}): Ask {
  const turns = createTurns(limits)
  let toldCrowdedAt = -Infinity
  const running = new Map<string, Promise<Rechecked<SessionRecord>>>()

  return async function recheck(sessionId, wanted) {
    const known = running.get(sessionId)
    if (!known) return begin(sessionId, wanted)
    const answer = await known
    if (answer === 'over' || answer === 'unanswered') return answer
    if (isProvenSince(sessionId, answer.record, wanted)) return answer
    // That one began too early, e.g. before an end that has come meanwhile. One that began since is as new as can be.
    return running.get(sessionId) ?? begin(sessionId, wanted)
  }

  function begin(sessionId: string, wanted: Wanted): Promise<Rechecked<SessionRecord>> {
    onBegin(sessionId)
    const work = turns(() => ask(sessionId, wanted))
      .then(answer => (answer === 'no-turn' ? crowded() : answer))
      .finally(() => running.delete(sessionId))
    running.set(sessionId, work)
    return work
  }

  /**
   * Too many other sessions are asked about. That lets nobody in and signs nobody out; the next request may have its
   * turn.
   */
  function crowded(): 'unanswered' {
    const now = performance.now()
    if (now - toldCrowdedAt > crowdedEveryMs) {
      toldCrowdedAt = now
      log.warn({ event: 'rechecks-crowded', ...limits })
    }
    return 'unanswered'
  }
}
