import type { ErrorRequestHandler, Request, Response } from 'express'
import { problemOf } from '../errors.ts'
import type { Services } from '../services.ts'
import { draftLifeMs, type Fields } from '../session/drafts.ts'
import { forms } from './forms.ts'
import type { Chrome } from './notice.ts'
import { isFormOfPage, returnPath } from './request.ts'

const prefix = '/kept-form'
/** Where a form sent to this path is shown again: a page that asks of people what the path itself asks. */
export const keptFormPath = (path: string): string => prefix + path
export const ownerPath = (keptPath: string): string => keptPath.slice(prefix.length)

/**
 * The last step of a form's route: when the gate wants an authentication context first, what a person typed is kept,
 * and they are told how to send it. Scripts get their problem as ever. The body is read here, behind the gate, as the
 * page itself would read it.
 */
export const createKeepForm = ({ config, drafts, sessions }: Services, chrome: Chrome): ErrorRequestHandler =>
  async function keepForm(thrown, request, response, next) {
    const { code } = problemOf(thrown)
    const identity = code === 'auth-context-missing' ? sessions.recordOf(request)?.identity : undefined
    const link = keptFormPath(request.path)
    // A path too long to come back to: nothing is promised.
    const canReturn = returnPath(link + idRoom, config.baseUrl) === link + idRoom
    if (!identity || !canReturn || !isFormOfPage(request)) return next(thrown)
    const fields = await fieldsOf(request, response)
    const id = await drafts.keep({ person: identity, path: request.path }, fields)
    const { log, reference } = response.locals
    log.info({ event: 'form-kept', oid: identity.objectId })
    const model = { link: `${link}?draft=${id}`, minutes: draftLifeMs / 60_000, reference }
    const { name, username } = identity
    const title = 'One more check, then send it'
    response.status(403).render('layout', { chrome, person: { name, username }, title, page: 'one-more-check', model })
  }

const idRoom = `?draft=${'x'.repeat(22)}`

async function fieldsOf(request: Request, response: Response): Promise<Fields> {
  await new Promise<void>((resolve, reject) => {
    forms(request, response, (error?: unknown) => (error ? reject(error) : resolve()))
  })
  const form = (request.body ?? {}) as Record<string, string | string[]>
  return Object.entries(form).flatMap(([name, values]) => [values].flat().map(value => [name, value] as const))
}
