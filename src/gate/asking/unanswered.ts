import type { Observations } from '../../audit/observations.ts'
import { isBlockedByPolicy } from '../../entra/oidc/errors.ts'
import type { Problem } from '../../errors.ts'
import type { Log } from '../../observability.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { Leases } from '../../session/replicas/lease.ts'
import type { Sessions } from '../../session/sessions.ts'
import type { Blocked } from './blocked.ts'
import { createPauses } from './pauses.ts'

/** Leaves a session as it was when Entra gives no answer about it, or ends it when its tokens are no longer good. */
export function createUnanswered({
  sessions,
  leases,
  log,
  blocked,
  observations,
}: {
  sessions: Pick<Sessions, 'destroy'>
  leases: Pick<Leases, 'pause'>
  log: Log
  /** Told of a session that ended because a policy forbade its token. */
  blocked?: Blocked | undefined
  observations?: Pick<Observations, 'sessionEnded'> | undefined
}) {
  const pauses = createPauses()

  return {
    answered: pauses.answered,

    /**
     * There was no answer: the session stays as it was, and Entra is left alone for a while. Throws
     * Problem('redis-away').
     */
    async leave(sessionId: string, { identity }: SessionRecord, problem: Problem): Promise<'unanswered'> {
      if (problem.code === 'redis-away') throw problem
      const level = problem.code === 'sign-in-misconfigured' ? 'error' : 'warn'
      log[level]({ event: 'recheck-failed', oid: identity.objectId, code: problem.code, error: problem })
      await leases.pause(sessionId, pauses.after(sessionId, problem))
      return 'unanswered'
    },

    /** The account or its tokens are no longer good: the session ends. Throws Problem('redis-away'). */
    async end(
      sessionId: string,
      record: SessionRecord,
      { reason, error }: { reason: string; error?: Problem },
    ): Promise<'over'> {
      const { identity } = record
      log.info({ event: 'session-over', oid: identity.objectId, reason, error })
      await sessions.destroy(sessionId, identity)
      observations?.sessionEnded({ actor: identity, code: reason })
      if (error && isBlockedByPolicy(error)) await blocked?.(record, error)
      return 'over'
    },
  }
}
export type Unanswered = ReturnType<typeof createUnanswered>
