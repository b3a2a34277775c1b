import { randomUUID } from 'node:crypto'
import type { Request } from 'express'
import type { Actor, AuditedPerson, Trail } from '../audit/trail.ts'
import type { Clock } from '../clock.ts'
import type { Which } from './lives/everyone.ts'
import type { Sessions } from './sessions.ts'

/** An administrator's order. `listed`: how many sessions it is about, as far as is known. */
export type EndOrder = {
  actor: Actor
  which: Which
  /** Whose sessions they are, where they are one person's. */
  subject?: AuditedPerson | undefined
  reason: string
  listed: number
}

/** An end that broke off may have ended some sessions. */
export const verdictOfBrokenEnd = (): 'unanswered' => 'unanswered'

/**
 * Makes the function that ends sessions for an administrator: recorded before and after. Returns how many ended. Throws
 * Problem('redis-away') when Redis does not confirm, and ends nothing where the order itself cannot be recorded.
 */
export const createEndingSessions =
  ({ clock, sessions, trail }: { clock: Clock; sessions: Pick<Sessions, 'endEveryones'>; trail: Trail }) =>
  (request: Request, { actor, which, subject, reason, listed }: EndOrder): Promise<number> => {
    const { whose } = which
    const asked = {
      reason,
      sessions: listed,
      whose: whose === 'all-but-this' ? ('all' as const) : whose,
      ...(whose === 'all-but-this' && { but: 'own' as const }),
      ...(subject && { subject }),
    }
    const farewell = { by: actor.name, reason, at: clock().getTime() }
    return trail(
      'sessionsEnding',
      { act: randomUUID(), actor },
      asked,
      () => sessions.endEveryones(request, which, farewell),
      ended => ({ verdict: 'done', sessions: ended }),
    )
  }
export type EndingSessions = ReturnType<typeof createEndingSessions>
