import type { Request, Response } from 'express'
import type { GraphPlace } from '../calls.ts'
import { guidFrom } from '../directory/ids.ts'
import { claimsChallenge, denied, type Refusal, scopeNotGranted, sendRefusal } from '../refusal.ts'
import type { TenantState } from '../state.ts'
import type { Switches } from '../switches/switches.ts'
import { groupsOfCall } from './groups-of-call.ts'
import { pageOf, type Row } from './pages.ts'
import { scopesOf } from './pim/scopes.ts'

type Fault = NonNullable<Switches['graphError']>
type Place = GraphPlace

/** How many calls each fault could have hit so far. */
const seen = new WeakMap<Fault, number>()

/** Whether it is this call's turn to be hit. */
function isNowDue(fault: Fault): boolean {
  const calls = (seen.get(fault) ?? 0) + 1
  seen.set(fault, calls)
  const late = calls - fault.after
  return late > 0 && late % fault.every === 0
}

/** The fault to play on this request; undefined when none is set. Asking uses up a fault that is set for one time. */
export function takeGraphFault(state: TenantState, place: Place, request: Request): Fault | undefined {
  const { switches } = state
  const fault = switches.graphError
  if (!fault || (fault.where !== 'any' && fault.where !== place)) return undefined
  if (fault.group !== undefined && !groupsOfCall(state, request).includes(fault.group)) return undefined
  if (fault.method !== undefined && fault.method !== request.method) return undefined
  if (fault.page !== undefined && fault.page !== pageOf(request)) return undefined
  // A read leaves nothing done, so only a connection can be lost after it.
  if (['done-but-504', 'done-but-hang'].includes(fault.what) && request.method === 'GET') return undefined
  if (!isNowDue(fault)) return undefined
  if (fault.when === 'next') delete switches.graphError
  return fault
}

/** Whether the fault took the place of the answer. */
export function playInstead(
  state: TenantState,
  { fault, place, request, response }: { fault: Fault; place: Place; request: Request; response: Response },
): boolean {
  if (fault.what === 'hang') return true
  if (fault.what === 'drop') {
    request.socket.destroy()
    return true
  }
  if (fault.what === 'html') {
    response.type('html').send('<html>not what was expected</html>')
    return true
  }
  const refusal = refusalFor(state, fault, place)
  if (refusal) sendRefusal(state, request, response, refusal)
  return refusal !== undefined
}

/** Whether the reply gets lost although the act was done. */
export function loseReply(
  state: TenantState,
  { fault, request, response }: { fault: Fault; request: Request; response: Response },
): boolean {
  if (fault.what === 'done-but-504')
    sendRefusal(state, request, response, { status: 504, code: codes[504], message: 'The reply came too late.' })
  if (fault.what === 'done-but-drop') request.socket.destroy()
  return fault.what.startsWith('done-but')
}

function refusalFor(state: TenantState, fault: Fault, place: Place): Refusal | undefined {
  const { what, retryAfterSeconds, status, message } = fault
  if (what === 'refusal') return { status, code: fault.code, message }
  if (what === 'claims-challenge') return claimsChallenge(state)
  if (what === '403') {
    const scopes = pimScopes[place]
    return scopes ? scopeNotGranted(scopes) : denied
  }
  const code = (codes as Record<string, string>)[what]
  if (!code) return undefined
  const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }
  return { status: Number(what), code, message: `The local tenant was told to answer ${what}.`, headers }
}

const pimScopes: Partial<Record<Place, readonly string[]>> = {
  instances: scopesOf.assignment.read.slice(0, 1),
  schedules: scopesOf.assignment.read,
  requests: scopesOf.assignment.write,
  approvals: scopesOf.assignment.write,
  eligibility: scopesOf.eligibility.read,
  policies: scopesOf.policy.read,
}

const codes = {
  401: 'InvalidAuthenticationToken',
  404: 'Request_ResourceNotFound',
  429: 'TooManyRequests',
  500: 'InternalServerError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
}

/** The reply in the shape that the fault demands. */
export function distorted(body: Row, what: Fault['what'] | undefined): Row {
  const value = Array.isArray(body.value) ? body.value : []
  if (what === 'empty-object') return {}
  if (what === 'other-person') return { ...body, principalId: guidFrom('nobody that was asked about') }
  if (what === 'other-group') return { ...body, groupId: guidFrom('no group that was asked about') }
  if (what === 'bad-expiry') return { ...body, expirationDateTime: '2020-01-01T00:00:00Z' }
  if (what === 'value-not-array') return { ...body, value: value[0] ?? null }
  if (what === 'without-ids') return { ...body, value: value.map(withoutIds) }
  if (what === 'bad-end') return { ...body, value: value.map(withBadEnd) }
  return body
}

function withoutIds(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return null
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== 'id' && name !== 'principalId'))
}

const withBadEnd = (item: unknown): unknown =>
  typeof item === 'object' && item !== null ? { ...item, endDateTime: 'some time tomorrow' } : item

/** Sends the JSON of a reply, or the part of it that the fault lets through. */
export function send(response: Response, text: string, what: Fault['what'] | undefined): void {
  const half = text.slice(0, Math.ceil(text.length / 2))
  if (what !== 'cut') return void response.send(what === 'truncated' ? half : text)
  response.set('Content-Length', String(Buffer.byteLength(text)))
  response.write(half, () => response.destroy())
}
