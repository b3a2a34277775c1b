import type { ErrorRequestHandler, Request } from 'express'
import type { Clock } from '../clock.ts'
import { type Act, again, problemOf } from '../errors.ts'
import type { Sessions } from '../session/store.ts'
import { instant } from './instant.ts'
import { type Chrome, type Notice, sendProblem, setRetryAfter } from './notice.ts'
import { isFormOfPage, isNavigation, isPlainTarget, returnPath } from './request.ts'
import type { ToStepUp } from './step-up.ts'

/** My roles > Groups of PIM, where eligible people turn on a membership. */
const pimUrl = 'https://entra.microsoft.com/#view/Microsoft_Azure_PIMCommon/ActivationMenuBlade/~/aadgroup'

type Needs = { chrome: Chrome; sessions: Sessions; baseUrl: string }
type RefusedNeeds = Needs & { clock: Clock; toStepUp: ToStepUp }

/**
 * Step 13: "not signed in" becomes the way to sign in, a missing authentication context the way to meet it, "not a
 * member" the page that says what to do, at the same URL.
 */
export const createRefusedPage = ({ chrome, sessions, baseUrl, clock, toStepUp }: RefusedNeeds): ErrorRequestHandler =>
  function refusedPage(thrown, request, response, next) {
    const { code, facts } = problemOf(thrown)
    if (response.headersSent || !isNavigation(request)) return next(thrown)
    const target = ownPath(request, baseUrl)
    if (code === 'not-signed-in') return response.redirect(302, signInPath(target))
    if (code === 'auth-context-missing' && facts.context)
      return toStepUp(request, response, { context: facts.context, returnTo: target })
    const person = code === 'not-a-member' || code === 'access-ended' ? someone(sessions, request) : undefined
    if (!person) return next(thrown)
    const now = clock()
    const model = {
      ...person,
      askedAt: instant(now, now),
      endedAt: facts.endedAt === undefined ? undefined : instant(new Date(facts.endedAt), now),
      ranOut: facts.ranOut === true,
      groupName: chrome.groupName,
      pimUrl,
      returnTo: target,
      reference: response.locals.reference,
    }
    response.status(403).render('layout', { chrome, person, title: 'Access is off', page: 'refused', model })
  }

/** Step 14: everything else becomes a notice with a reference. The log gets the cause, the person never. */
export const createErrorPage = ({ chrome, sessions, baseUrl }: Needs): ErrorRequestHandler =>
  // Express knows an error handler by its four parameters.
  function errorPage(thrown, request, response, _next) {
    const problem = problemOf(thrown)
    const { status, title, detail, act } = problem.ending
    const { log, reference } = response.locals
    log[status >= 500 ? 'error' : 'info']({ event: 'problem', code: problem.code, error: problem })
    if (response.headersSent) return void response.destroy()
    setRetryAfter(response, status)
    if (!isForEyes(request)) return sendProblem(response, problem)
    const wanted = problem.facts.returnTo ?? response.locals.returnTo
    const returnTo = wanted ?? ownPath(request, baseUrl)
    const next = problem.facts.returnTo === undefined ? act : again
    const model = { title, detail, act: leadingBack(next, returnTo), reference, returnTo } satisfies Notice
    response
      .status(status)
      .render('layout', { chrome, person: someone(sessions, request), title, page: 'notice', model })
  }

/** Whoever signs in after all still gets to the page first asked for. */
const leadingBack = (act: Act, returnTo: string): Act =>
  'href' in act && act.href === '/auth/sign-in' ? { ...act, href: signInPath(returnTo) } : act

const signInPath = (returnTo: string) => `/auth/sign-in?returnTo=${encodeURIComponent(returnTo)}`

const ownPath = (request: Request, baseUrl: string) =>
  isPlainTarget(request.originalUrl) ? returnPath(request.originalUrl, baseUrl) : '/'

/** The gate answers forms with problems; a person who presses "Sign out" is owed words. */
const isForEyes = (request: Request) => isNavigation(request) || isSignOutForm(request)
const isSignOutForm = (request: Request) => request.path === '/auth/sign-out' && isFormOfPage(request)

/** Whom the page's header names; nobody when the session could not be loaded. */
function someone(sessions: Sessions, request: Request) {
  const identity = request.session && sessions.recordOf(request)?.identity
  return identity && { name: identity.name, username: identity.username }
}
