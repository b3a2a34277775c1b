import type { Clock } from '../../clock.ts'
import { waitAtMost } from '../../patience.ts'
import type { GateRecord } from '../../session/record/at-gate.ts'
import { isMember } from '../../session/record/membership.ts'
import { isPlanOver } from '../plan/phase.ts'
import type { Known } from '../standing.ts'
import type { PlanLearning } from './plan-learning.ts'

/** In ms. Nobody minds such a wait once, at signing in. */
const longestWaitMs = 1_000

/**
 * For a member who has just signed in: asks PIM when access ends, so that the first page shows it and can warn of it.
 * An answer that takes longer than `leftMs` is not waited for, and that page's script asks for it. Never throws.
 */
export const createFirstEnd =
  ({ clock, known, plans }: { clock: Clock; known: Known; plans: Pick<PlanLearning, 'renew'> }) =>
  async (sessionId: string, record: GateRecord, leftMs = longestWaitMs): Promise<void> => {
    const membership = known(record)
    if (!isMember(membership) || membership.until !== undefined) return
    if (record.plan && !isPlanOver(record.plan, clock().getTime())) return
    const work = plans.renew(sessionId, record).catch(() => {})
    await waitAtMost(Math.min(leftMs, longestWaitMs), work, () => {})
  }
