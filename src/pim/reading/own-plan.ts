import { type Clock, clockToleranceMs } from '../../clock.ts'
import type { Span } from '../../entra/pim/standing.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { planFrom } from '../../gate/plan/from-periods.ts'
import type { GateSessions } from '../../session/gate-sessions.ts'
import { withPlan } from '../../session/record/continuing.ts'
import { isEndedHere, isTakenAway, type Plan } from '../../session/record/plan.ts'
import type { KnownPlans } from '../../session/replicas/known-plans.ts'
import type { Activation } from '../wish/activation.ts'
import type { Activations } from '../wish/activations.ts'

/** The plan that was known when PIM was asked, and when that was (epoch ms). */
export type Question = { base: Plan | undefined; askedAt: number }

/**
 * How a person's own acts change the plan of their access. All their sessions, and those that begin later, know of an
 * act before any list shows it. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createOwnPlan({
  clock,
  activations,
  sessions,
  knownPlans,
}: {
  clock: Clock
  activations: Pick<Activations, 'read' | 'change'>
  sessions: Pick<GateSessions, 'changeAll'>
  knownPlans: Pick<KnownPlans, 'act' | 'latest' | 'learned'>
}) {
  const now = () => clock().getTime()

  return {
    /** To be taken before PIM is asked for periods, so that `seen` can tell whether an act came in between. */
    question: async ({ identity }: Who): Promise<Question> => {
      const base = await knownPlans.latest(identity)
      return { base, askedAt: now() }
    },

    /** A page asked PIM for periods. The line above the page must say what the page says, so the plan learns them. */
    async seen({ identity }: Who, spans: readonly Span[], question: Question): Promise<void> {
      const { askedAt } = question
      const plan = await knownPlans.learned(identity, question, before => planFrom(spans, { askedAt, before }))
      await sessions.changeAll(identity, found => withPlan(found, plan))
    },

    /** The extension was taken back: access ends with this period at the latest, and with an end of an administrator before. */
    async endsWith({ identity }: Who, { from, until }: Span): Promise<void> {
      const news = { askedAt: now(), shownAt: now(), from, ...(until !== undefined && { until }) }
      const plan = await knownPlans.act(identity, found => (found && isTakenAway(found) ? found : news))
      await sessions.changeAll(identity, found => withPlan(found, plan))
    },

    /** The person ended their access: they are out now, whatever lists and tokens still say for a while. */
    async ended(who: Who): Promise<void> {
      const at = now()
      const membership = { member: false, provenAt: at, reason: 'ended', endedAt: at } as const
      const plan = await knownPlans.act(who.identity, () => ({ askedAt: at, until: at, endedAt: at }))
      await sessions.changeAll(who.identity, found => withPlan({ ...found, membership }, plan))
      const activation = await activations.read(who)
      if (activation)
        await activations.change(who, activation.id, found => ({
          ...found,
          stage: 'over',
          ending: { code: 'ended-here', at },
        }))
    },

    /**
     * An extension was accepted: access lasts until its end. If the person ended access after they asked, it stays
     * ended. An end of an administrator holds in any case.
     */
    async prolonged({ identity }: Who, { startsAt, keptAt, wish }: Activation): Promise<void> {
      const until = (startsAt ?? now()) + wish.minutes * 60_000
      const news = { askedAt: now(), shownAt: now(), until, ...(startsAt !== undefined && { seamAt: startsAt }) }
      const isEndedSince = (found: Plan) => isEndedHere(found) && (found.endedAt ?? 0) >= keptAt - clockToleranceMs
      const plan = await knownPlans.act(identity, found =>
        found && (isEndedSince(found) || isTakenAway(found)) ? found : { ...found, ...news },
      )
      await sessions.changeAll(identity, found => withPlan(found, plan))
    },
  }
}
export type OwnPlan = ReturnType<typeof createOwnPlan>
