import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import { keyOf, personBy } from '../../directory/people.ts'
import { ownership } from '../../directory/registered/rows.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { personFor } from '../names.ts'
import { pageFrom, type Row } from '../pages.ts'
import type { GraphReply, Serve } from '../reply.ts'
import { mayChangeApp, mayReadApp } from './callers.ts'
import { noSuch, shownApplication, shownPrincipal } from './found.ts'

type Found = (state: TenantState, request: Request) => { id: string }

/** The calls about the owners of a registration, and those about the owners of a service principal. */
export const applicationOwners = ownersOf(shownApplication)
export const principalOwners = ownersOf(shownPrincipal)

function ownersOf(found: Found): { list: Serve; add: Serve; remove: Serve } {
  function list(state: TenantState, request: Request, caller: Caller): GraphReply {
    const { id } = found(state, request)
    mayReadApp(state, caller, id)
    const { owners } = state.applications
    const own = owners.shown().filter(({ object }) => object === id)
    const rows = own.flatMap(({ owner }): Row[] => [ownerRow(state, owner, caller) ?? []].flat())
    return { body: pageFrom(state, request, { context: 'directoryObjects', rows, pageSize: 100 }) }
  }

  function add(state: TenantState, request: Request, caller: Caller): GraphReply {
    const { id } = found(state, request)
    mayChangeApp(state, caller, id)
    const owner = idIn(request)
    if (!ownerRow(state, owner, caller)) noSuch(owner)
    const row = ownership(id, owner)
    if (state.applications.owners.now(row.id)) refuse(400, 'Request_BadRequest', alreadyThere)
    state.applications.owners.put(row)
    return { status: 204 }
  }

  function remove(state: TenantState, request: Request, caller: Caller): GraphReply {
    const { id } = found(state, request)
    mayChangeApp(state, caller, id)
    const row = ownership(id, String(request.params.owner).toLowerCase())
    if (!state.applications.owners.now(row.id)) noSuch(row.owner)
    state.applications.owners.remove(row.id)
    return { status: 204 }
  }

  return { list, add, remove }
}

const alreadyThere =
  "One or more added object references already exist for the following modified properties: 'owners'."

/** The object that a body refers to by its address. */
function idIn({ body }: Request): string {
  const address = String(body?.['@odata.id'] ?? '')
  const [, id] = /\/(?:directoryObjects|users|servicePrincipals)\/([\w-]+)$/.exec(address) ?? []
  return id?.toLowerCase() ?? refuse(400, 'Request_BadRequest', `Invalid URL in '@odata.id': ${address}`)
}

function ownerRow(state: TenantState, id: string, caller: Caller): Row | undefined {
  const key = keyOf(id)
  if (key) return personFor(state, personBy(key), caller)
  const app = state.applications.servicePrincipals.shown().find(row => row.id === id)
  return app && { '@odata.type': '#microsoft.graph.servicePrincipal', ...app }
}
