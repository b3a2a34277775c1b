import { declaresCp1 } from '../access-tokens.ts'
import { parsed } from '../parsed.ts'
import { offlineScope, scopeFault, shortScopes } from '../scopes.ts'
import { responseModes } from './authorize-response.ts'
import { contextAsked, tokenContextAsked } from './contexts.ts'

// Parameters Entra does not document and ignores; oidc-provider would act on them.
const ignored = [
  'max_age',
  'acr_values',
  'ui_locales',
  'id_token_hint',
  'request',
  'request_uri',
  'registration',
  'display',
]

/**
 * An authorization request in the words oidc-provider takes the way Entra means them: offline_access needs no consent,
 * `claims` may ask for things the library does not know, and answers go out through our own response modes.
 */
export function translateAuthorize(asked: URLSearchParams): URLSearchParams {
  const query = new URLSearchParams(asked)
  for (const name of ignored) query.delete(name)
  if (query.get('prompt') === 'consent') query.delete('prompt')
  replace(query, 'client_id', id => id.toLowerCase())
  replace(query, 'scope', scope => shortScopes(scope).join(' ').replaceAll('offline_access', offlineScope))
  query.set('response_mode', `entra.${responseModes.find(mode => mode === query.get('response_mode')) ?? 'query'}`)
  query.delete('fault')
  const fault = faultIn(asked)
  if (fault) query.set('fault', String(fault))
  query.delete('claims')
  const claims = parsed(asked.get('claims'))
  const acrs = essential(contextAsked(claims))
  // Kept with the code for its redemption, where oidc-provider would keep nothing about access tokens.
  const token_acrs = essential(tokenContextAsked(claims))
  const cp1 = declaresCp1(asked.get('claims')) ? null : undefined
  if (acrs || token_acrs || cp1 === null) query.set('claims', JSON.stringify({ id_token: { acrs, token_acrs, cp1 } }))
  return query
}

/** The AADSTS number of a fault that is reported to the app by redirect. */
function faultIn(asked: URLSearchParams): number | undefined {
  if (asked.has('resource')) return 901002
  return scopeFault(asked.get('scope') ?? '', 'authorize')
}

const essential = (value: string | undefined) => (value === undefined ? undefined : { essential: true, value })

function replace(query: URLSearchParams, name: string, change: (value: string) => string): void {
  const value = query.get(name)
  if (value !== null) query.set(name, change(value))
}
