import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import { keyOf, personBy } from '../../directory/people.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { personFor } from '../names.ts'
import type { Row } from '../pages.ts'
import { groupFor, notThere } from './rows.ts'

/** The object id that the address in `@odata.id` ends with. Throws Graph's 400 for a body that refers to nothing. */
export function referredTo({ body }: Request): string {
  const address = String((body as Row | undefined)?.['@odata.id'] ?? '')
  const [, id] = /\/(?:directoryObjects|users|groups|servicePrincipals)\/([\w-]+)$/.exec(address) ?? []
  return id?.toLowerCase() ?? refuse(400, 'Request_BadRequest', `Invalid URL in '@odata.id': ${address}`)
}

/** A person, group or app with this object id, with no more than the caller may read. Throws Graph's 404. */
export function objectFor(state: TenantState, id: string, caller: Caller): Row {
  const key = keyOf(id)
  if (key) return personFor(state, personBy(key), caller)
  if (state.groups.rows.now(id)) return { '@odata.type': '#microsoft.graph.group', ...groupFor(state, id, caller) }
  const app = state.applications.servicePrincipals.now(id)
  return app ? { '@odata.type': '#microsoft.graph.servicePrincipal', ...app } : notThere(id)
}

/** Throws Graph's 400 for a reference that is there already. */
export const thereAlready = (property: 'owners' | 'members'): never =>
  refuse(
    400,
    'Request_BadRequest',
    `One or more added object references already exist for the following modified properties: '${property}'.`,
  )
