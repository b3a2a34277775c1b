import type { Request, Response } from 'express'
import type { Audience } from '../gate/decide.ts'
import { admissionOf } from '../gate/guard.ts'
import type { Services } from '../services.ts'
import { createShownAccess } from './access/shown-access.ts'
import type { Visit } from './page.ts'
import { isAheadOfTime, whoOf } from './request.ts'

/** The visit that a controller gets, of a request that a guard has admitted. Throws when no guard ran: a bug, never a visitor's doing. */
export function visitOf(
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
