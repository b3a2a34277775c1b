import type { Request } from 'express'
import * as z from 'zod'
import type { Caller } from '../../caller.ts'
import type { AuthenticationContext } from '../../directory/conditional-access.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { filterIn, matching } from '../filter.ts'
import { answerOne, pageFrom } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { demandAdministrator, needsOf } from './needs.ts'
import { bodyOf } from './wish.ts'

const context = 'identity/conditionalAccess/authenticationContextClassReferences'
const names = /^c[1-9]\d?$/

const wish = z.object({
  id: z.string().optional(),
  displayName: z.string().nullish(),
  description: z.string().nullish(),
  isAvailable: z.boolean().nullish(),
})

/** Authentication contexts, c1 to c99. A PATCH makes one that is not there yet. */
export const contextCalls = { list, create, get, put, remove }

function list(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.contexts.read)
  const rows = state.conditionalAccess.contexts.shown().map(row => ({ row }))
  const found = matching(rows, filterIn(request, ['id', 'displayName', 'isAvailable'])).map(({ row }) => row)
  return { body: pageFrom(state, request, { context, rows: found, pageSize: 100 }) }
}

function get(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.contexts.read)
  return { body: answerOne(state, request, { context, row: shownIn(state, request) }) }
}

function create(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.contexts.write)
  const { id = '', ...facts } = bodyOf(request, wish)
  checkName(id)
  const { contexts } = state.conditionalAccess
  if (contexts.now(id)) refuse(400, 'BadRequest', `The authentication context ${id} exists already.`)
  const row = contexts.put(merged({ id, displayName: null, description: null, isAvailable: false }, facts))
  return { status: 201, body: answerOne(state, request, { context, row }) }
}

function put(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.contexts.write)
  const named = String(request.params.id)
  checkName(named)
  const { id = named, ...facts } = bodyOf(request, wish)
  if (id !== named) refuse(400, 'BadRequest', 'The id of an authentication context cannot be changed.')
  const { contexts } = state.conditionalAccess
  contexts.put(merged(contexts.now(id) ?? { id, displayName: null, description: null, isAvailable: false }, facts))
  return { status: 204 }
}

function remove(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandAdministrator(caller, needsOf.contexts.write)
  const { id } = shownIn(state, request)
  const { contexts, policiesOn } = state.conditionalAccess
  if (contexts.now(id)?.isAvailable) refuse(400, 'BadRequest', 'A published authentication context cannot be deleted.')
  if (policiesOn(id).length > 0)
    refuse(400, 'BadRequest', 'An authentication context that a Conditional Access policy names cannot be deleted.')
  contexts.remove(id)
  return { status: 204 }
}

function checkName(id: string): void {
  if (!names.test(id)) refuse(400, 'BadRequest', 'The id of an authentication context is one of c1 to c99.')
}

function shownIn(state: TenantState, { params }: Request): AuthenticationContext {
  const found = state.conditionalAccess.contexts.shown().find(({ id }) => id === params.id)
  return found ?? refuse(404, 'ResourceNotFound', `The authentication context '${params.id}' does not exist.`)
}

function merged(present: AuthenticationContext, facts: z.output<typeof wish>): AuthenticationContext {
  const said = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
  const row = { ...present, ...said } as AuthenticationContext
  return { ...row, isAvailable: row.isAvailable ?? false }
}
