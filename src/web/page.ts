import { type Request, type RequestHandler, type Response, Router } from 'express'
import type { Audience, Person, Requirement, StepUp } from '../gate/decide.ts'
import { admissionOf, personOf } from '../gate/guard.ts'
import type { Log } from '../observability.ts'
import type { Services } from '../services.ts'
import type { Membership, SessionRecord } from '../session/record.ts'
import type { OwnSession } from '../session/store.ts'
import { only } from './doors.ts'
import { forms } from './forms.ts'
import { createKeepForm } from './keep-form.ts'
import { type Chrome, chromeOf } from './notice.ts'

/** The session of a visit: what it remembers, and this person's sessions, to look at and to end. */
export type VisitSession = {
  record: SessionRecord
  /** As it was found when this request was admitted. */
  membership: Membership
  own: () => Promise<OwnSession[]>
  end: (which: (handle: string) => boolean) => Promise<void>
}
/** All that a controller gets. Only a guard's admission makes one, so no controller can run ungated. */
export type Visit = {
  person: Person
  session: VisitSession
  path: string
  params: Request['params']
  query: unknown
  form: unknown
  log: Log
}
export type Reply = { view: string; title: string; model: object } | { redirect: string }
export type Controller = (visit: Visit) => Reply | Promise<Reply>
export type Page = {
  method: 'get' | 'post'
  path: string
  requirement: Requirement
  create: (services: Services) => Controller
}

export const view = (name: string, title: string, model: object): Reply => ({ view: name, title, model })
export const redirect = (path: string): Reply => ({ redirect: path })

const page =
  (method: Page['method']) =>
  async (
    path: string,
    audience: Audience,
    controller: Promise<{ default: Page['create'] }>,
    { stepUp }: { stepUp?: StepUp } = {},
  ): Promise<Page> => {
    if (stepUp) assertSensible(stepUp, path)
    return { method, path, requirement: { audience, stepUp }, create: (await controller).default }
  }
export const get = page('get')
export const post = page('post')

/** What could never be met would send people round in circles: that is a mistake to be told of at start. */
function assertSensible({ context, maxAgeMinutes = 1 }: StepUp, path: string): void {
  if (/^c[1-9]\d?$/.test(context) && maxAgeMinutes >= 1) return
  throw new Error(`${path}: a step-up takes a context of c1 to c99, and an age of at least one minute`)
}

/** Step 9: turns the page table into routes. The only code that renders a page for a person. */
export function routes(pages: readonly Page[], services: Services): Router {
  const router = Router({ caseSensitive: true, strict: true })
  const chrome = chromeOf(services.config)
  for (const { method, path, requirement, create } of pages) {
    const verbs = method === 'get' ? ['get', 'head'] : ['post']
    const reading = method === 'post' ? [forms] : []
    const keeping = method === 'post' ? [createKeepForm(services, chrome)] : []
    const answer = answering(create(services), { chrome, services })
    router.all(path, only(verbs), services.guard(requirement), ...reading, answer, ...keeping)
  }
  return router
}

const answering = (
  controller: Controller,
  { chrome, services }: { chrome: Chrome; services: Services },
): RequestHandler =>
  async function answer(request, response) {
    const reply = await controller(visitOf(request, response, services))
    if ('redirect' in reply) return response.redirect(303, reply.redirect)
    const { view: page, title, model } = reply
    const { name, username } = personOf(request)
    response.render('layout', { chrome, person: { name, username }, title, page, model })
  }

function visitOf(request: Request, response: Response, { sessions }: Services): Visit {
  const { person, standing } = admissionOf(request)
  const session = {
    record: standing.record,
    membership: standing.membership,
    own: () => sessions.ownSessions(request),
    end: (which: (handle: string) => boolean) => sessions.endOwn(request, which),
  }
  const { path, params, query, body: form } = request
  return { person, session, path, params, query, form, log: response.locals.log }
}
