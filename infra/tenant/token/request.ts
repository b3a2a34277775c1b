import type { Request, RequestHandler, Response } from 'express'
import type Provider from 'oidc-provider'
import { paths } from '../metadata.ts'
import { provenSecret } from '../sign-in/clients.ts'
import { replay } from '../sign-in/replay.ts'
import type { TenantState } from '../state.ts'
import { takeFault } from '../switches/switches.ts'
import { judged } from './client-proof.ts'
import { sendTokenError, switchedRefusal } from './errors.ts'
import { tokenRefusal } from './refusals.ts'

type Kind = 'code' | 'refresh' | 'client'

/** The token endpoint: plays the fault that is switched on, or hands the request to oidc-provider. */
export function tokenEndpoint(state: TenantState, provider: Provider): RequestHandler {
  const answer = provider.callback()
  return async (request, response) => {
    const form = new URLSearchParams(String(request.body ?? ''))
    readBasic(form, request)
    spellClientId(form)
    count(state, form)
    if (playFault(state, { kind: kindOf(form), request, response })) return
    if (form.has('resource')) return sendTokenError(state, response, tokenRefusal(901002))
    const judgement = await judged(state, form)
    if (typeof judgement === 'number') return sendTokenError(state, response, tokenRefusal(judgement))
    const known = judgement === 'good' ? asKnown(form) : form
    await answer(replay(request, { url: paths.token, body: translateToken(known).toString() }), response)
  }
}

/** Entra compares ids without regard to case; oidc-provider does not. */
function spellClientId(form: URLSearchParams): void {
  const id = form.get('client_id')
  if (id !== null) form.set('client_id', id.toLowerCase())
}

/** Takes the credential of the header into the form. Two credentials at once are left for oidc-provider to refuse. */
function readBasic(form: URLSearchParams, { headers }: Request): void {
  const [, encoded] = /^Basic (.+)$/i.exec(headers.authorization ?? '') ?? []
  if (!encoded || form.has('client_secret') || form.has('client_assertion')) return
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(':').map(decoded)
  form.set('client_id', id)
  form.set('client_secret', secret)
  delete headers.authorization
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
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

/** Replaces a credential that was found good here by the one that oidc-provider knows. */
function asKnown(form: URLSearchParams): URLSearchParams {
  const known = new URLSearchParams(form)
  known.delete('client_assertion')
  known.delete('client_assertion_type')
  known.set('client_secret', provenSecret)
  return known
}

/**
 * Stores the scopes under another name: oidc-provider refuses scopes that were not asked for at sign-in, and Entra may
 * grant them.
 */
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
