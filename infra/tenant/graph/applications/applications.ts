import { randomUUID } from 'node:crypto'
import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import { newApplication, webOf } from '../../directory/registered/new-rows.ts'
import { type Application, type AppRoleRow, type OptionalClaim, ownership } from '../../directory/registered/rows.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { filtered } from '../comparisons.ts'
import { answerOne, pageFrom, queryOf, type Row, topOf } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { callerId, mayChangeApp, mayListApps, mayReadApp, mayRegister } from './callers.ts'
import { applicationNamed, present, shownApplication } from './found.ts'
import { keysFrom } from './keys.ts'
import { checkWish } from './wish.ts'

const context = 'applications'
const comparable = { id: 'string', appId: 'string', displayName: 'string', uniqueName: 'string' } as const

/** The registered apps, by a filter. */
export function listApplications(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayListApps(caller)
  const rows = filtered(request, state.applications.applications.shown(), comparable).map(withoutKeys)
  return { body: pageFrom(state, request, { context, rows, pageSize: topOf(request, 100) }) }
}

/** One registration. Its certificates come with their keys only when they are selected. */
export function showApplication(state: TenantState, request: Request, caller: Caller): Row {
  const found = applicationNamed(state.applications.applications.shown(), request.params)
  mayReadApp(state, caller, ...(found ? [found.id] : []))
  const row = shownApplication(state, request)
  const isSelected = /\bkeyCredentials\b/i.test(queryOf(request).get('$select') ?? '')
  return answerOne(state, request, { context, row: isSelected ? row : withoutKeys(row) })
}

const withoutKeys = (row: Application): Row => ({
  ...row,
  keyCredentials: row.keyCredentials.map(credential => ({ ...credential, key: null })),
})

export function createApplication(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayRegister(caller)
  const wish = (request.body ?? {}) as Row
  checkWish(wish)
  const { applications } = state
  const isTaken = applications.applications.all().some(row => row.uniqueName && row.uniqueName === wish.uniqueName)
  if (isTaken)
    refuse(
      409,
      'Request_MultipleObjectsWithSameKeyValue',
      'Another object with the same value for property uniqueName already exists.',
    )
  const known = { id: randomUUID(), appId: randomUUID(), createdDateTime: state.clock().toISOString() }
  const made = newApplication(normal(wish), { ...known, displayName: String(wish.displayName) })
  const row = applications.save(made)
  applications.owners.put(ownership(row.id, callerId(state, caller)))
  return { status: 201, body: answerOne(state, request, { context, row: withoutKeys(row) }) }
}

/**
 * Changes a registration: a list is replaced, and an object such as `web` keeps what the wish does not name. With the
 * header `Prefer: create-if-missing` an app of a unique name that does not exist is made.
 */
export function changeApplication(state: TenantState, request: Request, caller: Caller): GraphReply {
  const { uniqueName } = request.params
  const isUpsert = uniqueName !== undefined && /\bcreate-if-missing\b/i.test(request.get('prefer') ?? '')
  const { applications } = state.applications
  if (isUpsert && !applicationNamed(applications.all(), request.params)) {
    request.body = { ...request.body, uniqueName }
    return createApplication(state, request, caller)
  }
  const shown = shownApplication(state, request)
  mayChangeApp(state, caller, shown.id)
  const before = present(applications, shown)
  const wish = (request.body ?? {}) as Row
  checkWish(wish, before)
  state.applications.save(changed(before, normal(wish, before)))
  return { status: 204 }
}

const merged = ['api', 'info', 'publicClient', 'spa', 'parentalControlSettings']

function changed(before: Application, { web, ...wish }: Row): Application {
  const kept = Object.entries(wish).map(([name, value]) =>
    merged.includes(name) && value ? [name, { ...(before[name] as object), ...value }] : [name, value],
  )
  return { ...before, ...Object.fromEntries(kept), web: web ? webOf(web, before.web) : before.web }
}

/** The wish as Graph keeps it: with the values that it leaves out in roles, claims and certificates. */
function normal({ appRoles, keyCredentials, optionalClaims, ...wish }: Row, before?: Application): Row {
  return {
    ...wish,
    ...(Array.isArray(appRoles) && { appRoles: appRoles.map(roleFrom) }),
    ...(Array.isArray(keyCredentials) && { keyCredentials: keysFrom(keyCredentials, before?.keyCredentials ?? []) }),
    ...(optionalClaims !== undefined && { optionalClaims: claimsFrom(optionalClaims as Claims, before) }),
  }
}

const roleFrom = (role: Partial<AppRoleRow>) => ({ value: null, isEnabled: true, ...role, origin: 'Application' })

type Claims = Partial<NonNullable<Application['optionalClaims']>> | null

function claimsFrom(wish: Claims, before?: Application) {
  if (wish === null) return null
  const all = { idToken: [], accessToken: [], saml2Token: [], ...before?.optionalClaims, ...wish }
  return Object.fromEntries(Object.entries(all).map(([name, claims]) => [name, (claims ?? []).map(claimFrom)]))
}

const claimFrom = (claim: Partial<OptionalClaim>) => ({
  source: null,
  essential: false,
  additionalProperties: [],
  ...claim,
})
