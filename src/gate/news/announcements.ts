import { type Clock, clockToleranceMs } from '../../clock.ts'
import type { Board } from '../../session/replicas/board.ts'

/** On the board an announcement lives as long (ms) as a roster. */
export const boardLifeMs = 24 * 3_600_000
/** An announcement that Redis has not taken within this time (ms) it does not take at all. */
const writtenWithinMs = 2_000

/**
 * Announcements that the group has changed, which one replica makes and all hear of. `onHeard` is told of each. `hear`
 * and `announce` throw Problem('redis-away').
 */
export function createAnnouncements({
  clock,
  board,
  onHeard,
}: {
  clock: Clock
  board: Pick<Board, 'at' | 'post'>
  onHeard: () => void
}) {
  let announcedAt = 0
  let heardAt = 0
  let lastHeard = 0
  let lookedAt = -Infinity

  function heard(at: number): void {
    announcedAt = Math.max(announcedAt, at)
    heardAt = clock().getTime()
    onHeard()
  }

  return {
    /**
     * The instant (epoch ms) before which proofs are stale, by the clock of the replica that announced the last change.
     */
    announcedAt: () => announcedAt,
    /** When that was heard of, in epoch ms of our own clock. */
    heardAt: () => heardAt,

    /**
     * Looks at the board. An announcement is dated by the clock of the replica that made it. If it was not there at the
     * last look, it is no older than that look, less the time that it took to be written. An announcement dated in the
     * future counts from now; otherwise no proof could ever be newer.
     */
    async hear(): Promise<void> {
      const at = await board.at('announced')
      const now = clock().getTime()
      if (at !== lastHeard) heard(Math.max(at, Math.min(lookedAt, now) - writtenWithinMs))
      if (announcedAt > now + clockToleranceMs) announcedAt = now
      lastHeard = at
      lookedAt = now
    },

    /** Tells all replicas that the group has changed. */
    async announce(): Promise<void> {
      // Dated after the announcement before it, whichever clock dated that one: the others would not hear of it
      // otherwise.
      const at = Math.max(clock().getTime(), (await board.at('announced')) + 1)
      await board.post('announced', { at, text: '', lifeMs: boardLifeMs })
      heard(at)
    },
  }
}
