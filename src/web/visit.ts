import type { Request, Response } from 'express'
import { admissionOf } from '../gate/admission.ts'
import { knownStanding } from '../gate/gates.ts'
import type { Services } from '../services.ts'
import type { EndOrder } from '../session/ending-sessions.ts'
import { createShownAccess } from './access/shown-access.ts'
import type { Page, Visit } from './page.ts'
import { gateNamed, isAheadOfTime, whoOf } from './request.ts'

/** The visit that a controller gets, of a request that a guard has admitted. Throws when no guard ran: a bug, never a visitor's doing. */
export function visitOf(
  request: Request,
  response: Response,
  { services, page }: { services: Services; page: Pick<Page, 'requirement'> },
): Visit {
  const { sessions, gates } = services
  const { person, record, ...opened } = admissionOf(request)
  const who = whoOf(record, request, response)
  const { path, params, query, body: form } = request
  const isForAll = page.requirement.audience === 'signed-in'
  const wanted = isForAll ? (gates.find(gateNamed(form) ?? '') ?? gates.find(gateNamed(query) ?? '')) : undefined
  const gate = wanted ?? gates.named(opened.gate)
  const standing = gate.name === opened.gate ? opened.standing : knownStanding(gate, record)
  const session = {
    record,
    gate: gate.name,
    membership: standing.membership,
    access: createShownAccess(services, { who, gate, standing, isForAll }),
    own: () => sessions.ownSessions(request),
    end: (which: string) => sessions.endOwn(request, which),
    everyone: () => sessions.everyone(request),
    endEveryones: (order: EndOrder) => services.endSessions(request, order),
    rotate: () => sessions.rotate(request),
  }
  const isAhead = isAheadOfTime(request)
  const { log, reference } = response.locals
  return { person, who, session, path, params, query, form, isAhead, reference, log }
}
