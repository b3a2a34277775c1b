import { tenantId } from './directory/ids.ts'
import type { TenantState } from './state.ts'

export const paths = {
  discovery: `/${tenantId}/v2.0/.well-known/openid-configuration`,
  keys: `/${tenantId}/discovery/v2.0/keys`,
  authorize: `/${tenantId}/oauth2/v2.0/authorize`,
  token: `/${tenantId}/oauth2/v2.0/token`,
  logout: `/${tenantId}/oauth2/v2.0/logout`,
  signIn: `/${tenantId}/sign-in`,
} as const

/** The discovery document, with Entra's members and no others, although oidc-provider offers more. */
export function discoveryDocument({ origin, switches: { discoveryLie } }: TenantState): Record<string, unknown> {
  const ours = discoveryLie.endpointsOrigin ?? origin
  const truth = {
    token_endpoint: ours + paths.token,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: ours + paths.keys,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: discoveryLie.issuer ?? `${origin}/${tenantId}/v2.0`,
    request_uri_parameter_supported: false,
    userinfo_endpoint: 'https://graph.microsoft.com/oidc/userinfo',
    authorization_endpoint: ours + paths.authorize,
    device_authorization_endpoint: `${ours}/${tenantId}/oauth2/v2.0/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: ours + paths.logout,
    claims_supported: claimsSupported,
    kerberos_endpoint: `${ours}/${tenantId}/kerberos`,
    tenant_region_scope: 'EU',
    cloud_instance_name: 'microsoftonline.com',
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: 'graph.microsoft.com',
    rbac_url: 'https://pas.windows.net',
  }
  const { omit = [], extra = {} } = discoveryLie
  return Object.fromEntries(Object.entries({ ...truth, ...extra }).filter(([name]) => !omit.includes(name)))
}

/** The key set. It names no `alg`, as Entra's does not, so a client must know the right algorithm itself. */
export function keyDocument({ origin, keys }: TenantState) {
  return {
    keys: keys.published.map(({ kid, publicKey }) => {
      const { kty, n, e } = publicKey.export({ format: 'jwk' })
      const issuer = `${origin}/${tenantId}/v2.0`
      return { kty, use: 'sig', kid, x5t: kid, n, e, cloud_instance_name: 'microsoftonline.com', issuer }
    }),
  }
}

// Incomplete, as Entra's list is: oid, groups, sid and others are issued without being listed.
const claimsSupported = [
  'sub',
  'iss',
  'cloud_instance_name',
  'cloud_instance_host_name',
  'cloud_graph_host_name',
  'msgraph_host',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'acr',
  'nonce',
  'preferred_username',
  'name',
  'tid',
  'ver',
  'at_hash',
  'c_hash',
  'email',
]
