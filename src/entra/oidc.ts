import * as client from 'openid-client'
import type { Clock } from '../clock.ts'
import type { Config } from '../config/load.ts'
import { Problem } from '../errors.ts'
import { assertSamePerson, assertSameTenant, type Groups, type Identity, readIdToken } from './claims.ts'
import { createOutbound, NoAnswer } from './outbound.ts'

/** What binds one sign-in to one browser: each part is random, used once, and compared when the browser comes back. */
export type Attempt = { state: string; nonce: string; verifier: string }
export type Tokens = { accessToken: string; refreshToken?: string; idToken: string; accessTokenExpiresAt: number }
/** `contexts` are the authentication contexts the token says were met. */
export type SignedIn = { identity: Identity; groups: Groups; contexts: readonly string[]; tokens: Tokens }

const scope = 'openid profile offline_access'
/** What turning on one's own access takes at Graph. Asked for only where that is done: signing in never waits for consent to it. */
const pimScope = [
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
  'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  'RoleManagementPolicy.Read.AzureADGroup',
  'User.ReadBasic.All',
  'GroupMember.Read.All',
].join(' ')
/** No claim asks for a second factor as such: the person signs in anew, and the tenant's policy sees to it. */
export const signInAnew = '{}'
/** Beside identity, a token for PIM is wanted; `claims` is what Entra must have checked for it, as JSON. */
export type ForPim = { claims?: string | undefined }
const scopeFor = (forPim: ForPim | undefined) => (forPim ? `${scope} ${pimScope}` : scope)
/** Said with each request for such a token, so that Graph's claims challenges reach us. */
const withCapabilities = (claims = '{}'): string => {
  const wish = JSON.parse(claims) as { access_token?: object }
  return JSON.stringify({ ...wish, access_token: { ...wish.access_token, xms_cc: { values: ['cp1'] } } })
}
const parametersFor = (forPim: ForPim | undefined): Record<string, string> => ({
  scope: scopeFor(forPim),
  ...(forPim && { claims: withCapabilities(forPim.claims) }),
})
/** One call's limit, in seconds, and that of a whole page's wait, in milliseconds. */
const callLimit = 5
const pageLimitMs = 5_500

/**
 * The confidential client of one Entra tenant. Metadata and keys are loaded at first need, so the application starts
 * while Entra is down.
 *
 * Every method throws Problem('entra-unreachable') when Entra does not answer, or answers with metadata that is not
 * this tenant's.
 */
