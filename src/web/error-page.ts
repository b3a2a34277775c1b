import type { ErrorRequestHandler, Request } from 'express'
import { Problem, problemOf } from '../errors.ts'
import type { Sessions } from '../session/store.ts'
import { type Chrome, type Notice, sendProblem, setRetryAfter } from './notice.ts'
import { isNavigation, isPlainTarget, prefersHtml, returnPath } from './request.ts'

/** My roles > Groups of PIM, where eligible people turn on a membership. */
const pimUrl = 'https://entra.microsoft.com/#view/Microsoft_Azure_PIMCommon/ActivationMenuBlade/~/aadgroup'

type Needs = { chrome: Chrome; sessions: Sessions; baseUrl: string }

/** Step 13: "not signed in" becomes the way to sign in, "not a member" the page that says what to do, at the same URL. */
export const createRefusedPage = ({ chrome, sessions, baseUrl }: Needs): ErrorRequestHandler =>
  function refusedPage(thrown, request, response, next) {
    const problem = problemOf(thrown)
    if (response.headersSent || !isNavigation(request)) return next(problem)
    const target = ownPath(request, baseUrl)
    if (problem.code === 'not-signed-in')
      return response.redirect(302, `/auth/sign-in?returnTo=${encodeURIComponent(target)}`)
    const person = problem.code === 'not-a-member' ? someone(sessions, request) : undefined
    if (!person) return next(problem)
    const model = {
      ...person,
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
    const problem = fromExpress(thrown) ?? problemOf(thrown)
    const { status, title, detail, act } = problem.ending
    const { log, reference } = response.locals
    log[status >= 500 ? 'error' : 'info']({ event: 'problem', code: problem.code, error: problem })
    if (response.headersSent) return void response.destroy()
    setRetryAfter(response, status)
    if (!isForEyes(request)) return sendProblem(response, problem)
    const model = { title, detail, act, reference, returnTo: ownPath(request, baseUrl) } satisfies Notice
    response
      .status(status)
      .render('layout', { chrome, person: someone(sessions, request), title, page: 'notice', model })
  }

const ownPath = (request: Request, baseUrl: string) =>
  isPlainTarget(request.originalUrl) ? returnPath(request.originalUrl, baseUrl) : '/'

/** The gate answers forms with problems; a person who presses "Sign out" is owed words. */
const isForEyes = (request: Request) =>
  isNavigation(request) ||
  (request.path.startsWith('/auth/') && request.get('sec-fetch-mode') === 'navigate' && prefersHtml(request))

/** Whom the page's header names; nobody when the session could not be loaded. */
function someone(sessions: Sessions, request: Request) {
  const identity = request.session && sessions.recordOf(request)?.identity
  return identity && { name: identity.name, username: identity.username }
}

/** What Express and its body parser throw about a request that cannot be read. */
function fromExpress(thrown: unknown): Problem | undefined {
  if (!(thrown instanceof Error) || !('status' in thrown)) return undefined
  if (thrown.status === 413) return new Problem('form-too-large', { cause: thrown })
  return thrown.status === 400 || thrown.status === 415
    ? new Problem('form-not-accepted', { cause: thrown })
    : undefined
}
