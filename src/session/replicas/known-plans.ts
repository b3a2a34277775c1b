import type { Clock } from '../../clock.ts'
import { bindsUntil, isEndedHere, newerPlan, orderOf, type Plan, planShape, surelyListedMs } from '../record/plan.ts'
import { type Notes, noteOf, parsedNote, type Whose } from './notes.ts'

/** Longer than an activation and its extension usually last. After that PIM is asked, as at the first time. */
const lifeMs = 26 * 3_600_000

/**
 * Remembers what is known of a person's own activation, whichever session learned it: a session that begins later,
 * elsewhere, is bound by the same end. Plans are in the order in which they were written here, not in that of the
 * replicas' clocks. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createKnownPlans({
  notes,
  unmarked,
  clock,
}: {
  notes: Notes
  /** Where the first release keeps plans. It knows no marks. */
  unmarked?: Pick<Notes, 'read'>
  clock: Clock
}) {
  const now = () => clock().getTime()
  const nameOf = (identity: Whose) => noteOf('plan', identity)
  const latest = async (identity: Whose) => planIn(await notes.read(nameOf(identity)))

  /**
   * An end that the person made in the first release, while tokens may still lag behind it. It does not say of which group
   * it is. So it is a bound and no more, and PIM is asked.
   */
  async function endedInFirstRelease(identity: Whose): Promise<Plan | undefined> {
    const plan = planIn(await unmarked?.read(nameOf(identity)))
    if (!plan?.until || !isEndedHere(plan) || now() >= plan.until + surelyListedMs) return undefined
    return { askedAt: plan.askedAt, until: plan.until }
  }

  /**
   * Writes what `edit` makes of the plan that is there, as the newest plan. Where `edit` returns undefined, the plan that
   * is there stays. Returns the plan that is there afterwards.
   */
  async function write(
    identity: Whose,
    edit: (found: Plan | undefined, order: number) => Plan | undefined,
  ): Promise<Plan | undefined> {
    let kept: Plan | undefined
    await notes.change(
      nameOf(identity),
      text => {
        const found = planIn(text)
        const order = Math.max(orderOf(found) + 1, now())
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

    /** The plan for a session that begins: undefined where the plan ended so long ago that it binds no new proof. */
    async read(identity: Whose): Promise<Plan | undefined> {
      const plan = newerPlan(await latest(identity), await endedInFirstRelease(identity))
      return plan && bindsUntil(plan) > now() ? plan : undefined
    },

    /**
     * Keeps what `make` makes of an answer of PIM that was asked for at `askedAt` (epoch ms), while `base` was the newest
     * plan. An act of the person since then knows better, and so does an answer to a later question. Returns the plan
     * that counts now.
     */
    learned: (
      identity: Whose,
      { base, askedAt }: { base: Plan | undefined; askedAt: number },
      make: (before: Plan | undefined) => Plan,
    ): Promise<Plan | undefined> =>
      write(identity, found => {
        const isBase = orderOf(found) === orderOf(base)
        if (found && !isBase && (found.act !== base?.act || found.askedAt > askedAt)) return undefined
        return make(found)
      }),

    /**
     * Keeps what an act made of the plan, of the person or of an administrator. It counts over everything that was read before it. Returns the
     * plan that counts now.
     */
    act: (identity: Whose, edit: (found: Plan | undefined) => Plan): Promise<Plan | undefined> =>
      write(identity, (found, order) => ({ ...edit(found), act: order })),
  }
}
export type KnownPlans = ReturnType<typeof createKnownPlans>

const planIn = (text: string | undefined): Plan | undefined => parsedNote(planShape, text)
