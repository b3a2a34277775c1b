import type { Request, RequestHandler, Response } from 'express'
import type Provider from 'oidc-provider'
import { judged } from './client-proof.ts'
import { paths } from './metadata.ts'
import { replay } from './replay.ts'
import type { TenantState } from './state.ts'
import { takeFault } from './switches.ts'
import { sendTokenError, switchedRefusal } from './token-errors.ts'
import { tokenRefusal } from './token-refusals.ts'

type Kind = 'code' | 'refresh' | 'client'

/** The token endpoint: plays the fault that is switched on, or hands the request to oidc-provider. */
export function tokenEndpoint(state: TenantState, provider: Provider): RequestHandler {
  const answer = provider.callback()
  return async (request, response) => {
    const form = new URLSearchParams(String(request.body ?? ''))
    count(state, form)
    if (playFault(state, { kind: kindOf(form), request, response })) return
    const judgement = await judged(state, form)
    if (typeof judgement === 'number') return sendTokenError(state, response, tokenRefusal(judgement))
    const known = judgement === 'good' ? asKnown(state, form) : form
    await answer(replay(request, { url: paths.token, body: translateToken(known).toString() }), response)
  }
}

function kindOf(form: URLSearchParams): Kind {
  const grantType = form.get('grant_type')
  if (grantType === 'refresh_token') return 'refresh'
  return grantType === 'client_credentials' ? 'client' : 'code'
}

function count({ calls }: TenantState, form: URLSearchParams): void {
  const grantType = form.get('grant_type')
  if (grantType === 'authorization_code') calls.tokenCode += 1
  if (grantType === 'refresh_token') calls.tokenRefresh += 1
  if (grantType === 'client_credentials') calls.tokenClient += 1
}

/** With the one proof that oidc-provider knows, in place of the one that was found good here. */
function asKnown({ registration }: TenantState, form: URLSearchParams): URLSearchParams {
  const known = new URLSearchParams(form)
  known.delete('client_assertion')
  known.delete('client_assertion_type')
  known.set('client_secret', registration.clientSecret)
  return known
}

/** Asked scopes never limit a redemption: Entra grants what was consented to. They are kept under another name. */
function translateToken(form: URLSearchParams): URLSearchParams {
  const translated = new URLSearchParams(form)
  const scope = translated.get('scope')
  translated.delete('scope')
  if (scope !== null) translated.set('asked_scope', scope)
  return translated
}

/** Whether a fault took the place of the answer. */
function playFault(
  state: TenantState,
  { kind, request, response }: { kind: Kind; request: Request; response: Response },
): boolean {
  const fault = state.switches.tokenError
  if (!fault || (fault.on !== 'both' && fault.on !== kind)) return false
  takeFault(state.switches, 'tokenError')
  if (fault.what === 'hang') return true
  if (fault.what === 'cut') request.socket.destroy()
  else if (fault.what === 'malformed') response.type('application/json').send('<html>not what was expected')
  else sendTokenError(state, response, switchedRefusal(fault))
  return true
}
