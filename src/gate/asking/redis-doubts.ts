const mostRemembered = 10_000
const newsMs = 5_000

/**
 * Sessions about which Microsoft was not asked, because Redis would not let us: their page says that, and not that
 * Microsoft does not answer.
 */
export function createRedisDoubts() {
  const notedAt = new Map<string, number>()
  const saidAt = new Map<string, number>()

  return {
    /** Whether that is news, for the log. */
    note(sessionId: string): boolean {
      if (notedAt.size >= mostRemembered) notedAt.clear()
      if (saidAt.size >= mostRemembered) saidAt.clear()
      const now = performance.now()
      notedAt.set(sessionId, now)
      const isNews = now - (saidAt.get(sessionId) ?? Number.NEGATIVE_INFINITY) >= newsMs
      if (isNews) saidAt.set(sessionId, now)
      return isNews
    },
    /** It is asked about anew. */
    clear: (sessionId: string): void => void notedAt.delete(sessionId),
    has: (sessionId: string): boolean => notedAt.has(sessionId),
  }
}
export type RedisDoubts = ReturnType<typeof createRedisDoubts>
