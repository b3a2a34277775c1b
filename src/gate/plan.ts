import type { Clock } from '../clock.ts'
import type { Pim, Span } from '../entra/pim.ts'
import type { Log } from '../observability.ts'
import type { KnownPlans } from '../session/known-plans.ts'
import { lagMs, type Membership, type Plan, type SessionRecord } from '../session/record.ts'
import type { Sessions } from '../session/store.ts'
import type { PimToken } from './pim-token.ts'

/** Periods that follow each other so closely are one. */
const gapMs = 5_000
/** Around a seam Microsoft may show nobody in the group for so long. */
const seamMs = 30_000
const freshMs = 10_000
/** PIM is asked no more often for one session, and so often for someone whose end is not known. */
const shortestMs = 1_500
const learnMs = 5 * 60_000

/** Reads a plan from PIM's own periods of a person. What it does not show is no end: removals are found elsewhere. */
export function planFrom(
  spans: readonly Span[],
  { askedAt, before }: { askedAt: number; before: Plan | undefined },
): Plan {
  const counting = spans.filter(({ from }) => from >= (before?.endedAt ?? 0))
  const edge = Math.max(askedAt, before?.until ?? 0) + gapMs
  const first = counting.find(({ from, until = Infinity }) => from <= edge && until > askedAt)
  if (!first) return { ...before, askedAt }
  const followsBefore =
    before?.from !== undefined && before.from < first.from && Math.abs((before.until ?? 0) - first.from) <= gapMs
  let seamAt = followsBefore || before?.seamAt === first.from ? first.from : undefined
  let { until } = first
  for (const next of counting) {
    if (until === undefined || next.from <= first.from || next.from > until + gapMs) continue
    if (next.until !== undefined && next.until <= until) continue
    if (seamAt === undefined || askedAt >= seamAt + seamMs) seamAt = next.from
    until = next.until
  }
  const { endedAt } = before ?? {}
  return {
    askedAt,
    shownAt: askedAt,
    from: first.from,
    ...(until !== undefined && { until }),
    ...(seamAt !== undefined && { seamAt }),
    ...(endedAt !== undefined && { endedAt }),
  }
}

/**
 * A membership within its plan: it ends when the plan does, whatever lists and tokens that lag behind still say, and
 * over the seam of an accepted extension it is held while PIM itself says that the next period has begun.
 */
export function within(plan: Plan | undefined, membership: Membership, now: number): Membership {
  if (plan?.until === undefined || membership === 'unknown') return membership
  const { until, endedAt, askedAt } = plan
  if (!membership.member) return refusedWithin(plan, membership, now)
  const { provenAt } = membership
  const isOver = now >= until && provenAt < until + lagMs
  // A list of PIM's own, newer than the plan, knows its ends itself; but not yet of one that was made here.
  const knowsBetter = membership.until !== undefined && provenAt >= askedAt && until !== endedAt
  if (isOver && !knowsBetter)
    return { member: false, provenAt, reason: until === endedAt ? 'ended' : 'ran-out', endedAt: until }
  if (now >= until) return membership
  const endsAtSeam = Math.abs((membership.until ?? 0) - (plan.seamAt ?? Infinity)) <= gapMs
  return knowsBetter && !endsAtSeam ? membership : { ...membership, until }
}

function refusedWithin(plan: Plan, no: Exclude<Membership, 'unknown'>, now: number): Membership {
  const { seamAt = Infinity, until = 0, shownAt = 0 } = plan
  const isOfSeam = no.provenAt >= seamAt - gapMs && no.provenAt < seamAt + seamMs
  if (!isOfSeam || now >= until) return no
  // What was said in the gap says nothing after it: it is asked anew.
  if (now >= seamAt + seamMs) return 'unknown'
  return shownAt >= no.provenAt - freshMs ? { member: true, provenAt: shownAt, until } : no
}

/** Asks PIM for the plan of a session's own person, and remembers it in the session. */
export function createPlans({
  clock,
  pim,
  token,
  sessions,
  knownPlans,
  log,
}: {
  clock: Clock
  pim: Pim
  token: PimToken
  sessions: Pick<Sessions, 'read' | 'change'>
  knownPlans: KnownPlans
  log: Log
}) {
  const running = new Map<string, Promise<void>>()
  const lastAsked = new Map<string, number>()

  /** Without an answer the plan stays as it was; whoever asks too often gets what there is. */
  async function renew(sessionId: string, record: SessionRecord): Promise<SessionRecord> {
    if (Math.abs(clock().getTime() - (lastAsked.get(sessionId) ?? 0)) >= shortestMs) {
      const work = running.get(sessionId) ?? ask(sessionId, record).finally(() => running.delete(sessionId))
      running.set(sessionId, work)
      await work
    }
    return (await sessions.read(sessionId)) ?? record
  }

  async function ask(sessionId: string, { identity }: SessionRecord): Promise<void> {
    remember(sessionId)
    const askedAt = clock().getTime()
    try {
      const spans = await pim.spans(await token.get({ sessionId, identity }))
      const after = await sessions.change(sessionId, found => {
        // Somebody learned more since this was asked, e.g. that it was extended or ended here.
        const isOld =
          found.plan !== undefined && found.plan.askedAt > askedAt && found.plan.askedAt <= clock().getTime()
        return isOld ? found : { ...found, plan: planFrom(spans, { askedAt, before: found.plan }) }
      })
      if (after?.plan) await knownPlans.keep(identity, after.plan)
    } catch (error) {
      log.warn({ event: 'plan-unknown', oid: identity.objectId, error })
    }
  }

  function remember(sessionId: string): void {
    if (lastAsked.size > 10_000) lastAsked.clear()
    lastAsked.set(sessionId, clock().getTime())
  }

  return {
    renew,

    /** What another session of this person learned, for one that has learned nothing yet. It counts though it cannot be written. */
    async recall(sessionId: string, record: SessionRecord): Promise<SessionRecord> {
      const plan = record.plan ? undefined : await knownPlans.read(record.identity)
      if (!plan) return record
      const written = await sessions.change(sessionId, found => ({ plan, ...found })).catch(() => undefined)
      return written ?? { plan, ...record }
    },

    /** In the background, for a member whose end is not known or was asked for long ago. */
    learn(sessionId: string, record: SessionRecord): void {
      const { askedAt = 0, until = 0 } = record.plan ?? {}
      const now = clock().getTime()
      // In, though it ended a moment ago: it was turned on again.
      const isNew = until <= now && now - until < lagMs
      const age = Math.abs(now - Math.max(askedAt, lastAsked.get(sessionId) ?? 0))
      if (age >= (isNew ? freshMs : learnMs)) renew(sessionId, record).catch(() => {})
    },

    /** Whether PIM itself must say how things stand: somebody is refused past a known end, or at a seam. */
    isNeeded({ plan }: SessionRecord, membership: Membership): boolean {
      if (plan?.until === undefined || membership === 'unknown' || membership.member) return false
      const now = clock().getTime()
      const isOver = now >= plan.until
      const isAtSeam = plan.seamAt !== undefined && Math.abs(now - plan.seamAt) <= seamMs
      const isOld = now - plan.askedAt >= freshMs || (isOver && plan.askedAt < plan.until)
      return (isOver && isOld) || (isAtSeam && now - (plan.shownAt ?? 0) >= freshMs / 2)
    },
  }
}
export type Plans = ReturnType<typeof createPlans>
