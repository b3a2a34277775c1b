import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import { keyOf } from '../../directory/people.ts'
import { type Grant, opaqueId } from '../../directory/registered/rows.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { filtered } from '../comparisons.ts'
import { answerOne, pageFrom, type Row, topOf } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { mayConsent, mayReadConsent } from './callers.ts'
import { noSuch, present } from './found.ts'

const context = 'oauth2PermissionGrants'
const comparable = {
  clientId: 'string',
  consentType: 'string',
  principalId: 'string',
  resourceId: 'string',
  scope: 'string',
} as const

const bad = (message: string): never => refuse(400, 'Request_BadRequest', message)
const longestScope = 3850

/** What was consented to, by a filter: here the ids are strings, in quotes. */
export function listGrants(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayReadConsent(caller)
  const rows = filtered(request, state.applications.grants.shown(), comparable)
  return { body: pageFrom(state, request, { context, rows, pageSize: topOf(request, 100) }) }
}

export function showGrant(state: TenantState, request: Request, caller: Caller): Row {
  mayReadConsent(caller)
  return answerOne(state, request, { context, row: named(state, request) })
}

/** Consents for everybody, or for one person. There is one consent for a client, a resource and whom it is for. */
export function createGrant(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayConsent(caller)
  const { clientId, consentType, principalId = null, resourceId, scope = null } = (request.body ?? {}) as Partial<Grant>
  const { grants, servicePrincipals } = state.applications
  for (const id of [clientId, resourceId])
    if (!servicePrincipals.shown().some(each => each.id === String(id).toLowerCase())) noSuch(id)
  if (consentType !== 'AllPrincipals' && consentType !== 'Principal')
    return bad("Invalid value specified for property 'consentType' of resource 'OAuth2PermissionGrant'.")
  if ((consentType === 'Principal') !== (principalId !== null))
    bad("Property 'principalId' is for the consent type 'Principal', and needed there.")
  if (principalId !== null && !keyOf(principalId)) noSuch(principalId)
  const row = { id: opaqueId(), clientId, consentType, principalId, resourceId, scope: scopeFrom(scope) } as Grant
  const isTaken = (each: Grant) =>
    each.clientId === clientId && each.resourceId === resourceId && each.principalId === principalId
  if (grants.all().some(isTaken))
    refuse(409, 'Request_MultipleObjectsWithSameKeyValue', 'Permission entry already exists.')
  grants.put(row)
  return { status: 201, body: answerOne(state, request, { context, row }) }
}

/** Changes the scopes, which alone can change. */
export function changeGrant(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayConsent(caller)
  const before = present(state.applications.grants, named(state, request))
  const { scope, ...rest } = (request.body ?? {}) as Row
  if (Object.keys(rest).some(name => !name.includes('@'))) bad("Only the property 'scope' can be changed.")
  state.applications.grants.put({ ...before, scope: scopeFrom(scope) })
  return { status: 204 }
}

export function removeGrant(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayConsent(caller)
  state.applications.grants.remove(named(state, request).id)
  return { status: 204 }
}

function named({ applications }: TenantState, { params: { id } }: Request): Grant {
  return applications.grants.shown().find(each => each.id === id) ?? noSuch(id)
}

function scopeFrom(scope: unknown): string {
  if (typeof scope !== 'string' || scope.length > longestScope)
    return bad(`Property 'scope' must be a text of at most ${longestScope} characters.`)
  return scope
}
