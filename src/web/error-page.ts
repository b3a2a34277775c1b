import type { ErrorRequestHandler, Request, Response } from 'express'
import type { Clock } from '../clock.ts'
import { again, type PageAct } from '../endings.ts'
import { type Problem, problemOf } from '../errors.ts'
import { admissionOf } from '../gate/admission.ts'
import type { Gates } from '../gate/gates.ts'
import type { Sessions } from '../session/sessions.ts'
import { accessBarAt } from './access/access-bar-at.ts'
import { isRefusal } from './access/refused-page.ts'
import { isFormOfPage, isNavigation, ownPath, signInPath } from './request.ts'
import type { Chrome } from './shell/chrome.ts'
import { show, someone } from './shell/layout.ts'
import type { Navigation } from './shell/navigation.ts'
import { type Notice, sendProblem, setRetryAfter } from './shell/notice.ts'

type Needs = {
  chrome: Chrome
  navigation: Navigation
  sessions: Sessions
  baseUrl: string
  clock: Clock
  gates: Gates
}

/** The last step: every error that comes here becomes a notice with a reference. The log gets the cause, the person never. */
export const createErrorPage = ({ chrome, navigation, sessions, baseUrl, clock, gates }: Needs): ErrorRequestHandler =>
  // Express knows an error handler by its four parameters.
  function errorPage(thrown, request, response, _next) {
    const problem = problemOf(thrown)
    const { status, title, detail, act } = problem.ending
    const { log, reference } = response.locals
    log[status >= 500 ? 'error' : 'info']({ event: 'problem', code: problem.code, error: problem })
    if (response.headersSent) return void response.destroy()
    setRetryAfter(response, status)
    const isOwedWords = problem.code === 'form-sent' && isFormOfPage(request)
    if (!isOwedWords && !isForEyes(request, response)) return sendProblem(response, problem)
    const wanted = problem.facts.returnTo ?? response.locals.returnTo
    const returnTo = wanted ?? ownPath(request, baseUrl)
    const next = problem.facts.returnTo === undefined ? act : again
    const model = { title, detail, act: signingInFor(next, returnTo), reference, returnTo } satisfies Notice
    const person = someone(sessions, request)
    const stands = isAboutAccess(problem) ? undefined : standsAt(request, gates)
    const bar = stands && accessBarAt(gates, stands, { now: clock(), returnTo })
    const nav = person && navigation({ isIn: gate => stands !== undefined && gates.isIn(stands.record, gate) })
    response.status(status)
    show(response, { chrome, person, title, page: 'notice', model, bar, ...(nav && { nav }) })
  }

/** Then the gate's answer is newer than the membership with which the landing admitted this request, and the line would contradict the page. */
const isAboutAccess = ({ code }: Problem) => code === 'membership-unknown' || isRefusal({ code })

/** How this person's access stands; undefined when no guard has admitted the request. A page of bad news may come without it. */
function standsAt(request: Request, gates: Gates) {
  try {
    const { record, gate, standing } = admissionOf(request)
    return { record, gate, access: gates.named(gate).accessNow(standing) }
  } catch {
    return undefined
  }
}

/** A person who signs in after all still gets to the page first asked for. */
const signingInFor = (act: PageAct, returnTo: string): PageAct =>
  'href' in act && act.href === '/auth/sign-in' ? { ...act, href: signInPath(returnTo) } : act

/** The gate answers forms with JSON, but a person who presses "Sign out", or goes to Entra by a form, is owed a page. */
const isForEyes = (request: Request, { locals }: Response) =>
  isNavigation(request) || locals.isForm === true || isSignOutForm(request)
const isSignOutForm = (request: Request) => request.path === '/auth/sign-out' && isFormOfPage(request)
