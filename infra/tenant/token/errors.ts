import { randomUUID } from 'node:crypto'
import type { Response } from 'express'
import type { errors } from 'oidc-provider'
import { describe, stamp } from '../aadsts.ts'
import type { TenantState } from '../state.ts'
import type { Switches } from '../switches/switches.ts'
import { type TokenRefusal, tokenRefusal } from './refusals.ts'

export function switchedRefusal({ what, as, retryAfterSeconds }: NonNullable<Switches['tokenError']>): TokenRefusal {
  const refusal = tokenRefusal(what)
  const throttled = refusal.status === 503 || refusal.status === 429
  return { ...refusal, ...(as && { error: as }), ...(throttled && retryAfterSeconds !== null && { retryAfterSeconds }) }
}

/** Entra's error for an objection of oidc-provider. */
export function refusalFor({
  error,
  error_description = '',
  error_detail = '',
}: errors.OIDCProviderError): TokenRefusal {
  if (error === 'invalid_client') return tokenRefusal(clientFault(error_detail))
  if (error === 'unsupported_grant_type') return tokenRefusal(70003)
  if (error === 'invalid_request') return error_description.includes('missing') ? tokenRefusal(900144) : malformed
  if (error === 'invalid_grant') return grantFault(error_detail)
  return malformed
}

const malformed: TokenRefusal = { code: 9002313, error: 'invalid_request' }

function clientFault(detail: string): number {
  if (detail.includes('client not found')) return 700016
  return detail.includes('mechanism does not match') ? 7000218 : 7000215
}

function grantFault(detail: string): TokenRefusal {
  if (detail.includes('already consumed')) return tokenRefusal(54005)
  if (detail.includes('already used')) return tokenRefusal(70000)
  if (detail.includes('code_verifier')) return tokenRefusal(501481)
  if (detail.includes('code is expired')) return tokenRefusal(70008)
  if (detail.includes('refresh token is expired')) return tokenRefusal(700082)
  if (detail.includes('redirect_uri mismatch')) return tokenRefusal(500112)
  return { ...malformed, error: 'invalid_grant', suberror: 'bad_token' }
}

/** Status, headers and JSON of a refusal. */
export function tokenErrorReply(state: TenantState, refusal: TokenRefusal) {
  const { code, error, suberror, claims, status = 400, retryAfterSeconds } = refusal
  const { error_uri, ...stamped } = stamp(state, code)
  const description = describe(code, state.switches.errorSeparator, { ...stamped, error_uri })
  const documented = { error, error_description: description, ...stamped }
  const all = { ...documented, error_uri, ...(suberror && { suberror }), ...(claims && { claims }) }
  return {
    status,
    headers: {
      ...replyHeaders(stamped.trace_id),
      ...(retryAfterSeconds !== undefined && { 'Retry-After': String(retryAfterSeconds) }),
    },
    body: state.switches.errorMembers === 'all' ? all : documented,
  }
}

export function sendTokenError(state: TenantState, response: Response, refusal: TokenRefusal): void {
  const { status, headers, body } = tokenErrorReply(state, refusal)
  response.status(status).set(headers).send(JSON.stringify(body))
}

export function replyHeaders(requestId: string = randomUUID()) {
  return {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store, no-cache',
    Pragma: 'no-cache',
    Expires: '-1',
    'x-ms-request-id': requestId,
  }
}
