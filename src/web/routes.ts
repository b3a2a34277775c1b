import { type Request, type RequestHandler, type Response, Router } from 'express'
import type { Audience } from '../gate/decide.ts'
import { admissionOf } from '../gate/guard.ts'
import type { Services } from '../services.ts'
import { createRefusal } from './access/refused-page.ts'
import { createShownAccess } from './access/shown-access.ts'
import { only } from './entrance/exactly.ts'
import { createPersonLimit } from './entrance/rate-limit.ts'
import { formsBehind } from './forms.ts'
import { createKeepForm } from './kept-form/keep.ts'
import { createSendKept } from './kept-form/send.ts'
import type { Controller, Page, Visit } from './page.ts'
import { isAheadOfTime, ownPath, whoOf } from './request.ts'
import { accessBarOf } from './shell/access-bar.ts'
import { navOf, show } from './shell/layout.ts'
import { type Chrome, chromeOf } from './shell/notice.ts'
import { sendOn } from './sign-in/after-form.ts'
import { hintOf, leadingBack, personMark } from './sign-in/step-up.ts'
import { createToEntra } from './sign-in/to-entra.ts'

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
