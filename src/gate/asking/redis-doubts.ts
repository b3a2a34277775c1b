import { BoundedMap } from '../../bounded-map.ts'

const mostRemembered = 10_000
const newsMs = 5_000

/**
 * The sessions about which Microsoft was not asked, because Redis would not let us. Their pages say so, and do not say
 * that Microsoft does not answer.
 */
export function createRedisDoubts() {
  const notedAt = new BoundedMap<string, number>(mostRemembered)
  const saidAt = new BoundedMap<string, number>(mostRemembered)

  return {
    /** Notes a session. Returns whether that is news, which the log should hear. */
    note(sessionId: string): boolean {
      const now = performance.now()
      notedAt.set(sessionId, now)
      const isNews = now - (saidAt.get(sessionId) ?? Number.NEGATIVE_INFINITY) >= newsMs
      if (isNews) saidAt.set(sessionId, now)
      return isNews
    },
    /** The session is asked about anew. */
    clear: (sessionId: string): void => void notedAt.delete(sessionId),
    has: (sessionId: string): boolean => notedAt.has(sessionId),
  }
}
export type RedisDoubts = ReturnType<typeof createRedisDoubts>
