import type { Request, RequestHandler, Response, Router } from 'express'
import { membersGate } from '../config/gates.ts'
import type { Person } from '../gate/decide.ts'
import type { Services } from '../services.ts'
import type { SignInPurpose } from '../session/sign-in-record.ts'
import { accessBarAt } from './access/access-bar-at.ts'
import { doorGate } from './access/circumstances.ts'
import { createShowRefused } from './access/show-refused.ts'
import { sendDownload } from './download.ts'
import { namedRouter, only } from './entrance/exactly.ts'
import { createPersonLimit } from './entrance/rate-limit.ts'
import { formsBehind } from './forms.ts'
import { createKeepForm } from './kept-form/keep.ts'
import { createSpending } from './kept-form/spend.ts'
import { notingWrites } from './noting-writes.ts'
import type { Page, Reply, ViewReply, Visit } from './page.ts'
import { ownPath } from './request.ts'
import type { Chrome } from './shell/chrome.ts'
import { show } from './shell/layout.ts'
import type { Navigation } from './shell/navigation.ts'
import { createOneTimeNotices } from './shell/one-time-notice.ts'
import { sendOn } from './sign-in/after-form.ts'
import { createToEntra, leadingBack } from './sign-in/to-entra.ts'
import { createPathBack } from './sign-in/turned-on-together.ts'
import { loginHintOf, personMark } from './sign-in/who-began.ts'
import { visitOf } from './visit.ts'

type Around = { chrome: Chrome; navigation: Navigation }
type AnswerNeeds = Around & { services: Services; giveBack: (request: Request) => Promise<void> }

/**
 * Turns the page table into routes. Each looks at its verb, asks the gate, reads the form where there is one, and lets
 * the page's controller answer.
 */
export function routes(pages: readonly Page[], services: Services, around: Around): Router {
  const router = namedRouter('routes')
  const showRefused = createShowRefused({ ...services, ...around })
  const keep = createKeepForm(services, { ...around, gates: services.gates, showRefused })
  const { spend, giveBack, giveBackAndFail } = createSpending(services)
  const limit = createPersonLimit(services)
  for (const page of pages) {
    const { method, path, requirement, part } = page
    const verbs = method === 'get' ? ['get', 'head'] : ['post']
    const guard = services.guard(requirement)
    const reading = method === 'post' ? [formsBehind(guard, services.sessions), spend] : []
    const keeping = method === 'post' ? [giveBackAndFail, keep(requirement)] : []
    const answer = createAnswer(page, { ...around, services, giveBack })
    const noting = notingWrites(page, services.observations)
    router.all(path, only(verbs), guard, ...noting, ...(part ? [limit] : []), ...reading, answer, ...keeping)
  }
  return router
}

/** Sends what the page's controller replies. */
function createAnswer(page: Page, { chrome, navigation, services, giveBack }: AnswerNeeds): RequestHandler {
  const controller = page.create(services)
  const leave = createLeave(services, chrome)
  const present = createPresent(page, { chrome, navigation, services })
  const notices = createOneTimeNotices(services)
  return async function answer(request, response) {
    const visit = visitOf(request, response, { services, page })
    const reply = await controller(visit)
    if ('redirect' in reply) {
      const { redirect, notice } = reply
      return sendOn(request, response, notice ? notices.send(request, redirect, notice) : redirect)
    }
    if ('nothing' in reply) return void response.status(204).end()
    if ('download' in reply) return sendDownload(response, reply)
    if ('json' in reply) return void response.json(reply.json)
    if ('toEntra' in reply) return leave(request, response, { ...reply.toEntra, person: visit.person })
    // A page of bad news: the person corrects the form that they sent, and sends it once more.
    if ((reply.status ?? 200) >= 400) await giveBack(request)
    await present(request, response, { reply, visit })
  }
}

type Leaving = Extract<Reply, { toEntra: unknown }>['toEntra'] & { person: Person }

/** Sends a person to Entra as themselves. When something goes wrong on the way, the page that says so leads back. */
function createLeave(services: Services, chrome: Chrome) {
  const toEntra = createToEntra({ ...services, chrome })
  const pathBack = createPathBack(services)
  return (request: Request, response: Response, { returnTo, claims, person, ...why }: Leaving): Promise<void> => {
    const purpose = purposeOf(why, personMark(person))
    const start = { returnTo, purpose, claims, retries: 0, loginHint: loginHintOf(person) }
    return leadingBack(pathBack(start), toEntra(request, response, start))
  }
}

function purposeOf(
  { activation, gate, more = [], beside = [], order }: Omit<Leaving, 'person' | 'returnTo' | 'claims'>,
  person: string,
): SignInPurpose {
  if (order !== undefined) return { kind: 'administering', order, person }
  if (activation === undefined) return { kind: 'sign-in' }
  return {
    kind: 'turning-on',
    activation,
    gate: gate || membersGate,
    ...(more.length > 0 && { more }),
    ...(beside.length > 0 && { beside }),
    person,
  }
}

type Presented = { reply: ViewReply; visit: Visit }

/** Shows a page within the shell: the navigation of this person, and the line that says until when access is on. */
function createPresent({ path }: Page, { chrome, navigation, services }: Around & { services: Services }) {
  const { clock, config, gates } = services
  const notices = createOneTimeNotices(services)
  return async (request: Request, response: Response, { reply, visit }: Presented): Promise<void> => {
    const {
      view,
      title,
      model,
      status = 200,
      refreshSeconds,
      isUnfinished = false,
      isWide = false,
      refreshesAlways = false,
    } = reply
    const { name, username } = visit.person
    const returnTo = request.method === 'POST' ? '/access' : ownPath(request, config.baseUrl)
    const now = clock()
    const { record, gate } = visit.session
    const access = await visit.session.access()
    const found = accessBarAt(gates, { record, gate, access }, { now, returnTo })
    const bar = found && { ...found, canAct: found.canAct && !isUnfinished }
    const isOn = access.state === 'on'
    const nav = navigation({ isIn: name => (name === gate ? isOn : gates.isIn(record, name)), path })
    const { selfService } = gates.named(gate).settings
    // The end is not known yet: the script of the page asks for it.
    const acts = isUnfinished ? 'without-acts' : 'with-acts'
    const endUnknown = selfService && isOn && !bar ? ({ acts, gate: doorGate(gate) } as const) : undefined
    response.status(status)
    show(response, {
      chrome,
      person: { name, username },
      title,
      page: view,
      model,
      nav,
      bar,
      endUnknown,
      refreshSeconds,
      refreshesAlways,
      notice: notices.shownTo(request),
      isWide,
    })
  }
}