export function createOidc({
  config,
  clock,
  fetch = globalThis.fetch,
}: {
  config: Pick<Config, 'baseUrl' | 'entra'>
  clock: Clock
  fetch?: typeof globalThis.fetch
}) {
  const { authority, tenantId, clientId } = config.entra
  const issuer = `${authority}/${tenantId}/v2.0`
  const redirectUri = `${config.baseUrl}/auth/callback`
  const outbound = createOutbound(fetch) as client.CustomFetch
  const extensions = [
    // Without this the code flow checks no signature at all.
    client.enableNonRepudiationChecks,
    ...(authority.startsWith('http:') ? [client.allowInsecureRequests] : []),
  ]
  let loaded: { configuration: client.Configuration; skew: number } | undefined
  let loading: Promise<client.ServerMetadata> | undefined

  async function configuration(): Promise<client.Configuration> {
    if (!loaded) {
      // One discovery at a time; kept once it has succeeded.
      loading ??= discover().finally(() => {
        loading = undefined
      })
      loaded = configured(await loading)
    }
    // The library reads the system's clock, fixed at construction; ours may be another (in tests it is held in hand).
    if (loaded.skew !== skewOf(clock)) loaded = configured(loaded.configuration.serverMetadata(), loaded.configuration)
    return loaded.configuration
  }

  async function discover(): Promise<client.ServerMetadata> {
    const options = { timeout: callLimit, [client.customFetch]: outbound, execute: extensions }
    const found = await client.discovery(new URL(issuer), clientId, {}, client.None(), options).catch(cause => {
      throw new NoAnswer('no metadata', { cause })
    })
    assertPinned(found.serverMetadata(), { issuer, authority })
    return found.serverMetadata()
  }

  function configured(metadata: client.ServerMetadata, before?: client.Configuration) {
    const skew = skewOf(clock)
    // The algorithm is pinned here: the provider's metadata does not choose it.
    const pins = { id_token_signed_response_alg: 'RS256', [client.clockTolerance]: 30, [client.clockSkew]: skew }
    const secret = client.ClientSecretPost(config.entra.clientSecret.reveal())
    const configuration = new client.Configuration(metadata, clientId, pins, secret)
    configuration.timeout = callLimit
    configuration[client.customFetch] = outbound
    for (const extension of extensions) extension(configuration)
    const keys = before && client.getJwksCache(before)
    if (keys) client.setJwksCache(configuration, keys)
    return { configuration, skew }
  }

  function signedInFrom(
    reply: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers,
    before?: string,
  ): SignedIn {
    const now = clock()
    const refreshToken = reply.refresh_token ?? before
    return {
      ...readIdToken(reply.claims(), { issuer, clientId, tenantId, now }),
      tokens: {
        accessToken: reply.access_token,
        ...(refreshToken && { refreshToken }),
        idToken: reply.id_token as string,
        accessTokenExpiresAt: now.getTime() + (reply.expiresIn() ?? 0) * 1000,
      },
    }
  }

  return {
    issuer,

    /** True once this tenant's metadata has been loaded. */
    isLoaded: () => loaded !== undefined,

    load: async (): Promise<void> => {
      await answered(configuration())
    },

    newAttempt: (): Attempt => ({
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    }),

    /** Where to send the browser to sign in. A hint names the account; `select_account` lets people choose and excludes a hint. */
    async signInUrl({
      attempt,
      loginHint,
      prompt,
      context,
      forPim,
    }: {
      attempt: Attempt
      loginHint?: string | undefined
      prompt?: 'select_account' | undefined
      /** An authentication context to satisfy. Source: developer-guide-conditional-access-authentication-context. */
      context?: string | undefined
      forPim?: ForPim | undefined
    }): Promise<URL> {
      const parameters: Record<string, string> = {
        ...parametersFor(forPim),
        redirect_uri: redirectUri,
        response_mode: 'query',
        state: attempt.state,
        nonce: attempt.nonce,
        // Sent always, though Entra does not advertise it.
        code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
        code_challenge_method: 'S256',
        ...(context && { claims: JSON.stringify({ id_token: { acrs: { essential: true, value: context } } }) }),
        ...(prompt ? { prompt } : loginHint ? { login_hint: loginHint } : {}),
        ...(forPim?.claims === signInAnew && { prompt: 'login' }),
      }
      return client.buildAuthorizationUrl(await answered(configuration()), parameters)
    },

    /**
     * Turns the code that came back into who the person is.
     *
     * Throws Problem: 'sign-in-refused' (the code is used, stale or not for this attempt; or Entra wants something else
     * of the person), 'sign-in-misconfigured' (our credentials or registration), 'sign-in-not-proven' (a token that does
     * not hold), 'entra-unreachable'.
     */
    redeem: (query: URLSearchParams, attempt: Attempt, forPim?: ForPim): Promise<SignedIn> =>
      answered(
        (async () => {
          const current = new URL(redirectUri)
          current.search = query.toString()
          const checks = {
            expectedState: attempt.state,
            expectedNonce: attempt.nonce,
            pkceCodeVerifier: attempt.verifier,
            idTokenExpected: true,
          }
          const asked = forPim && parametersFor(forPim)
          const reply = await client.authorizationCodeGrant(await configuration(), current, checks, asked)
          return signedInFrom(reply)
        })(),
      ),

    /**
     * Asks Entra anew about someone who is signed in. A missing new refresh token keeps the old one.
     *
     * Throws Problem: 'sign-in-refused' (Entra says no about the person; see `refusalOf`), 'other-person',
     * 'sign-in-not-proven', 'sign-in-misconfigured' (our credentials), 'entra-unreachable'.
     */
    refresh: (refreshToken: string, identity: Identity, forPim?: ForPim): Promise<SignedIn> =>
      answered(
        (async () => {
          const reply = await client
            .refreshTokenGrant(await configuration(), refreshToken, parametersFor(forPim))
            .catch(ofAnotherIssuer)
          if (!reply.id_token) throw new NoAnswer('no ID token')
          assertSameTenant(identity, reply.claims()?.tid)
          const signedIn = signedInFrom(reply, refreshToken)
          assertSamePerson(identity, signedIn.identity)
          return signedIn
        })(),
      ),

    /** A token of the application itself for Graph, with its application permissions. */
    graphToken: (graphOrigin: string): Promise<{ token: string; expiresAt: number }> =>
      answered(
        (async () => {
          const reply = await client.clientCredentialsGrant(await configuration(), { scope: `${graphOrigin}/.default` })
          return { token: reply.access_token, expiresAt: clock().getTime() + (reply.expiresIn() ?? 0) * 1000 }
        })(),
      ),

    /** Where to send the browser to end Entra's own session; undefined while Entra is not known, so that signing out here never waits. */
    signOutUrl({ logoutHint, returnTo }: { logoutHint: string | undefined; returnTo: string }): URL | undefined {
      if (!loaded?.configuration.serverMetadata().end_session_endpoint) return undefined
      return client.buildEndSessionUrl(loaded.configuration, {
        post_logout_redirect_uri: `${config.baseUrl}${returnTo}`,
        ...(logoutHint && { logout_hint: logoutHint }),
      })
    },
  }
}
export type Oidc = ReturnType<typeof createOidc>

