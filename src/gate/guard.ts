import type { Request, RequestHandler, Response } from 'express'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import { Problem } from '../errors.ts'
import { longestTimerMs } from '../patience.ts'
import type { Membership } from '../session/record/membership.ts'
import { isUnlisted, type SessionRecord } from '../session/record/record.ts'
import type { Sessions } from '../session/sessions.ts'
import { createRedisDoubts, type RedisDoubts } from './asking/redis-doubts.ts'
import { type Decision, decide, type Person, type Requirement } from './decide.ts'
import type { Known, Standing, StandingOf } from './standing.ts'

export type Admission = { person: Person; standing: Standing }
const admissions = new WeakMap<Request, Admission>()

/**
 * The person that this request was admitted as, and their standing. Throws when no guard ran: a bug, never a visitor's
 * doing.
 */
export function admissionOf(request: Request): Admission {
  const admission = admissions.get(request)
  if (!admission) throw new Error('a page was reached without passing a guard')
  return admission
}
/** The person that this request was admitted as. Throws when no guard ran. */
export const personOf = (request: Request): Person => admissionOf(request).person

const ended = new WeakMap<Request, SessionRecord>()
/** The session that this request came with, if it ended because the gate asked Entra about it. */
export const endedOf = (request: Request): SessionRecord | undefined => ended.get(request)

/**
 * Makes the middleware that lets a request pass, or ends it with the Problem of its kind: 'not-signed-in',
 * 'not-a-member', 'access-ended', 'membership-unknown', 'too-many-groups', 'redis-away', 'auth-context-missing'. Every
 * refusal is logged with its reason.
 */
export const createGuard = ({
  config,
  clock,
  sessions,
  standingOf,
  known,
  doubts = createRedisDoubts(),
  observe = () => {},
}: {
  config: Pick<Config, 'membership' | 'session'>
  clock: Clock
  sessions: Pick<Sessions, 'recordOf' | 'forget'>
  standingOf: StandingOf
  known: Known
  /** The sessions about which Redis keeps us from telling. */
  doubts?: Pick<RedisDoubts, 'has'>
  /** Told of every decision. */
  observe?: (facts: ReturnType<typeof observationOf>) => void
}) => {
  const { recheckMs, graceMs, authContext: memberContext } = config.membership
  const house = { trustedMs: recheckMs + graceMs, memberContext, contextMs: config.session.maxMs }

  return (requirement: Requirement): RequestHandler =>
    async function guard(request, response, next) {
      const standing = await standingFor(request, requirement)
      const { identity, contexts = {} } = standing?.record ?? {}
      // A page for signed-in people neither admits by a membership nor cuts the answer off at its end.
      const membership = requirement.audience === 'signed-in' ? 'unknown' : (standing?.membership ?? 'unknown')
      const now = clock().getTime()
      const isNotListed = standing !== undefined && isUnlisted(standing.record)
      const decision = decide({ identity, membership, contexts, now, isUnlisted: isNotListed, ...house }, requirement)
      observe(observationOf(decision, requirement, { membership, now }))
      if (identity) response.locals.oid = identity.objectId
      if (decision.outcome === 'cannot-tell' && doubts.has(request.sessionID)) return next(redisAway(response))
      if (decision.outcome !== 'admit' || !standing) return next(problemFor(decision, response))
      admissions.set(request, { person: decision.person, standing })
      if (decision.until !== undefined) cutAt(decision.until - now, response)
      next()
    }

  /** A page for signed-in people does not ask Entra. A members' page does, in its own guard. */
  async function standingFor(request: Request, { audience }: Requirement): Promise<Standing | undefined> {
    const record = sessions.recordOf(request)
    if (!record) return undefined
    if (audience === 'signed-in') return { record, membership: known(record) }
    const standing = await standingOf(request.sessionID, record)
    if (!standing) {
      ended.set(request, record)
      sessions.forget(request)
    }
    return standing
  }
}
export type Guard = ReturnType<typeof createGuard>

/** The decision, the audience of the page, and how old the proof was that admitted the person. */
const observationOf = (
  decision: Decision,
  { audience }: Requirement,
  { membership, now }: { membership: Membership; now: number },
) => ({
  audience,
  outcome: decision.outcome,
  reason: 'reason' in decision ? decision.reason : 'admitted',
  proofAgeSeconds:
    decision.outcome === 'admit' && audience === 'members' && membership !== 'unknown'
      ? Math.max(0, now - membership.provenAt) / 1000
      : undefined,
})

/** Microsoft was not asked, so the page does not say that Microsoft does not answer. */
function redisAway(response: Response): Problem {
  const { log, oid } = response.locals
  log.info({ event: 'refused', outcome: 'cannot-tell', reason: 'redis-away', oid })
  return new Problem('redis-away')
}

function problemFor(decision: Decision, response: Response): Problem {
  switch (decision.outcome) {
    case 'admit':
      throw new Error('admitted without a standing')
    case 'sign-in':
      return new Problem(decision.reason)
    case 'refuse':
    case 'cannot-tell':
    case 'step-up': {
      const { outcome, reason, ...facts } = decision
      response.locals.log.info({ event: 'refused', outcome, reason, oid: response.locals.oid })
      return new Problem(reason, { facts })
    }
    default:
      throw new Error('no such outcome', { cause: decision satisfies never })
  }
}

/** A long answer or an open stream ends when the membership does. */
function cutAt(ms: number, response: Response): void {
  if (ms > longestTimerMs) return
  const timer = setTimeout(() => response.destroy(), ms).unref()
  response.once('close', () => clearTimeout(timer))
}
