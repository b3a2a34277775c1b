import type { ErrorRequestHandler, Request, Response } from 'express'
import type { Config } from '../../config/load.ts'
import { Problem, problemOf } from '../../errors.ts'
import type { Audience, Requirement } from '../../gate/decide.ts'
import { endedOf } from '../../gate/guard.ts'
import { type Drafts, draftLifeMs, type Fields, longDraftLifeMs } from '../../session/drafts.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { Sessions } from '../../session/sessions.ts'
import { isRefusal, type Refusal } from '../access/refused-page.ts'
import { forms } from '../forms.ts'
import { isFormOfPage, returnPath } from '../request.ts'
import type { Chrome } from '../shell/chrome.ts'
import { show } from '../shell/layout.ts'
import type { Navigation } from '../shell/navigation.ts'
import { isKept, keptFormPath } from './path.ts'
import { keptIdIn } from './send.ts'

type Needs = {
  config: Pick<Config, 'baseUrl' | 'membership' | 'pim'>
  drafts: Drafts
  sessions: Pick<Sessions, 'recordOf'>
}

/**
 * The last step of a form's route: when the gate wants an authentication context first, access is not on (any more), or
 * Entra's answer has just ended the session, what a person typed is kept, and they are told how to send it. Scripts get their problem as ever. The body is read
 * here, behind the gate, as the page itself would read it.
 */
export const createKeepForm =
  (
    { config, drafts, sessions }: Needs,
    { chrome, navigation, refusal }: { chrome: Chrome; navigation: Navigation; refusal: Refusal },
  ): ((requirement: Requirement) => ErrorRequestHandler) =>
  requirement =>
    async function keepForm(thrown, request, response, next) {
      const problem = problemOf(thrown)
      const { audience } = requirement
      const isOff = chrome.selfService && audience === 'members' && isRefusal(problem)
      const isOver = problem.code === 'not-signed-in' && isKept(requirement, config)
      const isAsked = isOff || problem.code === 'auth-context-missing'
      const record = isOver ? endedOf(request) : isAsked ? sessions.recordOf(request) : undefined
      const link = keptFormPath(request.path)
      // A path too long to come back to: nothing is promised.
      const canReturn = returnPath(link + idRoom, config.baseUrl) === link + idRoom
      if (!record || !canReturn || !isFormOfPage(request)) return next(thrown)
      const fields = await fieldsOf(request, response)
      const kept = keptIdIn(request)
      const owner = { person: record.identity, path: request.path }
      if (kept && (await drafts.wasSent(owner, kept))) return next(new Problem('form-sent'))
      // One that was kept before and met the gate once more stays the one that it was.
      const same = kept && (await drafts.look(owner, kept)) ? kept : undefined
      const id = await drafts.keep(owner, fields, isOff ? longDraftLifeMs : draftLifeMs, same)
      response.locals.log.info({ event: 'form-kept', oid: record.identity.objectId })
      const returnTo = `${link}?draft=${id}`
      if (isOver) return signInFirst(response, { chrome, link: returnTo })
      if (isOff) return refusal(request, response, { facts: problem.facts, record, returnTo })
      oneMoreCheck(response, { chrome, navigation, record, link: returnTo, audience })
    }

function oneMoreCheck(
  response: Response,
  {
    chrome,
    navigation,
    record,
    link,
    audience,
  }: { chrome: Chrome; navigation: Navigation; record: SessionRecord; link: string; audience: Audience },
): void {
  const { name, username } = record.identity
  const model = { link, minutes: draftLifeMs / 60_000, reference: response.locals.reference }
  const title = 'One more check, then send it'
  response.status(403)
  // The gate asks for a check only of those whom it would otherwise admit.
  const nav = navigation({ isMember: audience !== 'signed-in' })
  show(response, { chrome, person: { name, username }, title, page: 'one-more-check', model, nav })
}

/** Nobody is signed in here any more; whoever follows the link signs in on the way, and only the sender finds the form. */
function signInFirst(response: Response, { chrome, link }: { chrome: Chrome; link: string }): void {
  const model = { link, minutes: draftLifeMs / 60_000, reference: response.locals.reference }
  const title = 'Sign in, then send it'
  response.status(401)
  show(response, { chrome, person: undefined, title, page: 'sign-in-first', model })
}

const idRoom = `?draft=${'x'.repeat(22)}`

async function fieldsOf(request: Request, response: Response): Promise<Fields> {
  await new Promise<void>((resolve, reject) => {
    forms(request, response, (error?: unknown) => (error ? reject(error) : resolve()))
  })
  const form = (request.body ?? {}) as Record<string, string | string[]>
  return Object.entries(form).flatMap(([name, values]) => [values].flat().map(value => [name, value] as const))
}
