import { type Clock, pageWaitMs } from '../../clock.ts'
import { isBlockedByPolicy, isPassing, retryAfterMsOf, signInRefusalOf } from '../../entra/oidc/errors.ts'
import type { Oidc } from '../../entra/oidc/oidc.ts'
import type { Tokens } from '../../entra/oidc/signed-in.ts'
import { Problem } from '../../errors.ts'
import type { Log } from '../../observability.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { Leases } from '../../session/replicas/lease.ts'
import type { Sessions } from '../../session/sessions.ts'
import type { Vault } from '../../session/vault.ts'
import { isProofAhead, longestNoMs } from '../freshness.ts'
import type { MembershipProof } from '../membership-proof.ts'
import type { SetUp } from '../set-up.ts'
import { type Answer, isRunning, type Recheck, type RecheckOf, withAnswer } from './answer.ts'
import type { Blocked } from './blocked.ts'
import { createRedisDoubts, type RedisDoubts } from './redis-doubts.ts'
import { createTurns, type TurnLimits } from './turns.ts'

/** Whoever redeems a session's refresh token holds this. */
export const refreshLease = (sessionId: string) => `refresh:${sessionId}`
export const refreshLeaseMs = 3_000
const pauseMs = 5_000
const longestPauseMs = 60_000
/** Only an administrator's consent helps: "Check again" asks at once, all else has time. */
const consentPauseMs = 30_000
const mostStruggling = 10_000
const waitStepMs = 100
const mostAnswered = 10_000
const usualLimits: TurnLimits = { atOnce: 50, waiting: 200, longestWaitMs: 2_000 }
const crowdedEveryMs = 60_000

/**
 * Asks Entra anew about the person of a session, by redeeming the refresh token: one at a time for a session, across
 * all replicas; the others wait and read the result. After a failure nobody tries again for a while. So many sessions at
 * once, each in its turn; one that gets no turn is unanswered.
 */
