import type { GateRecord } from '../../session/record/at-gate.ts'
import { isProofAhead, longestNoMs } from '../freshness.ts'
import { createLastTimes } from './last-times.ts'

/** Tells whether a session's membership was proven since an instant, although the clocks of replicas differ. */
export function createProvenSince({
  now,
  heardAt,
}: {
  now: () => number
  /** When the last change of the group was heard of, in epoch ms of our own clock. */
  heardAt: () => number
}) {
  const answered = createLastTimes(now)

  return {
    /** Entra was asked here at this instant (epoch ms), and said whether the person is in the group. */
    note: (sessionId: string, askedAt: number): void => answered.note(sessionId, Math.min(askedAt, now())),

    /**
     * Whether it was proven after that instant (epoch ms), and not by a clock that runs ahead. Nobody knows whether the
     * person has turned on access since a "no" that is dated ahead. So such a "no" is no proof, unless Entra was asked
     * here a moment ago.
     */
    isProvenSince(sessionId: string, { membership }: GateRecord, provenAfter: number): boolean {
      if (membership === 'unknown') return false
      const at = now()
      const isDatedSince = membership.provenAt > provenAfter && !isProofAhead(membership, at)
      if (membership.member || (isDatedSince && membership.provenAt <= at)) return isDatedSince
      // An instant that is still to come for us is that of an announcement. What was asked since we heard of it answers
      // it.
      const since = provenAfter > at ? heardAt() : provenAfter
      return answered.of(sessionId) > Math.max(since, at - longestNoMs)
    },
  }
}
export type ProvenSince = ReturnType<typeof createProvenSince>
