import type { Request, RequestHandler } from 'express'
import { Problem } from '../errors.ts'
import type { Sessions } from '../session/store.ts'
import { decide, type Person, type Requirement } from './decide.ts'

const admitted = new WeakMap<Request, Person>()

/** The person this request was admitted as. Throws when no guard ran: a bug, never a visitor's doing. */
export function personOf(request: Request): Person {
  const person = admitted.get(request)
  if (!person) throw new Error('a page was reached without passing a guard')
  return person
}

/**
 * Makes the middleware that lets a request pass, or ends it with the Problem of its kind: 'not-signed-in',
 * 'not-a-member', 'membership-unknown'. Every refusal is logged with its reason.
 */
export const createGuard =
  ({ sessions }: { sessions: Pick<Sessions, 'recordOf'> }) =>
  (requirement: Requirement): RequestHandler =>
    function guard(request, response, next) {
      const record = sessions.recordOf(request)
      const { identity, membership = 'unknown' } = record ?? {}
      const decision = decide({ identity, membership }, requirement)
      if (identity) response.locals.oid = identity.objectId
      switch (decision.outcome) {
        case 'admit':
          admitted.set(request, decision.person)
          return next()
        case 'sign-in':
          return next(new Problem(decision.reason))
        case 'refuse':
        case 'cannot-tell':
          response.locals.log.info({ event: 'refused', reason: decision.reason, oid: identity?.objectId })
          return next(new Problem(decision.reason))
        default:
          throw new Error('no such outcome', { cause: decision satisfies never })
      }
    }
export type Guard = ReturnType<typeof createGuard>
