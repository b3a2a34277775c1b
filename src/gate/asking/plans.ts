import type { Clock } from '../../clock.ts'
import type { Pim } from '../../entra/pim/pim.ts'
import type { Log } from '../../observability.ts'
import { withPlan } from '../../session/record/continuing.ts'
import { isMember, type Membership } from '../../session/record/membership.ts'
import { lagMs, newerPlan, type Plan } from '../../session/record/plan.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { KnownPlans } from '../../session/replicas/known-plans.ts'
import type { Sessions } from '../../session/sessions.ts'
import { freshMs, isAtSeam, isPlanOver, planFrom } from '../plan.ts'
import type { PimToken } from './pim-token.ts'

/** PIM is asked no more often for one session. */
const shortestMs = 1_500
/** PIM is asked so often for a member whose end is known, or not set. */
const learnMs = 5 * 60_000
const mostRemembered = 10_000

/** Asks PIM for the plan of a session's own person, and remembers it in the session and for the person. */
export function createPlans({
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
  sessions: Pick<Sessions, 'read' | 'change'>
  knownPlans: Pick<KnownPlans, 'latest' | 'learned'>
  log: Pick<Log, 'warn'>
}) {
  const running = new Map<string, Promise<void>>()
  /** When PIM was last asked here for a session, by our own clock. The instants in plans may be of other clocks. */
  const lastAsked = new Map<string, number>()
  const now = () => clock().getTime()
  const sinceAsked = (sessionId: string) => Math.abs(now() - (lastAsked.get(sessionId) ?? 0))

  /** Without an answer the plan stays as it was; whoever asks too often gets what there is. */
  async function renew(sessionId: string, record: SessionRecord): Promise<SessionRecord> {
    if (!running.has(sessionId) && (sinceAsked(sessionId) >= shortestMs || isOutdated(record)))
      running.set(
        sessionId,
        ask(sessionId, record).finally(() => running.delete(sessionId)),
      )
    await running.get(sessionId)
    return (await sessions.read(sessionId)) ?? record
  }

  /** A member although the plan is over: access was turned on since PIM was asked, however short a while ago that was. */
  const isOutdated = ({ membership, plan }: SessionRecord): boolean =>
    isMember(membership) && plan?.until !== undefined && isPlanOver(plan, now())

  async function ask(sessionId: string, { identity, plan }: SessionRecord): Promise<void> {
    remember(sessionId)
    try {
      const base = await knownPlans.latest(identity)
      const askedAt = now()
      const spans = await pim.spans(await token.get({ sessionId, identity }))
      const known = await knownPlans.learned(identity, { base, askedAt }, found =>
        planFrom(spans, { askedAt, before: newerPlan(plan, found) }),
      )
      await adopted(sessionId, known)
    } catch (error) {
      log.warn({ event: 'plan-unknown', oid: identity.objectId, error })
    }
  }

  const adopted = (sessionId: string, known: Plan | undefined) =>
    sessions.change(sessionId, found => withPlan(found, known))

  function remember(sessionId: string): void {
    if (lastAsked.size > mostRemembered) lastAsked.clear()
    lastAsked.set(sessionId, now())
  }

  return {
    renew,

    /**
     * The record with the newest plan that any session of this person learned. It counts also where it cannot be written
     * into this session; where Redis does not answer, the record stays as it was.
     */
    async recall(sessionId: string, record: SessionRecord): Promise<SessionRecord> {
      const known = await knownPlans.latest(record.identity).catch(() => undefined)
      // One that was over before this session began binds no proof of it, and says nothing of why its person is out now.
      if (known?.until !== undefined && known.until + lagMs <= record.signedInAt) return record
      const found = withPlan(record, known)
      if (found === record) return record
      return (await adopted(sessionId, known).catch(() => undefined)) ?? found
    },

    /** In the background, for a member whose end is not known or was asked for long ago. */
    learn(sessionId: string, record: SessionRecord): void {
      const { askedAt = 0, until = 0 } = record.plan ?? {}
      // Still a member although the plan ended a moment ago: access was turned on again.
      const isNew = until <= now() && now() - until < lagMs
      const age = Math.min(Math.abs(now() - askedAt), sinceAsked(sessionId))
      if (age >= (isNew ? freshMs : learnMs)) renew(sessionId, record).catch(() => {})
    },

    /** Whether PIM itself must say how things stand: somebody is refused past a known end, or at a seam. */
    isNeeded(sessionId: string, { plan }: SessionRecord, membership: Membership): boolean {
      if (plan?.until === undefined || membership === 'unknown' || membership.member) return false
      const { shownAt = 0, askedAt, until } = plan
      const isOver = isPlanOver(plan, now())
      if (isAtSeam(plan, now()) && Math.abs(now() - shownAt) >= freshMs / 2) return true
      if (!isOver) return false
      return askedAt < until || (Math.abs(now() - askedAt) >= freshMs && sinceAsked(sessionId) >= freshMs)
    },
  }
}
export type Plans = ReturnType<typeof createPlans>
