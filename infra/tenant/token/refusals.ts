import { randomUUID } from 'node:crypto'

export type TokenRefusal = {
  code: number
  error: string
  status?: number
  suberror?: string
  claims?: string
  retryAfterSeconds?: number
}
type Kind = Omit<TokenRefusal, 'code'>

const claims = JSON.stringify({ access_token: { capolids: { essential: true, values: [randomUUID()] } } })

const deadGrant: Kind = { error: 'invalid_grant' }
const deadToken: Kind = { error: 'invalid_grant', suberror: 'bad_token' }
const strongerSignIn: Kind = { error: 'invalid_grant', suberror: 'basic_action', claims }
const anotherDevice: Kind = { error: 'invalid_grant', suberror: 'additional_action', claims }
const policyForbids: Kind = { error: 'invalid_grant', suberror: 'message_only', claims }
const badCredential: Kind = { error: 'invalid_client', status: 401 }
const badClient: Kind = { error: 'unauthorized_client' }
const badScope: Kind = { error: 'invalid_scope' }
const badResource: Kind = { error: 'invalid_resource' }
const badRequest: Kind = { error: 'invalid_request' }
const unavailable: Kind = { error: 'temporarily_unavailable', status: 503 }

const kinds = {
  // The person and the grant.
  50053: deadGrant,
  50055: { error: 'invalid_grant', suberror: 'user_password_expired' },
  50057: deadGrant,
  50105: { error: 'interaction_required' },
  50132: deadGrant,
  50133: deadGrant,
  50173: deadGrant,
  50196: deadGrant,
  54005: deadGrant,
  70000: deadToken,
  70008: deadGrant,
  70043: { error: 'invalid_grant', suberror: 'token_expired' },
  700005: deadGrant,
  700081: deadGrant,
  700082: deadToken,
  700084: deadGrant,
  65001: { error: 'invalid_grant', suberror: 'consent_required' },
  // Policies.
  50074: strongerSignIn,
  50076: strongerSignIn,
  50078: strongerSignIn,
  50079: strongerSignIn,
  50097: anotherDevice,
  50129: anotherDevice,
  50131: anotherDevice,
  50158: strongerSignIn,
  53000: anotherDevice,
  53001: anotherDevice,
  53002: anotherDevice,
  53003: policyForbids,
  530032: policyForbids,
  530035: policyForbids,
  // The app and its registration.
  7000215: badCredential,
  7000218: badCredential,
  7000222: badCredential,
  700025: badCredential,
  700027: badCredential,
  50012: badCredential,
  50013: badCredential,
  500133: badCredential,
  650053: { error: 'invalid_client' },
  70021: badCredential,
  700211: badCredential,
  700016: badClient,
  70001: badClient,
  7000112: badClient,
  1000031: badClient,
  70003: { error: 'unsupported_grant_type' },
  70011: badScope,
  28000: badScope,
  28002: badScope,
  28003: badScope,
  700022: badScope,
  90008: badResource,
  90009: badResource,
  500011: badResource,
  650052: badResource,
  650056: badResource,
  650057: badResource,
  50194: badRequest,
  90002: { error: 'invalid_tenant' },
  901002: badRequest,
  90014: badRequest,
  900144: badRequest,
  9002313: badRequest,
  // The service.
  50033: unavailable,
  90006: unavailable,
  90024: unavailable,
  90033: unavailable,
  90055: { error: 'temporarily_unavailable', status: 429 },
} satisfies Record<number, Kind>

/** Faults that are a status, with the code that comes with each. */
const outages = {
  429: { code: 90055, error: 'temporarily_unavailable', status: 429 },
  500: { code: 90033, error: 'server_error', status: 500 },
  502: { code: 90033, error: 'server_error', status: 502 },
  503: { code: 90006, error: 'temporarily_unavailable', status: 503 },
  504: { code: 90033, error: 'server_error', status: 504 },
} satisfies Record<number, TokenRefusal>

type Code = `${keyof typeof kinds | keyof typeof outages}`

/** Every fault that the token endpoint can be made to answer. */
export const tokenFaults = [...(Object.keys({ ...kinds, ...outages }) as Code[]), 'malformed', 'hang', 'cut'] as const

export function tokenRefusal(code: number | string): TokenRefusal {
  const outage = (outages as Record<string, TokenRefusal>)[code]
  const kind = (kinds as Record<string, Kind>)[code] ?? deadGrant
  return outage ?? { code: Number(code), ...kind }
}
