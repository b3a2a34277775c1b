import type { RequestHandler } from 'express'
import type { Observations } from '../audit/observations.ts'
import { admissionOf } from '../gate/admission.ts'
import { gatesOf } from '../gate/decide.ts'
import type { Page } from './page.ts'

/**
 * Has recorded what members do here: each form that a page behind a gate takes, once its answer is over, whatever became of
 * it. It stands behind the guard. The record says which page, and never what was sent. Not noted are the pages for everyone
 * who is signed in, and those of the administration: what people do there is an act, which has its own records.
 */
export function notingWrites({ method, path, part, requirement }: Page, observations: Observations): RequestHandler[] {
  if (method === 'get' || part !== undefined || gatesOf(requirement).length === 0) return []
  return [
    function noteWrite(request, response, next) {
      const { person, gate } = admissionOf(request)
      response.once('close', () => {
        const status = response.writableFinished ? response.statusCode : 'aborted'
        observations.wrote({ gate, actor: person, page: path, method: request.method, status })
      })
      next()
    },
  ]
}