const skewOf = (clock: Clock) => Math.round((clock().getTime() - Date.now()) / 1000)

/** openid-client lets the issuer of login.microsoftonline.com differ, and no library checks the endpoints' hosts. */
function assertPinned(metadata: client.ServerMetadata, pinned: { issuer: string; authority: string }) {
  if (metadata.issuer !== pinned.issuer) throw new NoAnswer('metadata of another issuer')
  const { authorization_endpoint, token_endpoint, jwks_uri, end_session_endpoint } = metadata
  for (const endpoint of [authorization_endpoint, token_endpoint, jwks_uri, end_session_endpoint ?? pinned.authority])
    if (!endpoint || !URL.canParse(endpoint) || new URL(endpoint).origin !== pinned.authority)
      throw new NoAnswer('metadata names another host')
}

/** The library compares the issuer itself; at a refresh another one means another person. */
function ofAnotherIssuer(thrown: unknown): never {
  const { cause } = thrown instanceof client.ClientError && thrown.cause instanceof Error ? thrown.cause : {}
  const isIssuer = typeof cause === 'object' && cause !== null && 'claim' in cause && cause.claim === 'iss'
  throw isIssuer ? new Problem('other-person', { cause: thrown }) : thrown
}

/** Waits for Entra no longer than a page may, and says in our words what went wrong. */
async function answered<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer('too slow')), pageLimitMs)
  })
  try {
    return await Promise.race([work, limit])
  } catch (thrown) {
    throw thrown instanceof Problem ? thrown : new Problem(codeOf(thrown), { cause: thrown })
  } finally {
    clearTimeout(timer)
  }
}

const ofThePerson = new Set([
  'invalid_grant',
  'interaction_required',
  'login_required',
  'consent_required',
  'access_denied',
])
const passing = new Set(['temporarily_unavailable', 'server_error'])

/** An outage is not a lie, and a lie is not an outage: whoever reads the page or the log must know which it was. */
function codeOf(thrown: unknown) {
  if (thrown instanceof client.ResponseBodyError) {
    if (passing.has(thrown.error)) return 'entra-unreachable'
    return ofThePerson.has(thrown.error) ? 'sign-in-refused' : 'sign-in-misconfigured'
  }
  if (thrown instanceof client.WWWAuthenticateChallengeError) return 'sign-in-misconfigured'
  if (hasNoAnswer(thrown)) return 'entra-unreachable'
  return thrown instanceof client.ClientError || thrown instanceof TypeError ? 'sign-in-not-proven' : 'unexpected'
}

/** What Entra holds against someone at a refresh, in our words. */
export type Refusal = keyof typeof refusals

/**
 * By AADSTS number. All but one are for the log: 'not-assigned' is told apart, because that person stays signed in at
 * Entra and can be told what to do.
 * Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
const refusals = {
  'not-assigned': [50105],
  revoked: [50173, 50132, 50133],
  expired: [700082, 70008, 70043],
  blocked: [53003, 53000, 53001, 53002, 530032, 530035, 50097, 50129, 50131],
  'mfa-needed': [50074, 50076, 50078, 50079, 50072, 50158],
  disabled: [50057],
  'sign-in-refused': [],
} as const satisfies Record<string, readonly number[]>

export function refusalOf(problem: Problem): Refusal {
  const body = problem.cause instanceof Error ? problem.cause.cause : undefined
  const codes: unknown =
    typeof body === 'object' && body !== null && 'error_codes' in body ? body.error_codes : undefined
  if (!Array.isArray(codes)) return 'sign-in-refused'
  const found = Object.entries(refusals).find(([, ofThisKind]) =>
    codes.some(code => ofThisKind.some(each => each === code)),
  )
  return (found?.[0] ?? 'sign-in-refused') as Refusal
}

/** How long Entra or Graph asked to be left alone, in milliseconds, if it did. */
export function retryAfterMsOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined
  return thrown instanceof NoAnswer && thrown.retryAfterMs ? thrown.retryAfterMs : retryAfterMsOf(thrown.cause)
}

const unanswered = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
])
function hasNoAnswer(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  return (
    thrown instanceof NoAnswer || unanswered.has((thrown as { code?: string }).code ?? '') || hasNoAnswer(thrown.cause)
  )
}
