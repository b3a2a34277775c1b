import type { Clock } from '../../clock.ts'
import { membersGate } from '../../config/gates.ts'
import type { Config } from '../../config/load.ts'
import { betweenPeriodsMs } from '../../entra/pim/limits.ts'
import { decide } from '../decide.ts'
import { isPlanOver } from '../plan/phase.ts'
import type { Standing } from '../standing.ts'

/**
 * How a person's access stands at one gate, as the gate would decide it for one of its pages right now. Every page says this and
 * nothing else, and so does the line above each page. Instants in epoch ms.
 */
export type AccessNow =
  | {
      state: 'on'
      /** Absent: no end is known, or, with `isAlways`, there is none. */
      until?: number
      isAlways: boolean
      /** When the period began that the person turned on. */
      from?: number
      /** When access would have ended without the extension that was accepted. */
      was?: number
    }
  | { state: 'off' }
  /** Nobody can tell, so members' pages are closed for now. */
  | { state: 'unknown' }

/** Asks nobody: what the gate makes of what is known by now. */
export const createAccessNow =
  ({ config, clock }: { config: Pick<Config, 'membership'>; clock: Clock }) =>
  ({ record, membership }: Standing): AccessNow => {
    const { recheckMs, graceMs } = config.membership
    const now = clock().getTime()
    const { identity, contexts } = record
    // A person who is in past the end of a plan turned access on again. That plan says nothing of the new end.
    const plan = record.plan && !isPlanOver(record.plan, now) ? record.plan : undefined
    const facts = { identity, membership, contexts, now, trustedMs: recheckMs + graceMs }
    // The facts are those of one gate already, whatever its name.
    const decision = decide(facts, { audience: membersGate })
    if (decision.outcome === 'cannot-tell') return { state: 'unknown' }
    if (decision.outcome !== 'admit') return { state: 'off' }
    const until = decision.until ?? plan?.until
    const { seamAt = 0, from, endedAt } = plan ?? {}
    return {
      state: 'on',
      isAlways: until === undefined && from !== undefined && endedAt === undefined,
      ...(until !== undefined && { until }),
      ...(from !== undefined && { from }),
      ...(seamAt > now && seamAt < (until ?? 0) && { was: seamAt - betweenPeriodsMs }),
    }
  }
