import type { RequestHandler, Response } from 'express'
import type Provider from 'oidc-provider'
import { paths } from './metadata.ts'
import { replay } from './replay.ts'
import type { TenantState } from './state.ts'
import { takeFault } from './switches.ts'
import { sendTokenError, switchedRefusal } from './token-errors.ts'

/** The token endpoint: plays the fault that is switched on, or hands the request to oidc-provider. */
export function tokenEndpoint(state: TenantState, provider: Provider): RequestHandler {
  const answer = provider.callback()
  return async (request, response) => {
    const form = new URLSearchParams(String(request.body ?? ''))
    if (playFault(state, form, response)) return
    await answer(replay(request, { url: paths.token, body: translateToken(form).toString() }), response)
  }
}

/** Asked scopes never limit a redemption: Entra grants what was consented to. */
function translateToken(form: URLSearchParams): URLSearchParams {
  const translated = new URLSearchParams(form)
  translated.delete('scope')
  return translated
}

/** Whether a fault took the place of the answer. */
function playFault(state: TenantState, form: URLSearchParams, response: Response): boolean {
  const fault = state.switches.tokenError
  const on = form.get('grant_type') === 'refresh_token' ? 'refresh' : 'code'
  if (!fault || (fault.on !== 'both' && fault.on !== on)) return false
  takeFault(state.switches, 'tokenError')
  if (fault.what === 'hang') return true
  if (fault.what === 'malformed') response.type('application/json').send('<html>not what was expected')
  else sendTokenError(state, response, switchedRefusal(fault))
  return true
}
