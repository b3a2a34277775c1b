import { type Clock, clockToleranceMs } from '../../clock.ts'
import type { GateSessions } from '../../session/gate-sessions.ts'
import { withPlan } from '../../session/record/continuing.ts'
import { isTakenAway, lagMs, type Plan } from '../../session/record/plan.ts'
import type { KnownPlans } from '../../session/replicas/known-plans.ts'
import type { Whose } from '../../session/replicas/notes.ts'
import type { Activations } from '../wish/activations.ts'

/** An end that an administrator gave, and the period that it ends as Microsoft lists it, where that is known (epoch ms). */
export type EndGiven = { by: string; comment: string; period?: { from: number; until?: number } | undefined }

/** So long (ms) an end holds where Microsoft does not carry it out, and the period has no end, or none that is known. */
const longestHoldMs = 24 * 3_600_000

/**
 * Ends a person's access to one gate in this application, whatever Microsoft still says: in all sessions they have, on every
 * replica, and in those that begin later. Their other gates stay as they are. Every method throws Problem('redis-away') when
 * Redis does not confirm.
 */
export function createEndingHere({
  clock,
  sessions,
  knownPlans,
  activations,
}: {
  clock: Clock
  sessions: Pick<GateSessions, 'changeAll'>
  knownPlans: Pick<KnownPlans, 'act'>
  activations: Pick<Activations, 'read' | 'change'>
}) {
  const now = () => clock().getTime()

  /** Nobody waits any more for a wish that was granted and is over by this. */
  async function endWish(identity: Whose, { by, comment }: EndGiven, at: number): Promise<void> {
    const wish = await activations.read({ identity })
    if (wish?.stage !== 'accepted' && wish?.stage !== 'in') return
    const ending = { code: 'ended-elsewhere', by, comment, at }
    await activations.change({ identity }, wish.id, found => ({ ...found, stage: 'over', ending }))
  }

  return {
    /**
     * Ends it now, before Microsoft is asked. It holds until the period would have ended, a day at most, unless Microsoft
     * carries it out before, or shows a period that began later. An end that holds already stays as it was given, unless
     * the period that is to end now began after it.
     */
    async begin(identity: Whose, given: EndGiven): Promise<void> {
      const at = now()
      const { by, comment, period: { from, until = Infinity } = {} } = given
      const plan = await knownPlans.act(identity, found =>
        found && isHeld(found, at) && !isOfLaterPeriod(from, found)
          ? found
          : {
              askedAt: at,
              until: at,
              endedAt: at,
              endedBy: { name: by, comment },
              heldUntil: Math.min(until, at + longestHoldMs),
              // As Microsoft dates it, also where our clock has not come to that instant: the same period does not lift its end.
              ...(from !== undefined && { from }),
            },
      )
      const membership = { member: false, provenAt: at, reason: 'ended', endedAt: plan?.endedAt ?? at } as const
      await sessions.changeAll(identity, found => withPlan({ ...found, membership }, plan))
      await endWish(identity, given, at)
    },

    /**
     * Microsoft has carried out what it was asked for at `askedAt` (epoch ms): from now on only what lags behind is held. This
     * may be heard of much later, so what began since stays as it is: a period, or the end of one.
     */
    async carriedOut(identity: Whose, askedAt: number): Promise<void> {
      const at = now()
      const over = (found: Plan | undefined): Plan => {
        if (!found || !isTakenAway(found))
          return found?.from !== undefined && found.from >= askedAt ? found : endedAt(askedAt, at)
        const isLater = (found.endedAt ?? 0) - askedAt > clockToleranceMs
        return isLater || !isHeld(found, at) ? found : { ...found, heldUntil: at + lagMs, isCarriedOut: true }
      }
      const plan = await knownPlans.act(identity, over)
      await sessions.changeAll(identity, found => withPlan(found, plan))
    },
  }
}
export type EndingHere = ReturnType<typeof createEndingHere>

const isHeld = (plan: Plan, at: number): boolean => isTakenAway(plan) && (plan.heldUntil ?? 0) > at
/**
 * Whether a period began after the one that this plan ended. Where Microsoft does not say which one runs, that is another one if
 * it has carried out that end.
 */
const isOfLaterPeriod = (from: number | undefined, ended: Plan): boolean =>
  from === undefined ? ended.isCarriedOut === true : from > (ended.from ?? ended.endedAt ?? 0)
const endedAt = (askedAt: number, at: number): Plan => ({
  askedAt,
  until: askedAt,
  endedAt: askedAt,
  endedBy: {},
  heldUntil: at + lagMs,
})
