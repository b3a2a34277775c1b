import { responseModes } from './authorize-response.ts'
import { contextAsked } from './contexts.ts'
import { clientId } from './ids.ts'
import { offlineScope } from './scopes.ts'

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
  replace(query, 'client_id', id => (id.toLowerCase() === clientId ? clientId : id))
  replace(query, 'scope', scope => scope.replaceAll('offline_access', offlineScope))
  query.set('response_mode', `entra.${responseModes.find(mode => mode === query.get('response_mode')) ?? 'query'}`)
  query.delete('claims')
  const context = contextAsked(parsed(asked.get('claims')))
  if (context) query.set('claims', JSON.stringify({ id_token: { acrs: { essential: true, value: context } } }))
  return query
}

function replace(query: URLSearchParams, name: string, change: (value: string) => string): void {
  const value = query.get(name)
  if (value !== null) query.set(name, change(value))
}

export function parsed(json: string | null | undefined): unknown {
  try {
    return JSON.parse(json ?? '')
  } catch {
    return undefined
  }
}
