import { type Clock, pageWaitMs } from '../clock.ts'
import type { Config } from '../config/load.ts'
import { withPlan } from '../session/record/continuing.ts'
import { isMember, isNotAssigned, type Membership } from '../session/record/membership.ts'
import { lagMs } from '../session/record/plan.ts'
import type { SessionRecord } from '../session/record/record.ts'
import { createOwnToken } from './asking/own-token.ts'
import type { Plans } from './asking/plans.ts'
import type { Recheck, RecheckOf } from './asking/recheck.ts'
import { combined, oldestUseful } from './evidence.ts'
import { freshnessOf } from './membership.ts'
import { isPlanOver, within } from './plan.ts'

/** The roster as a source: what it says of a person now, and a wish that it be made anew. */
export type RosterSource = {
  /** 'unknown' when there is no roster, or none that is recent enough. */
  membershipOf(objectId: string): Membership
  /** Resolves when a roster asked for after this instant is in hand, or could not be had. */
  renew(askedAfter: number): Promise<void>
}
export type Standing = { record: SessionRecord; membership: Membership }

/** What was proven a moment ago need not be asked for again by someone who waits. */
const shortestAgeMs = 700

/**
 * Where a person stands right now: the newest proof of either source, asked for again when it is old, when a known
 * end has passed or when somebody told us of a change. Undefined when asking ended the session.
 */
