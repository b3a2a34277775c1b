import type { ErrorRequestHandler, Request } from 'express'
import type { Clock } from '../clock.ts'
import { type Act, problemOf } from '../errors.ts'
import type { SessionRecord } from '../session/record.ts'
import type { Sessions } from '../session/store.ts'
import { instant } from './instant.ts'
import { type Chrome, type Notice, sendProblem, setRetryAfter } from './notice.ts'
import { isNavigation, isPlainTarget, prefersHtml, returnPath } from './request.ts'

/** My roles > Groups of PIM, where eligible people turn on a membership. */
const pimUrl = 'https://entra.microsoft.com/#view/Microsoft_Azure_PIMCommon/ActivationMenuBlade/~/aadgroup'

type Needs = { chrome: Chrome; sessions: Sessions; baseUrl: string }
type RefusedNeeds = Needs & { clock: Clock }

/** Step 13: "not signed in" becomes the way to sign in, "not a member" the page that says what to do, at the same URL. */
export const createRefusedPage = ({ chrome, sessions, baseUrl, clock }: RefusedNeeds): ErrorRequestHandler =>
  function refusedPage(thrown, request, response, next) {
    const { code } = problemOf(thrown)
    if (response.headersSent || !isNavigation(request)) return next(thrown)
    const target = ownPath(request, baseUrl)
    if (code === 'not-signed-in') return response.redirect(302, signInPath(target))
    const record = code === 'not-a-member' ? sessions.recordOf(request) : undefined
    if (!record) return next(thrown)
    const { name, username } = record.identity
    const model = {
      name,
      username,
      checkedAt: instant(checkedAt(record), clock()),
      groupName: chrome.groupName,
      pimUrl,
      returnTo: target,
      reference: response.locals.reference,
    }
    const person = { name, username }
    response.status(403).render('layout', { chrome, person, title: 'Access is off', page: 'refused', model })
  }

const checkedAt = ({ membership, signedInAt }: SessionRecord) =>
  new Date(membership === 'unknown' ? signedInAt : membership.provenAt)

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
    const returnTo = response.locals.returnTo ?? ownPath(request, baseUrl)
    const model = { title, detail, act: leadingBack(act, returnTo), reference, returnTo } satisfies Notice
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
const isSignOutForm = (request: Request) =>
  request.method === 'POST' &&
  request.path === '/auth/sign-out' &&
  request.get('sec-fetch-mode') === 'navigate' &&
  prefersHtml(request)

/** Whom the page's header names; nobody when the session could not be loaded. */
function someone(sessions: Sessions, request: Request) {
  const identity = request.session && sessions.recordOf(request)?.identity
  return identity && { name: identity.name, username: identity.username }
}
