import type { ErrorRequestHandler, Request } from 'express'
import { type Problem, problemOf } from '../../errors.ts'
import type { Sessions } from '../../session/sessions.ts'
import { isNavigation, ownPath, signInPath } from '../request.ts'
import type { ToStepUp } from '../sign-in/step-up.ts'
import { createShowRefused, type ShowRefusedNeeds } from './show-refused.ts'

type Needs = ShowRefusedNeeds & { sessions: Pick<Sessions, 'recordOf'>; toStepUp: ToStepUp }

/**
 * "Not signed in" becomes the way to sign in, a missing authentication context the way to meet it, "not a
 * member" the page that says what to do, at the same URL.
 */
export const createRefusedPage = (needs: Needs): ErrorRequestHandler => {
  const showRefused = createShowRefused(needs)
  return async function refusedPage(thrown, request, response, next) {
    const problem = problemOf(thrown)
    if (response.headersSent || !isNavigation(request)) return next(thrown)
    const target = ownPath(request, needs.config.baseUrl)
    if (problem.code === 'not-signed-in') return response.redirect(302, signInPath(target))
    if (problem.code === 'auth-context-missing' && problem.facts.context)
      return needs.toStepUp(request, response, { context: problem.facts.context, returnTo: target })
    const record = isRefusal(problem) ? recordOf(needs.sessions, request) : undefined
    if (!record) return next(thrown)
    await showRefused(request, response, { facts: problem.facts, record, returnTo: target })
  }
}

/** Whether the gate says that this person is not in. */
export const isRefusal = ({ code }: Pick<Problem, 'code'>) => code === 'not-a-member' || code === 'access-ended'

const recordOf = (sessions: Needs['sessions'], request: Request) =>
  request.session ? sessions.recordOf(request) : undefined
