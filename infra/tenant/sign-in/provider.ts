import Provider, { type Adapter, type Configuration, type KoaContextWithOIDC } from 'oidc-provider'
import { people } from '../directory/people.ts'
import { paths } from '../metadata.ts'
import { defaultScope, graphScopes, offlineScope } from '../scopes.ts'
import type { TenantState } from '../state.ts'
import { dressToken } from '../token/reply.ts'
import { answerApp, responseModes } from './authorize-response.ts'
import { clientWith, redirectUrisOf } from './clients.ts'
import { interactionPolicy } from './policy.ts'
import { isRegistered } from './redirect-uris.ts'
import { showRefusal } from './refusal-page.ts'

const year = 365 * 24 * 3600

/**
 * oidc-provider in Entra's clothes. It judges requests, keeps sessions, codes and refresh tokens; everything a client
 * can see of its answers is rewritten on the way out (authorize-response.ts, token/reply.ts).
 */
export function createProvider(state: TenantState): Provider {
  const provider = new Provider(state.origin, configuration(state))
  for (const mode of responseModes) provider.registerResponseMode(`entra.${mode}`, answerApp(state, mode))
  provider.Client.prototype.redirectUriAllowed = function allowed(uri) {
    return isRegistered(uri, redirectUrisOf(state, this.clientId))
  }
  provider.use(dressToken(state, provider))
  return provider
}

function configuration(state: TenantState): Configuration {
  return {
    adapter: model => (model === 'Client' ? clientsAdapter(state) : state.store.adapter(model)),
    jwks: {
      keys: state.keys.published.map(({ kid, privateKey }) => ({
        ...privateKey.export({ format: 'jwk' }),
        kid,
        alg: 'RS256',
        use: 'sig',
      })),
    },
    routes: { authorization: paths.authorize, token: paths.token, jwks: '/unused/keys', end_session: '/unused/logout' },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      userinfo: { enabled: false },
      dPoP: { enabled: false },
      claimsParameter: { enabled: true },
      clientCredentials: { enabled: true },
    },
    claims: { openid: ['sub'], acrs: null, token_acrs: null, cp1: null },
    scopes: ['openid', 'profile', 'email', offlineScope, defaultScope, ...graphScopes],
    extraParams: ['client_info', 'domain_hint', 'sid', 'client-request-id', 'fault'],
    cookies: {
      names: { session: 'tenant_session', interaction: 'tenant_interaction', resume: 'tenant_resume' },
      keys: [],
    },
    // Set far in the future: the store ends things by the tenant's clock, and the library would use the machine's.
    ttl: {
      AuthorizationCode: year,
      RefreshToken: year,
      AccessToken: year,
      ClientCredentials: year,
      IdToken: year,
      Session: year,
      Interaction: year,
      Grant: year,
    },
    formats: {
      bitsOfOpaqueRandomness: (_ctx, { kind }) =>
        kind === 'AuthorizationCode' || kind === 'RefreshToken' ? 5700 : 256,
    },
    pkce: { required: () => false },
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, _client, code) => code.scopes.has(offlineScope),
    rotateRefreshToken: true,
    findAccount: (_ctx, key) => findAccount(key),
    loadExistingGrant: grantEverything,
    interactions: { policy: interactionPolicy(state), url: (_ctx, { uid }) => `${paths.signIn}/${uid}` },
    renderError: (ctx, _out, error) => showRefusal(state, ctx, error),
  }
}

// Clients are what is registered. Nobody but Graph changes that.
function clientsAdapter(state: TenantState): Adapter {
  const none = async () => undefined
  return {
    find: async id => clientWith(state, id),
    upsert: none,
    findByUid: none,
    findByUserCode: none,
    consume: none,
    destroy: none,
    revokeByGrantId: none,
  }
}

function findAccount(key: string) {
  return people.some(person => person.key === key) ? { accountId: key, claims: () => ({ sub: key }) } : undefined
}

// An administrator has given consent, so nobody is ever asked.
async function grantEverything(ctx: KoaContextWithOIDC) {
  const { provider, client, account, params } = ctx.oidc
  const grant = new provider.Grant({ clientId: client?.clientId ?? '', accountId: account?.accountId ?? '' })
  grant.addOIDCScope(String(params?.scope ?? ''))
  grant.addOIDCClaims(['acrs', 'token_acrs', 'cp1'])
  await grant.save()
  return grant
}
