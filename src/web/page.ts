import { type Request, type RequestHandler, type Response, Router } from 'express'
import type { Config } from '../config/load.ts'
import type { AccessNow } from '../gate/asking/access-now.ts'
import type { Who } from '../gate/asking/pim-token.ts'
import type { Audience, Person, Requirement, StepUp } from '../gate/decide.ts'
import { admissionOf } from '../gate/guard.ts'
import type { Log } from '../observability.ts'
import type { Services } from '../services.ts'
import type { Membership, SessionRecord } from '../session/lives/record.ts'
import type { OwnSession } from '../session/store.ts'
import { createRefusal } from './access/refused-page.ts'
import { createShownAccess } from './access/shown-access.ts'
import { only } from './entrance/exactly.ts'
import { createPersonLimit } from './entrance/rate-limit.ts'
import { formsBehind } from './forms.ts'
import { createKeepForm } from './kept-form/keep.ts'
import { createSendKept } from './kept-form/send.ts'
import { isAheadOfTime, ownPath, whoOf } from './request.ts'
import { accessBarOf } from './shell/access-bar.ts'
import { navOf, show } from './shell/layout.ts'
import { type Chrome, chromeOf } from './shell/notice.ts'
import { sendOn } from './sign-in/after-form.ts'
import { hintOf, leadingBack, personMark } from './sign-in/step-up.ts'
import { createToEntra } from './sign-in/to-entra.ts'

/** The session of a visit: what it remembers, and this person's sessions, to look at and to end. */
export type VisitSession = {
  record: SessionRecord
  /** As it was found when this request was admitted. */
  membership: Membership
  /** How access stands, after what this request did: the page and the line above it say the same. */
  access: () => Promise<AccessNow>
  own: () => Promise<OwnSession[]>
  end: (which: string) => Promise<void>
  /** The same session under a new id: for someone whose rights grew. */
  rotate: () => Promise<void>
}
/** All that a controller gets. Only a guard's admission makes one, so no controller can run ungated. */
export type Visit = {
  person: Person
  who: Who
  session: VisitSession
  path: string
  params: Request['params']
  query: unknown
  form: unknown
  /** Nobody has come yet: asked for without its text (HEAD), or ahead of time by the browser. Nothing is done for that. */
  isAhead: boolean
  /** What this visit is called in the log. */
  reference: string
  log: Log
}
type Look = {
  status?: number
  refreshSeconds?: number | undefined
  /** Whether something waits here to be finished: then the line under the header offers nothing else to press. */
  isUnfinished?: boolean
}
export type Reply =
  | ({ view: string; title: string; model: object } & Look)
  | { redirect: string }
  | { json: object }
  | { toEntra: Leave }
type Leave = { returnTo: string; activation?: string; claims?: string }
export type Controller = (visit: Visit) => Reply | Promise<Reply>
/** What a setting turns on or off as a whole. */
export type Part = 'self-service'
export type Page = {
  method: 'get' | 'post'
  path: string
  requirement: Requirement
  part?: Part | undefined
  create: (services: Services) => Controller
}

export const view = (name: string, title: string, model: object, look: Look = {}): Reply => ({
  view: name,
  title,
  model,
  ...look,
})
export const redirect = (path: string): Reply => ({ redirect: path })
export const json = (model: object): Reply => ({ json: model })
/** To Entra and back to a page. With an activation: with exactly the claims that Microsoft asked for, so that it can be sent. */
export const toEntra = (toEntra: Leave): Reply => ({ toEntra })

const page =
  (method: Page['method']) =>
  async (
    path: string,
    audience: Audience,
    controller: Promise<{ default: Page['create'] }>,
    { stepUp, part }: { stepUp?: StepUp; part?: Part } = {},
  ): Promise<Page> => {
    if (stepUp) assertSensible(stepUp, path)
    return { method, path, requirement: { audience, stepUp }, part, create: (await controller).default }
  }
export const get = page('get')
export const post = page('post')

