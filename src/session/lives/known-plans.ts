import type { Clock } from '../../clock.ts'
import type { Identity } from '../../entra/claims.ts'
import { type Notes, noteOf } from '../replicas/notes.ts'
import { isEndedHere, lagMs, newerPlan, orderOf, type Plan, planShape, surelyListedMs } from './record.ts'

/** Longer than an activation and its extension usually last; past it PIM is asked, as at the first time. */
const lifeMs = 26 * 3_600_000

/**
 * What is known of a person's own activation, whichever session learned it: one that begins later, elsewhere, is bound
 * by the same end. Plans are in the order in which they were written here, not in that of the replicas' clocks. Every
 * method throws Problem('redis-away') when Redis does not confirm.
 */
export function createKnownPlans({
  notes,
  unmarked,
  clock,
}: {
  notes: Notes
  /** Where the first release keeps them, which knows no marks. */
  unmarked?: Pick<Notes, 'read'>
  clock: Clock
}) {
  const nameOf = (identity: Identity) => noteOf('plan', identity)
  const latest = async (identity: Identity) => parsed(await notes.read(nameOf(identity)))

  /**
   * An end that the person made in the first release, while tokens may still lag behind it. Of which group it is, it does
   * not say: so it bounds alone, and PIM is asked.
   */
  async function endedInFirstRelease(identity: Identity): Promise<Plan | undefined> {
    const plan = parsed(await unmarked?.read(nameOf(identity)))
    if (!plan?.until || !isEndedHere(plan) || clock().getTime() >= plan.until + surelyListedMs) return undefined
    return { askedAt: plan.askedAt, until: plan.until }
  }

  /** Writes what `edit` makes of what is there, as the newest; what is there stays where `edit` returns undefined. */
  async function write(
    identity: Identity,
    edit: (found: Plan | undefined, order: number) => Plan | undefined,
  ): Promise<Plan | undefined> {
    let kept: Plan | undefined
    await notes.change(
      nameOf(identity),
      text => {
        const found = parsed(text)
        const order = Math.max(orderOf(found) + 1, clock().getTime())
        const next = edit(found, order)
        kept = next ? { ...next, order } : found
        return next && JSON.stringify(kept)
      },
      lifeMs,
    )
    return kept
  }

  return {
    /** The newest plan, however long ago it ended. */
    latest,

    /** For a session that begins: undefined where the plan ended so long ago that it binds no new proof. */
    async read(identity: Identity): Promise<Plan | undefined> {
      const plan = newerPlan(await latest(identity), await endedInFirstRelease(identity))
      return plan && (plan.until ?? Infinity) + lagMs > clock().getTime() ? plan : undefined
    },

    /**
     * Keeps what `make` makes of an answer of PIM that was asked for at `askedAt` (epoch ms), while `base` was the newest
     * plan. An act of the person since then knows better, and so does an answer to a later question. Returns the plan
     * that counts now.
     */
    learned: (
      identity: Identity,
      { base, askedAt }: { base: Plan | undefined; askedAt: number },
      make: (before: Plan | undefined) => Plan,
    ): Promise<Plan | undefined> =>
      write(identity, found => {
        const isBase = orderOf(found) === orderOf(base)
        if (found && !isBase && (found.act !== base?.act || found.askedAt > askedAt)) return undefined
        return make(found)
      }),

    /** Keeps what an act of the person made of the plan. It counts over all that was read before it. Returns the plan. */
    act: (identity: Identity, edit: (found: Plan | undefined) => Plan): Promise<Plan | undefined> =>
      write(identity, (found, order) => ({ ...edit(found), act: order })),
  }
}
export type KnownPlans = ReturnType<typeof createKnownPlans>

const parsed = (text: string | undefined): Plan | undefined =>
  text === undefined ? undefined : planShape.safeParse(JSON.parse(text)).data