export function createRecheck({
  clock,
  oidc,
  vault,
  sessions,
  leases,
  proof,
  staleBefore = () => 0,
  heardAt = () => 0,
  log,
  blocked,
  doubts = createRedisDoubts(),
  setUp,
  inFlight = usualLimits,
}: {
  clock: Clock
  oidc: Oidc
  vault: Vault
  sessions: Sessions
  leases: Leases
  proof: MembershipProof
  /** Proofs from before this instant are stale: a change of the group was announced then, perhaps by a clock ahead of ours. */
  staleBefore?: () => number
  /** When that was heard of, by our clock. */
  heardAt?: () => number
  log: Log
  /** Told of a session that ended because a policy forbade its token. */
  blocked?: Blocked | undefined
  /** Told of each session about which Redis kept us from asking. */
  doubts?: RedisDoubts
  setUp?: SetUp | undefined
  inFlight?: TurnLimits
}): RecheckOf {
  const turns = createTurns(inFlight)
  let toldCrowdedAt = -Infinity
  const running = new Map<string, Promise<Recheck>>()
  /** Whose sessions they are. */
  const asking = new Map<string, string>()
  /** When Entra was last asked here about a session, and answered of the group, by our own clock (epoch ms). */
  const answered = new Map<string, number>()
  /** How often in a row Entra answered about a session that it cannot now. */
  const struggling = new Map<string, number>()

  /** Anything proven after the instant `provenAfter` answers it, whoever asked. */
  async function recheck(sessionId: string, provenAfter: number): Promise<Recheck> {
    const known = running.get(sessionId)
    if (!known) return begin(sessionId, provenAfter)
    const answer = await known
    if (answer === 'over' || answer === 'unanswered' || isAnswer(sessionId, answer.record, provenAfter)) return answer
    // Begun too early to answer this, e.g. before an end that has come meanwhile; one begun since is as new as can be.
    return running.get(sessionId) ?? begin(sessionId, provenAfter)
  }

  function begin(sessionId: string, provenAfter: number): Promise<Recheck> {
    doubts.clear(sessionId)
    const work = turns(() => once(sessionId, provenAfter))
      .then(answer => (answer === 'no-turn' ? crowded() : answer))
      .catch(thrown => whenRedisTakesNoWrites(sessionId, thrown))
      .finally(() => {
        running.delete(sessionId)
        asking.delete(sessionId)
      })
    running.set(sessionId, work)
    return work
  }

  /** Others are asked about: nobody is let in or signed out by that, and whoever comes again may have their turn. */
  function crowded(): Recheck {
    const now = performance.now()
    if (now - toldCrowdedAt > crowdedEveryMs) {
      toldCrowdedAt = now
      log.warn({ event: 'rechecks-crowded', ...inFlight })
    }
    return 'unanswered'
  }

  async function once(sessionId: string, provenAfter: number): Promise<Recheck> {
    const end = performance.now() + pageWaitMs
    while (performance.now() < end) {
      const record = await sessions.read(sessionId)
      if (!record) return 'over'
      asking.set(sessionId, record.identity.objectId)
      if (isAnswer(sessionId, record, provenAfter)) return { record }
      if (await leases.isPaused(sessionId)) return 'unanswered'
      const turn = await leases.hold(refreshLease(sessionId), refreshLeaseMs, () => refreshed(sessionId, provenAfter))
      if (turn.held) return turn.value
      await new Promise(resolve => setTimeout(resolve, waitStepMs))
    }
    return 'unanswered'
  }

  /** With the lease in hand; somebody may have been here just before. */
  async function refreshed(sessionId: string, provenAfter: number): Promise<Recheck> {
    const record = await sessions.read(sessionId)
    if (!record) return 'over'
    if (isAnswer(sessionId, record, provenAfter)) return { record }
    const tokens = await vault.read(sessionId)
    // A replica that has the newer secret can ask.
    if (tokens === 'unknown-key') return unanswered(sessionId, record, new Problem('membership-unknown'))
    if (!tokens?.refreshToken) return over(sessionId, record, 'no-refresh-token')
    const askedAt = new Date(latest())
    try {
      const signedIn = await oidc.refresh(tokens.refreshToken, record.identity)
      struggling.delete(sessionId)
      await vault.replace(sessionId, tokens, signedIn.tokens)
      const ownProvenAt = askedAt.getTime()
      const keep = (next: Tokens) => vault.replace(sessionId, signedIn.tokens, next)
      const membership = await proof(signedIn, askedAt, keep).catch(async thrown => {
        // Of the account Entra has answered all the same.
        const isUnlisted = thrown instanceof Problem && thrown.code === 'too-many-groups'
        if (isUnlisted) setUp?.tooManyGroups(record.identity, thrown)
        await remembered(sessionId, record, { ownProvenAt, ...(isUnlisted && { unlistedAt: ownProvenAt }) })
        throw thrown
      })
      setUp?.saw(record.identity, signedIn.groups, { isRunning: isRunning(record.plan, ownProvenAt) })
      return remembered(sessionId, record, { ownProvenAt, membership })
    } catch (thrown) {
      // Stopped for so long that somebody redeemed these tokens later: their answer counts.
      if (isVerdict(thrown) && !(await vault.holds(sessionId, tokens))) return asOthersLeftIt(sessionId)
      return afterFailure(sessionId, { record, thrown, askedAt })
    }
  }

  async function asOthersLeftIt(sessionId: string): Promise<Recheck> {
    const record = await sessions.read(sessionId)
    return record ? { record } : 'over'
  }

  async function afterFailure(
    sessionId: string,
    { record, thrown, askedAt }: { record: SessionRecord; thrown: unknown; askedAt: Date },
  ): Promise<Recheck> {
    if (!(thrown instanceof Problem)) throw thrown
    if (thrown.code === 'other-person') return over(sessionId, record, thrown.code, thrown)
    if (thrown.code !== 'sign-in-refused') return unanswered(sessionId, record, thrown)
    const refusal = signInRefusalOf(thrown)
    if (refusal !== 'not-assigned') return over(sessionId, record, refusal, thrown)
    const ownProvenAt = askedAt.getTime()
    const membership = { member: false, provenAt: ownProvenAt, reason: refusal } as const
    return remembered(sessionId, record, { ownProvenAt, membership })
  }

  async function remembered(sessionId: string, before: SessionRecord, answer: Answer): Promise<Recheck> {
    if (answered.size >= mostAnswered) answered.clear()
    if (answer.membership) answered.set(sessionId, Math.min(answer.ownProvenAt, clock().getTime()))
    const record = await sessions.change(sessionId, found => withAnswer(found, before, answer))
    return record ? { record } : 'over'
  }

  async function unanswered(sessionId: string, { identity }: SessionRecord, problem: Problem): Promise<Recheck> {
    if (problem.code === 'redis-away') throw problem
    const level = problem.code === 'sign-in-misconfigured' ? 'error' : 'warn'
    log[level]({ event: 'recheck-failed', oid: identity.objectId, code: problem.code, error: problem })
    await leases.pause(sessionId, retryAfterMsOf(problem) ?? pauseAfter(sessionId, problem))
    return 'unanswered'
  }

  /** Entra says that it has too much to do, or that a part of it is down: each time it is left alone for twice as long. */
  function pauseAfter(sessionId: string, problem: Problem): number {
    if (problem.code === 'too-many-groups') return consentPauseMs
    if (!isPassing(problem)) return pauseMs
    const before = struggling.get(sessionId) ?? 0
    if (struggling.size >= mostStruggling) struggling.clear()
    struggling.set(sessionId, before + 1)
    return Math.min(pauseMs * 2 ** before, longestPauseMs)
  }

  async function over(sessionId: string, record: SessionRecord, reason: string, error?: Problem): Promise<Recheck> {
    const { identity } = record
    log.info({ event: 'session-over', oid: identity.objectId, reason, error })
    await sessions.destroy(sessionId, identity)
    if (error && isBlockedByPolicy(error)) await blocked?.(record, error)
    return 'over'
  }

  /** The session could be read, but not this asked or written: no answer, which signs nobody out. */
  function whenRedisTakesNoWrites(sessionId: string, thrown: unknown): Recheck {
    if (!(thrown instanceof Problem) || thrown.code !== 'redis-away') throw thrown
    const { code } = thrown
    // It cannot be paused where nothing is written: each request asks again, and the log need not say so each time.
    if (doubts.note(sessionId)) log.warn({ event: 'recheck-failed', oid: asking.get(sessionId), code, error: thrown })
    return 'unanswered'
  }

  /** Now, by our clock; after an announcement that a clock ahead of ours has dated, so that what is asked now answers it. */
  const latest = () => Math.max(clock().getTime(), staleBefore())

  /**
   * Proven after that instant, and not by a clock that runs ahead. Of a "no" dated ahead nobody knows whether the person
   * has turned on access since: it answers nothing, unless Entra was asked here a moment ago.
   */
  function isAnswer(sessionId: string, { membership }: SessionRecord, provenAfter: number): boolean {
    if (membership === 'unknown') return false
    const now = clock().getTime()
    const isDatedSince = membership.provenAt > provenAfter && !isProofAhead(membership, now)
    if (membership.member || (isDatedSince && membership.provenAt <= now)) return isDatedSince
    // An instant that is still to come for us is that of an announcement: it is answered by what was asked since it was heard.
    const since = provenAfter > now ? heardAt() : provenAfter
    return (answered.get(sessionId) ?? 0) > Math.max(since, now - longestNoMs)
  }

  return recheck
}

/** What Entra said of the person or their tokens, as opposed to no answer. */
const isVerdict = (thrown: unknown): boolean =>
  thrown instanceof Problem && (thrown.code === 'sign-in-refused' || thrown.code === 'other-person')