/** A page of a part that is off does not exist. */
export const isServed = ({ part }: Page, { pim }: Pick<Config, 'pim'>): boolean => part === undefined || pim.selfService

/** What could never be met would send people round in circles: that is a mistake to be told of at start. */
function assertSensible({ context, maxAgeMinutes = 1 }: StepUp, path: string): void {
  if (/^c[1-9]\d?$/.test(context) && maxAgeMinutes >= 1) return
  throw new Error(`${path}: a step-up takes a context of c1 to c99, and an age of at least one minute`)
}

/** Step 9: turns the page table into routes. The only code that renders a page for a person. */
export function routes(pages: readonly Page[], services: Services): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const chrome = chromeOf(services.config)
  const keep = createKeepForm(services, { chrome, refusal: createRefusal({ ...services, chrome }) })
  const { sending, keptOn, orKept } = createSendKept(services)
  const limit = createPersonLimit(services)
  for (const { method, path, requirement, part, create } of pages) {
    const verbs = method === 'get' ? ['get', 'head'] : ['post']
    const guard = services.guard(requirement)
    const reading = method === 'post' ? [formsBehind(guard, services.sessions), sending] : []
    const keeping = method === 'post' ? [orKept, keep(requirement)] : []
    const answer = answering(create(services), { chrome, services, keptOn, audience: requirement.audience })
    router.all(path, only(verbs), guard, ...(part ? [limit] : []), ...reading, answer, ...keeping)
  }
  return router
}

const answering = (
  controller: Controller,
  {
    chrome,
    services,
    keptOn,
    audience,
  }: { chrome: Chrome; services: Services; keptOn: (request: Request) => Promise<void>; audience: Audience },
): RequestHandler => {
  const leave = createToEntra({ ...services, chrome })
  const { selfService } = chrome
  return async function answer(request, response) {
    const visit = visitOf(request, response, { services, audience })
    const reply = await controller(visit)
    if ('redirect' in reply) return sendOn(request, response, reply.redirect)
    if ('json' in reply) return void response.json(reply.json)
    const { person, session } = visit
    if ('toEntra' in reply) {
      const { activation: id, claims, returnTo } = reply.toEntra
      const activation = id === undefined ? undefined : { id, person: personMark(person) }
      const start = { returnTo, retries: 0, activation, claims, loginHint: hintOf(person) }
      return leadingBack(returnTo, leave(request, response, start))
    }
    const { view: page, title, model, status = 200, refreshSeconds, isUnfinished = false } = reply
    // A page of bad news: the form that was sent there is corrected, and sent once more.
    if (status >= 400) await keptOn(request)
    const { name, username } = person
    const returnTo = request.method === 'POST' ? '/access' : ownPath(request, services.config.baseUrl)
    const now = services.clock()
    const access = await session.access()
    const found = accessBarOf(access, now, { selfService, returnTo })
    const bar = found && { ...found, canAct: found.canAct && !isUnfinished }
    const isMember = access.state === 'on'
    const nav = navOf(chrome, { isMember, page })
    // The page's script asks for it.
    const endUnknown = selfService && isMember && !bar ? (isUnfinished ? 'without-acts' : 'with-acts') : undefined
    response.status(status)
    show(response, { chrome, person: { name, username }, title, page, model, nav, bar, endUnknown, refreshSeconds })
  }
}

function visitOf(
  request: Request,
  response: Response,
  { services, audience }: { services: Services; audience: Audience },
): Visit {
  const { sessions } = services
  const { person, standing } = admissionOf(request)
  const who = whoOf(standing.record, request, response)
  const session = {
    record: standing.record,
    membership: standing.membership,
    access: createShownAccess(services, { who, standing, audience }),
    own: () => sessions.ownSessions(request),
    end: (which: string) => sessions.endOwn(request, which),
    rotate: () => sessions.rotate(request),
  }
  const { path, params, query, body: form } = request
  const isAhead = isAheadOfTime(request)
  const { log, reference } = response.locals
  return { person, who, session, path, params, query, form, isAhead, reference, log }
}
