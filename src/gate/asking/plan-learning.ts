import type { Clock } from '../../clock.ts'
import type { Pim } from '../../entra/pim/pim.ts'
import type { Log } from '../../observability.ts'
import type { GateSessions } from '../../session/gate-sessions.ts'
import type { GateRecord } from '../../session/record/at-gate.ts'
import { withPlan } from '../../session/record/continuing.ts'
import { bindsUntil, newerPlan, type Plan } from '../../session/record/plan.ts'
import type { KnownPlans } from '../../session/replicas/known-plans.ts'
import { planFrom } from '../plan/from-periods.ts'
import { isPlanOld, mayAskPim } from '../plan/when-to-ask.ts'
import { createLastTimes } from './last-times.ts'
import type { PimToken } from './pim-token.ts'

/** Asks PIM for the plan of a session's own person at one gate, and remembers it in the session and for the person. */
export function createPlanLearning({
  clock,
  pim,
  token,
  sessions,
  knownPlans,
  log,
}: {
  clock: Clock
  pim: Pick<Pim, 'spans'>
  token: Pick<PimToken, 'get'>
  sessions: Pick<GateSessions, 'read' | 'change'>
  knownPlans: Pick<KnownPlans, 'latest' | 'learned'>
  log: Pick<Log, 'warn'>
}) {
  const running = new Map<string, Promise<void>>()
  const now = () => clock().getTime()
  const lastAsked = createLastTimes(now)
  const momentOf = (sessionId: string) => ({ now: now(), pimAskedAt: lastAsked.of(sessionId) })

  async function renew(sessionId: string, record: GateRecord): Promise<GateRecord> {
    if (!running.has(sessionId) && mayAskPim(record, momentOf(sessionId)))
      running.set(
        sessionId,
        ask(sessionId, record).finally(() => running.delete(sessionId)),
      )
    await running.get(sessionId)
    return (await sessions.read(sessionId)) ?? record
  }

  async function ask(sessionId: string, { identity, plan }: GateRecord): Promise<void> {
    lastAsked.note(sessionId)
    try {
      const base = await knownPlans.latest(identity)
      const askedAt = now()
      const spans = await pim.spans(await token.get({ sessionId, identity }))
      const known = await knownPlans.learned(identity, { base, askedAt }, found =>
        planFrom(spans, { askedAt, before: newerPlan(plan, found) }),
      )
      await adopt(sessionId, known)
    } catch (error) {
      log.warn({ event: 'plan-unknown', oid: identity.objectId, error })
    }
  }

  const adopt = (sessionId: string, known: Plan | undefined) =>
    sessions.change(sessionId, found => withPlan(found, known))

  return {
    /**
     * The record with what PIM says now. Without an answer the plan stays as it was, and a session for which PIM was
     * asked a moment ago gets what that told. Throws Problem('redis-away').
     */
    renew,

    /**
     * The record with the newest plan that any session of this person learned. It counts also where it cannot be
     * written into this session; where Redis does not answer, the record stays as it was.
     */
    async recall(sessionId: string, record: GateRecord): Promise<GateRecord> {
      const known = await knownPlans.latest(record.identity).catch(() => undefined)
      // A plan that was over before this session began binds no proof in it, and does not explain why its person is
      // out.
      if (known && bindsUntil(known) <= record.signedInAt) return record
      const found = withPlan(record, known)
      if (found === record) return record
      return (await adopt(sessionId, known).catch(() => undefined)) ?? found
    },

    /** Asks in the background, for a member whose end is not known or was asked for long ago. Never throws. */
    learn(sessionId: string, record: GateRecord): void {
      if (isPlanOld(record.plan, momentOf(sessionId))) renew(sessionId, record).catch(() => {})
    },

    /** When PIM was last asked here for this session, in epoch ms of our own clock; 0: never. */
    askedAt: lastAsked.of,
  }
}
export type PlanLearning = ReturnType<typeof createPlanLearning>
