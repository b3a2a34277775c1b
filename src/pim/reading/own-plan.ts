import { type Clock, clockToleranceMs } from '../../clock.ts'
import type { Span } from '../../entra/pim/pim.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { planFrom } from '../../gate/plan.ts'
import { withPlan } from '../../session/record/continuing.ts'
import { isEndedHere, type Plan } from '../../session/record/plan.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { KnownPlans } from '../../session/replicas/known-plans.ts'
import type { Sessions } from '../../session/sessions.ts'
import type { Activation, Activations } from '../wish/activation.ts'

/**
 * What acts of a person change of the plan of their access: all their sessions know it before any list does, and those
 * that begin later, too. Every method throws Problem('redis-away') when Redis does not confirm.
 */
export function createOwnPlan({
  clock,
  activations,
  sessions,
  knownPlans,
}: {
  clock: Clock
  activations: Pick<Activations, 'read' | 'change'>
  sessions: Pick<Sessions, 'changeAll'>
  knownPlans: Pick<KnownPlans, 'act' | 'latest' | 'learned'>
}) {
  const now = () => clock().getTime()

  async function bind({ identity }: Who, news: Plan, more: Partial<SessionRecord> = {}): Promise<void> {
    const plan = await knownPlans.act(identity, () => news)
    await sessions.changeAll(identity, found => withPlan({ ...found, ...more }, plan))
  }

  return {
    /** What is known before PIM is asked. */
    latest: ({ identity }: Who): Promise<Plan | undefined> => knownPlans.latest(identity),

    /** PIM was asked for its periods, for a page: what the page says, the line above it says too. */
    async seen({ identity }: Who, spans: readonly Span[], question: { base: Plan | undefined; askedAt: number }) {
      const { askedAt } = question
      const plan = await knownPlans.learned(identity, question, before => planFrom(spans, { askedAt, before }))
      await sessions.changeAll(identity, found => withPlan(found, plan))
    },

    /** Whether or not it is ended now, it does not go on after this period. */
    endsWith: (who: Who, { from, until }: Span): Promise<void> =>
      bind(who, { askedAt: now(), shownAt: now(), from, ...(until !== undefined && { until }) }),

    /** Whatever lists and tokens still say for a while: who ended it is out. */
    async ended(who: Who): Promise<void> {
      const at = now()
      const membership = { member: false, provenAt: at, reason: 'ended', endedAt: at } as const
      await bind(who, { askedAt: at, until: at, endedAt: at }, { membership })
      const activation = await activations.read(who)
      if (activation)
        await activations.change(who, activation.id, found => ({
          ...found,
          stage: 'over',
          ending: { code: 'ended-here', at },
        }))
    },

    /** An extension was accepted: it lasts until then. An end that came after the wish stays one. */
    async prolonged({ identity }: Who, { startsAt, keptAt, wish }: Activation): Promise<void> {
      const until = (startsAt ?? now()) + wish.minutes * 60_000
      const news = { askedAt: now(), shownAt: now(), until, ...(startsAt !== undefined && { seamAt: startsAt }) }
      const isEndedSince = (found: Plan) => isEndedHere(found) && (found.endedAt ?? 0) >= keptAt - clockToleranceMs
      const plan = await knownPlans.act(identity, found =>
        found && isEndedSince(found) ? found : { ...found, ...news },
      )
      await sessions.changeAll(identity, found => withPlan(found, plan))
    },
  }
}
export type OwnPlan = ReturnType<typeof createOwnPlan>
