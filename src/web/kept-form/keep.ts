import type { ErrorRequestHandler, Request, Response } from 'express'
import type { Config } from '../../config/load.ts'
import { Problem, problemOf } from '../../errors.ts'
import { endedOf } from '../../gate/admission.ts'
import { gatesOf, type Requirement } from '../../gate/decide.ts'
import { type Drafts, draftLifeMs, type Fields, longDraftLifeMs, type Owner } from '../../session/drafts.ts'
import type { SessionRecord } from '../../session/record/record.ts'
import type { Sessions } from '../../session/sessions.ts'
import { isRefusal } from '../access/refused-page.ts'
import { forms } from '../forms.ts'
import { isFormOfPage, returnPath } from '../request.ts'
import { isKept } from './pages.ts'
import { keptFormAddress, keptIdIn } from './path.ts'
import { createTellHowToSend, type Obstacle, type TellNeeds } from './tell-how-to-send.ts'

type Needs = {
  config: Pick<Config, 'baseUrl' | 'gates'>
  drafts: Drafts
  sessions: Pick<Sessions, 'recordOf'>
}

/**
 * The end of a form's route when the gate refuses the form: keeps what the person typed, and tells them how to send it.
 * Every other failure, and a script's, goes on to the error pages as ever. The body is read here, behind the gate, as the
 * page itself would read it.
 */
export function createKeepForm({ config, drafts, sessions }: Needs, telling: TellNeeds) {
  const tellHowToSend = createTellHowToSend(telling)

  return (requirement: Requirement): ErrorRequestHandler =>
    async function keepForm(thrown, request, response, next) {
      const problem = problemOf(thrown)
      const obstacle = obstacleOf(problem, requirement, config)
      const record = obstacle && senderOf(request, obstacle)
      if (!obstacle || !record || !canReturnTo(request.path) || !isFormOfPage(request)) return next(thrown)
      const owner = { person: record.identity, path: request.path }
      const id = await keepFields(request, response, owner, lifeMsOf(obstacle))
      response.locals.log.info({ event: 'form-kept', gate: problem.facts.gate, oid: record.identity.objectId })
      const link = keptFormAddress(request.path, id)
      await tellHowToSend(request, response, { obstacle, link, record, problem })
    }

  /** The session of the person who sent the form; a session that has just ended is known to the gate only. */
  function senderOf(request: Request, obstacle: Obstacle): SessionRecord | undefined {
    return obstacle === 'session-ended' ? endedOf(request) : sessions.recordOf(request)
  }

  /** A path too long to come back to is promised nothing. */
  function canReturnTo(path: string): boolean {
    const link = keptFormAddress(path, 'x'.repeat(idLength))
    return returnPath(link, config.baseUrl) === link
  }

  /** Throws Problem('form-sent') when this kept form has been sent, and Problem('redis-away'). */
  async function keepFields(request: Request, response: Response, owner: Owner, lifeMs: number): Promise<string> {
    const fields = await fieldsSent(request, response)
    const before = keptIdIn(request)
    if (before && (await drafts.wasSent(owner, before))) throw new Problem('form-sent')
    // A form that was kept before, and is refused once more, keeps its id.
    const same = before && (await drafts.look(owner, before)) ? before : undefined
    return drafts.keep(owner, fields, lifeMs, same)
  }
}

const idLength = 22

/** The obstacle that a form met at the gate, where its text is kept for it; undefined for every other problem. */
function obstacleOf(problem: Problem, requirement: Requirement, config: Pick<Config, 'gates'>): Obstacle | undefined {
  if (problem.code === 'auth-context-missing') return 'check-missing'
  if (isRefusal(problem)) return canBeTurnedOn(problem, requirement, config) ? 'access-off' : undefined
  return problem.code === 'not-signed-in' && isKept(requirement, config) ? 'session-ended' : undefined
}

/** Whether people turn on access at the gate that refused, which is one of the page's own. */
const canBeTurnedOn = ({ facts }: Problem, requirement: Requirement, { gates }: Pick<Config, 'gates'>): boolean =>
  gates.some(({ name, selfService }) => name === facts.gate && selfService && gatesOf(requirement).includes(name))

/** To get access may take as long as an approval does. */
const lifeMsOf = (obstacle: Obstacle) => (obstacle === 'access-off' ? longDraftLifeMs : draftLifeMs)

async function fieldsSent(request: Request, response: Response): Promise<Fields> {
  await new Promise<void>((resolve, reject) => {
    forms(request, response, (error?: unknown) => (error ? reject(error) : resolve()))
  })
  const form = (request.body ?? {}) as Record<string, string | string[]>
  return Object.entries(form).flatMap(([name, values]) => [values].flat().map(value => [name, value] as const))
}