export function createStanding({
  config,
  clock,
  recheck,
  roster,
  staleBefore,
  plans,
}: {
  config: Pick<Config, 'membership'>
  clock: Clock
  recheck: RecheckOf
  roster: RosterSource
  /** Proofs from before this instant are stale: a change of the group was announced then. */
  staleBefore: () => number
  /** What PIM says of a person's own activation; none where people do not turn on their access here. */
  plans?: Plans | undefined
}) {
  const { recheckMs } = config.membership
  const now = () => clock().getTime()
  const proven = ({ identity, membership, plan }: SessionRecord) => {
    // A plan that goes on says itself which of the ends that others know are seams.
    const endLagMs = plan?.until !== undefined && !isPlanOver(plan, now()) ? 0 : lagMs
    return combined(membership, roster.membershipOf(identity.objectId), { now: now(), endLagMs })
  }
  /** Without asking anyone. */
  const known = (record: SessionRecord): Membership => {
    const found = proven(record)
    // PIM and the roster know who is in the group, not to whom the application is assigned.
    return isNotAssigned(record.membership) ? found : within(record.plan, found, now())
  }
  const freshness = (membership: Membership) =>
    freshnessOf(membership, { now: now(), recheckMs, staleBefore: staleBefore() })
  const own = createOwnToken({ now, recheck, recheckMs })

  async function standingOf(sessionId: string, before: SessionRecord): Promise<Standing | undefined> {
    const record = isSettled(known(before)) ? before : ((await plans?.recall(sessionId, before)) ?? before)
    const membership = known(record)
    if (isEndInDoubt(record)) plans?.learn(sessionId, record)
    const states = [freshness(membership), own.freshness(sessionId, record)]
    if (states.includes('due')) return waitedFor(record, askedAnew(sessionId, record))
    // In the background: the page is served meanwhile, and what goes wrong is logged by the re-check.
    if (states.includes('soon')) own.ask(sessionId, provenAfter(sessionId, record)).catch(() => {})
    return plans?.isNeeded(sessionId, record, membership) ? planned(sessionId, record) : standingIn(record)
  }

  /** Only what is proven after this instant answers what has to be asked. */
  function provenAfter(sessionId: string, record: SessionRecord): number {
    const isOwnFresh = own.freshness(sessionId, record) === 'fresh'
    return Math.max(groupProvenAfter(record), isOwnFresh ? 0 : own.provenAfter(record))
  }

  function groupProvenAfter(record: SessionRecord): number {
    const membership = known(record)
    if (freshness(membership) === 'fresh') return 0
    // A proof that says nothing, around a seam, is no answer to what is asked because of it.
    return oldestUseful(membership === 'unknown' ? proven(record) : membership, staleBefore(), now())
  }

  /**
   * The same for someone who waits to be let in: whatever is known is asked for again, PIM's plan too. What was proven
   * before `since`, when something was changed, says nothing.
   */
  async function anew(sessionId: string, record: SessionRecord, since = 0): Promise<Standing | undefined> {
    const asking = async (): Promise<Recheck> => {
      // `since` may be of a clock that is ahead: no answer could be newer then, and each request would ask once more.
      const provenAfter = Math.max(now() - shortestAgeMs, Math.min(since, now()) - 1)
      await renewedRoster(provenAfter)
      const answer = await own.ask(sessionId, provenAfter)
      if (answer === 'over') return answer
      const proven = answer === 'unanswered' ? record : answer.record
      return { record: (await plans?.renew(sessionId, proven)) ?? proven }
    }
    return waitedFor(record, asking())
  }

  /** For both sources together. What was begun goes on, and the next request reads its result. */
  async function waitedFor(record: SessionRecord, work: Promise<Recheck>): Promise<Standing | undefined> {
    const answer = await atMost(pageWaitMs, work)
    if (answer === 'over') return undefined
    const current = answer === 'unanswered' ? record : answer.record
    return standingIn(withPlan(current, record.plan))
  }

  const standingIn = (record: SessionRecord): Standing => ({ record, membership: known(record) })

  /**
   * A fresh "yes" whose end is known and to come. In every other case another session of the person may know a newer plan,
   * and it is read: that costs one command of Redis, which a page in its ordinary course does without.
   */
  const isSettled = (membership: Membership): boolean =>
    isMember(membership) && membership.until !== undefined && freshness(membership) === 'fresh'

  /** Nobody told it, or it is PIM's word of some time ago against that of the sources: an extension can be taken back. */
  function isEndInDoubt(record: SessionRecord): boolean {
    const proof = proven(record)
    if (!isMember(known(record)) || !isMember(proof)) return false
    return proof.until === undefined || (record.plan?.until !== undefined && record.plan.until !== proof.until)
  }

  /** The roster first, where it can answer: it is one question for everybody. */
  async function askedAnew(sessionId: string, record: SessionRecord): Promise<Recheck> {
    const after = provenAfter(sessionId, record)
    const isDue = () => freshness(known(record)) === 'due'
    if (isDue() && !isNotAssigned(known(record))) await renewedRoster(groupProvenAfter(record))
    const mustAsk = isDue() || own.freshness(sessionId, record) === 'due'
    const answer = mustAsk ? await own.ask(sessionId, after) : { record }
    if (answer === 'over') return answer
    const current = answer === 'unanswered' ? record : answer.record
    if (isMember(known(record)) && isContradicted(current)) await renewedRoster(own.provenAfter(current) - 1)
    return plans?.isNeeded(sessionId, current, known(current)) ? planned(sessionId, current) : answer
  }

  /** The own token, which was asked for the account's sake, does not name the group of somebody whom the list names. */
  const isContradicted = (record: SessionRecord): boolean =>
    !isMember(known(record)) && isMember(roster.membershipOf(record.identity.objectId)) && !isNotAssigned(known(record))

  /** A roster that cannot be had, also because Redis takes no writes, leaves the other sources to answer. The watch logs it. */
  const renewedRoster = (askedAfter: number): Promise<void> => roster.renew(askedAfter).catch(() => {})

  /** With what PIM itself says. */
  async function planned(sessionId: string, record: SessionRecord): Promise<Standing> {
    return standingIn(withPlan((await plans?.renew(sessionId, record)) ?? record, record.plan))
  }

  return { standingOf, anew, known }
}
export type StandingOf = ReturnType<typeof createStanding>['standingOf']
export type Known = ReturnType<typeof createStanding>['known']
export type Anew = ReturnType<typeof createStanding>['anew']

async function atMost(ms: number, work: Promise<Recheck>): Promise<Recheck> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<Recheck>(resolve => {
    timer = setTimeout(resolve, ms, 'unanswered')
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}
