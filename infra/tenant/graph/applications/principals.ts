import { randomUUID } from 'node:crypto'
import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import { newServicePrincipal } from '../../directory/registered/new-rows.ts'
import { ownership } from '../../directory/registered/rows.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { filtered } from '../comparisons.ts'
import { answerOne, pageFrom, type Row, topOf } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { callerId, mayChangeApp, mayListApps, mayReadApp } from './callers.ts'
import { present, shownPrincipal } from './found.ts'

const context = 'servicePrincipals'
const comparable = { id: 'string', appId: 'string', displayName: 'string' } as const

/** The apps as they stand in this tenant, by a filter. */
export function listPrincipals(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayListApps(caller)
  const rows = filtered(request, state.applications.servicePrincipals.shown(), comparable)
  return { body: pageFrom(state, request, { context, rows, pageSize: topOf(request, 100) }) }
}

export function showPrincipal(state: TenantState, request: Request, caller: Caller): Row {
  const row = shownPrincipal(state, request)
  mayReadApp(state, caller, row.id)
  return answerOne(state, request, { context, row })
}

/** What may be said about an app in this tenant, rather than about its registration. */
const settable = [
  'accountEnabled',
  'alternativeNames',
  'appRoleAssignmentRequired',
  'description',
  'loginUrl',
  'notes',
  'notificationEmailAddresses',
  'preferredSingleSignOnMode',
  'tags',
]

function checked(wish: Row): Row {
  const wrong = Object.keys(wish).find(name => !name.includes('@') && !settable.includes(name))
  if (wrong) refuse(400, 'Request_BadRequest', `Property '${wrong}' cannot be set on a service principal here.`)
  return wish
}

/** Makes an app that is registered usable in this tenant. A registration that is not shown yet cannot be used so. */
export function createPrincipal(state: TenantState, request: Request, caller: Caller): GraphReply {
  const { appId, ...wish } = (request.body ?? {}) as Row
  const { applications } = state
  const application = applications.applications.shown().find(each => each.appId === String(appId).toLowerCase())
  mayChangeApp(state, caller, ...(application ? [application.id] : []))
  if (!application)
    return refuse(
      400,
      'NoBackingApplicationObject',
      `The appId '${appId}' of the service principal does not reference a valid application object.`,
    )
  if (applications.principal(application.appId))
    refuse(
      409,
      'Request_MultipleObjectsWithSameKeyValue',
      `The service principal cannot be created, because the service principal name ${appId} is already in use.`,
    )
  const made = newServicePrincipal(checked(wish), present(applications.applications, application), randomUUID())
  const row = applications.servicePrincipals.put({ ...made, createdDateTime: state.clock().toISOString() })
  applications.owners.put(ownership(row.id, callerId(state, caller)))
  return { status: 201, body: answerOne(state, request, { context, row }) }
}

export function changePrincipal(state: TenantState, request: Request, caller: Caller): GraphReply {
  const shown = shownPrincipal(state, request)
  mayChangeApp(state, caller, shown.id)
  const { servicePrincipals } = state.applications
  servicePrincipals.put({ ...present(servicePrincipals, shown), ...checked((request.body ?? {}) as Row) })
  return { status: 204 }
}
