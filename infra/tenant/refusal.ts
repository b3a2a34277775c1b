import { randomUUID } from 'node:crypto'
import type { Request, Response } from 'express'
import type { TenantState } from './state.ts'

export type Refusal = {
  status: number
  code: string
  message: string
  /** Whether PIM puts its own code inside `message`, unless a switch says how. */
  wrapped?: boolean
  headers?: Record<string, string>
}

/** A refusal of Graph: its parts throw it, and the router turns it into the error reply. */
export class GraphRefusal extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

export function refuse(status: number, code: string, message: string, more: Partial<Refusal> = {}): never {
  throw new GraphRefusal({ status, code, message, ...more })
}

export const denied: Refusal = {
  status: 403,
  code: 'Authorization_RequestDenied',
  message: 'Insufficient privileges to complete the operation.',
}

export const scopeNotGranted = (permissions: readonly string[]): Refusal => ({
  status: 403,
  code: 'PermissionScopeNotGranted',
  message: `Authorization failed due to missing permission scope ${permissions.join(',')}.`,
  wrapped: true,
})

/** A 401 that demands a token issued after now. */
export function claimsChallenge({ clock, origin }: TenantState): Refusal {
  const nbf = { essential: true, value: String(Math.floor(clock().getTime() / 1000)) }
  const claims = Buffer.from(JSON.stringify({ access_token: { nbf } })).toString('base64')
  const text =
    'Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenIssuedBeforeRevocationTimestamp'
  const parts = [
    'realm=""',
    `authorization_uri="${origin}/common/oauth2/authorize"`,
    'client_id="00000003-0000-0000-c000-000000000000"',
    `error_description="${text}"`,
    'error="insufficient_claims"',
    `claims="${claims}"`,
  ]
  const headers = { 'WWW-Authenticate': `Bearer ${parts.join(', ')}` }
  return { status: 401, code: 'InvalidAuthenticationToken', message: text, headers }
}

export function sendRefusal(state: TenantState, request: Request, response: Response, refusal: Refusal): void {
  const { status, code, message, headers = {}, wrapped = false } = refusal
  const { graphEnvelope } = state.switches
  const isWrapped = graphEnvelope ? graphEnvelope === 'wrapped' : wrapped
  const inner = JSON.stringify({ errorCode: code, message, instanceAnnotations: [] })
  const error = isWrapped ? { code: 'UnknownError', message: inner } : { code, message }
  const ids = requestIds(request, response)
  const innerError = { date: state.clock().toISOString().slice(0, 19), ...ids }
  response
    .status(status)
    .set({ ...headers, 'Content-Type': 'application/json' })
    .send(JSON.stringify({ error: { ...error, innerError } }))
}

/** The ids by which a request can be looked up, with the caller's own id echoed. */
export function requestIds(request: Request, response: Response) {
  const own = response.get('request-id') ?? randomUUID()
  const ids = { 'request-id': own, 'client-request-id': request.get('client-request-id') ?? own }
  response.set(ids)
  return ids
}
