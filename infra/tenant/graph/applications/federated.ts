import { randomUUID } from 'node:crypto'
import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import type { FederatedCredential } from '../../directory/registered/rows.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { answerOne, pageFrom, type Row } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { mayChangeApp, mayReadApp } from './callers.ts'
import { noSuch, present, shownApplication } from './found.ts'

const context = 'applications/federatedIdentityCredentials'
const bad = (message: string): never => refuse(400, 'Request_BadRequest', message)

/** The issuers outside whose tokens an app may bring instead of a credential of its own. */
export function listFederated(state: TenantState, request: Request, caller: Caller): GraphReply {
  const { id } = shownApplication(state, request)
  mayReadApp(state, caller, id)
  const rows = shownOf(state, id).map(withoutApplication)
  return { body: pageFrom(state, request, { context, rows, pageSize: 100 }) }
}

export function showFederated(state: TenantState, request: Request, caller: Caller): Row {
  mayReadApp(state, caller, shownApplication(state, request).id)
  return answerOne(state, request, { context, row: withoutApplication(named(state, request)) })
}

export function createFederated(state: TenantState, request: Request, caller: Caller): GraphReply {
  const { id: application } = shownApplication(state, request)
  mayChangeApp(state, caller, application)
  const { name, issuer, subject, audiences, description = null } = request.body ?? {}
  if (!/^[\w-]{3,120}$/.test(String(name))) bad('The name of a federated identity credential fits into an address.')
  const row = { id: randomUUID(), application, name, issuer, subject, audiences, description }
  check(row)
  const own = state.applications.federated.all().filter(each => each.application === application)
  if (own.some(each => each.name === name || (each.issuer === issuer && each.subject === subject)))
    refuse(409, 'Request_MultipleObjectsWithSameKeyValue', `FederatedIdentityCredential '${name}' already exists.`)
  if (own.length >= 20) bad('An application has at most 20 federated identity credentials.')
  state.applications.federated.put(row)
  return { status: 201, body: answerOne(state, request, { context, row: withoutApplication(row) }) }
}

/** Changes anything but the name. */
export function changeFederated(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayChangeApp(state, caller, shownApplication(state, request).id)
  const before = present(state.applications.federated, named(state, request))
  const { id, name, ...wish } = request.body ?? {}
  if (id !== undefined || (name !== undefined && name !== before.name)) bad("Property 'name' is immutable.")
  const row = { ...before, ...wish }
  check(row)
  state.applications.federated.put(row)
  return { status: 204 }
}

export function removeFederated(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayChangeApp(state, caller, shownApplication(state, request).id)
  state.applications.federated.remove(named(state, request).id)
  return { status: 204 }
}

function check({ issuer, subject, audiences }: FederatedCredential): void {
  if (!URL.canParse(issuer)) bad("The 'issuer' of a federated identity credential must be a URL.")
  if (!subject) bad("A value is required for property 'subject'.")
  if (audiences?.length !== 1) bad("Property 'audiences' must hold exactly one value.")
}

const shownOf = ({ applications }: TenantState, id: string): FederatedCredential[] =>
  applications.federated.shown().filter(({ application }) => application === id)

/** The one that an address names by its id or its name. */
function named(state: TenantState, request: Request): FederatedCredential {
  const key = String(request.params.credential)
  const found = shownOf(state, shownApplication(state, request).id).find(({ id, name }) => id === key || name === key)
  return found ?? noSuch(key)
}

const withoutApplication = ({ application: _, ...row }: FederatedCredential): Row => row
