import type { Clock } from '../clock.ts'
import type { Identity } from '../entra/claims.ts'
import { type Notes, noteOf } from './notes.ts'
import { lagMs, type Plan, planShape } from './record.ts'

/** Longer than an activation and its extension usually last; past it PIM is asked, as at the first time. */
const lifeMs = 26 * 3_600_000
const clockToleranceMs = 30_000

/**
 * What was last known of a person's own activation, whichever session learned it: one that begins later, elsewhere, is
 * bound by the same end. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createKnownPlans({ notes, clock }: { notes: Notes; clock: Clock }) {
  const nameOf = (identity: Identity) => noteOf('plan', identity)
  /** One of a clock that was wrong would stand in the way of every later one. */
  const sound = (plan: Plan | undefined) =>
    plan && plan.askedAt <= clock().getTime() + clockToleranceMs ? plan : undefined

  return {
    /** Undefined, too, where it ended so long ago that it binds nobody any more. */
    async read(identity: Identity): Promise<Plan | undefined> {
      const plan = sound(parsed(await notes.read(nameOf(identity))))
      return plan && (plan.until ?? Infinity) + lagMs > clock().getTime() ? plan : undefined
    },

    /** The newest stays. */
    async keep(identity: Identity, plan: Plan): Promise<void> {
      await notes.change(
        nameOf(identity),
        text => ((sound(parsed(text))?.askedAt ?? 0) > plan.askedAt ? undefined : JSON.stringify(plan)),
        lifeMs,
      )
    },
  }
}
export type KnownPlans = ReturnType<typeof createKnownPlans>

const parsed = (text: string | undefined): Plan | undefined =>
  text === undefined ? undefined : planShape.safeParse(JSON.parse(text)).data
