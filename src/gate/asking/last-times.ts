import { BoundedMap } from '../../bounded-map.ts'

const mostSessions = 10_000

/**
 * When something last happened here about each session, by our own clock. `now` gives epoch ms. It lives in this
 * process only, and beyond ten thousand sessions it forgets the oldest.
 */
export function createLastTimes(now: () => number) {
  const times = new BoundedMap<string, number>(mostSessions)
  return {
    note: (sessionId: string, at = now()): void => void times.set(sessionId, at),
    forget: (sessionId: string): void => void times.delete(sessionId),
    /** In epoch ms; 0: it never happened, as far as we remember. */
    of: (sessionId: string): number => times.get(sessionId) ?? 0,
  }
}
export type LastTimes = ReturnType<typeof createLastTimes>
