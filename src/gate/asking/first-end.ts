import { setTimeout as after } from 'node:timers/promises'
import type { Clock } from '../../clock.ts'
import { isMember } from '../../session/record/membership.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import { isPlanOver } from '../plan.ts'
import type { Known } from '../standing.ts'
import type { Plans } from './plans.ts'

/** What nobody minds waiting for once, at signing in. */
const longestWaitMs = 1_000

/**
 * For a member who has just signed in: asks PIM when access ends, so that the first page shows it and can warn of it.
 * What takes longer goes on, and that page's script asks for it. Never throws.
 */
export const createFirstEnd =
  ({ clock, known, plans }: { clock: Clock; known: Known; plans: Pick<Plans, 'renew'> }) =>
  async (sessionId: string, record: SessionRecord, leftMs = longestWaitMs): Promise<void> => {
    const membership = known(record)
    if (!isMember(membership) || membership.until !== undefined) return
    if (record.plan && !isPlanOver(record.plan, clock().getTime())) return
    const work = plans.renew(sessionId, record).catch(() => {})
    await Promise.race([work, after(Math.min(leftMs, longestWaitMs), undefined, { ref: false })])
  }
export type FirstEnd = ReturnType<typeof createFirstEnd>
