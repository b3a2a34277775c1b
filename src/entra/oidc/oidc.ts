import * as client from 'openid-client'
import type { Clock } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import { assertSamePerson, assertSameTenant, type Identity } from '../claims.ts'
import { NoAnswer } from '../outbound.ts'
import { createAnswering, type ObserveEntra } from './answering.ts'
import { createConnection } from './connection.ts'
import { type Credentials, createCredentials } from './credentials.ts'
import { ofAnotherIssuer } from './errors.ts'
import { assertIdToken } from './id-token.ts'
import { type ForPim, parametersFor, type TokenPurpose } from './scopes.ts'
import { type Attempt, newAttempt, type SignInRequest, signInParameters } from './sign-in-request.ts'
import { expiryOf, type SignedIn, signedInFrom } from './signed-in.ts'

/**
 * The confidential client of one Entra tenant. Entra's metadata and keys are loaded at first need, so the application
 * starts while Entra is down.
 *
 * Every method that asks Entra throws Problem('entra-unreachable') when Entra does not answer, or answers with metadata of
 * another tenant.
 */
export function createOidc({
  config,
  clock,
  credentials = createCredentials(config.entra.credential),
  fetch = globalThis.fetch,
  observe = () => {},
}: {
  config: Pick<Config, 'baseUrl' | 'entra'>
  clock: Clock
  credentials?: Credentials
  fetch?: typeof globalThis.fetch
  observe?: ObserveEntra
}) {
  const { tenantId, clientId } = config.entra
  const redirectUri = `${config.baseUrl}/auth/callback`
  const { granted, issuer, known, open } = createConnection({ config, clock, credentials, fetch })
  const answered = createAnswering(observe)
  const expected = () => ({ issuer, clientId, tenantId, now: clock() })

  /** Once Entra's metadata is known, this neither waits nor counts. */
  const opened = async () => known() ?? answered('metadata', open)

  async function redeemed(query: URLSearchParams, attempt: Attempt, forPim: ForPim | undefined): Promise<SignedIn> {
    const current = new URL(redirectUri)
    current.search = query.toString()
    const checks = {
      expectedState: attempt.state,
      expectedNonce: attempt.nonce,
      pkceCodeVerifier: attempt.verifier,
      idTokenExpected: true,
    }
    const asked = forPim && parametersFor(forPim)
    const reply = await granted(entra => client.authorizationCodeGrant(entra, current, checks, asked))
    assertOfOurKind(reply, query.get('code') ?? '')
    return signedInFrom(reply, expected())
  }

  async function refreshed(refreshToken: string, identity: Identity, purpose: TokenPurpose): Promise<SignedIn> {
    const reply = await granted(entra =>
      client.refreshTokenGrant(entra, refreshToken, parametersFor(purpose)).catch(ofAnotherIssuer),
    )
    if (!reply.id_token) throw new NoAnswer('no ID token')
    // Before its person is compared: a token of another kind says nothing about anybody.
    assertOfOurKind(reply)
    assertSameTenant(identity, reply.claims()?.tid)
    const signedIn = signedInFrom(reply, expected(), refreshToken)
    assertSamePerson(identity, signedIn.identity)
    return signedIn
  }

  return {
    issuer,
    newAttempt,

    /** True once this tenant's metadata has been loaded. */
    isLoaded: () => known() !== undefined,

    load: async (): Promise<void> => {
      await opened()
    },

    /** Where to send the browser to sign in. */
    signInUrl: async (request: SignInRequest): Promise<URL> =>
      client.buildAuthorizationUrl(await opened(), await signInParameters(request, redirectUri)),

    /**
     * Exchanges the code that came back for the person's identity and tokens.
     *
     * Throws Problem: 'sign-in-refused' (the code is used, stale or not for this attempt; or Entra wants something else
     * of the person), 'sign-in-misconfigured' (our credentials or registration), 'sign-in-not-proven' (a token that does
     * not hold), 'entra-unreachable'.
     */
    redeem: (query: URLSearchParams, attempt: Attempt, forPim?: ForPim): Promise<SignedIn> =>
      answered('code', () => redeemed(query, attempt, forPim)),

    /**
     * Asks Entra anew about a person who is signed in. If Entra sends no new refresh token, the old one is kept.
     *
     * Throws Problem: 'sign-in-refused' (Entra says no about the person; see `signInRefusalOf`), 'other-person',
     * 'sign-in-not-proven', 'sign-in-misconfigured' (our credentials), 'entra-unreachable'.
     */
    refresh: (refreshToken: string, identity: Identity, purpose?: TokenPurpose): Promise<SignedIn> =>
      answered('refresh', () => refreshed(refreshToken, identity, purpose)),

    /** A token of the application itself for Graph, with its application permissions. `expiresAt` is epoch ms by our clock. */
    graphToken: (graphOrigin: string): Promise<{ token: string; expiresAt: number }> =>
      answered('app-token', async () => {
        const scope = `${graphOrigin}/.default`
        const reply = await granted(entra => client.clientCredentialsGrant(entra, { scope }))
        return { token: reply.access_token, expiresAt: expiryOf(reply, clock()) }
      }),

    /**
     * Where to send the browser to end Entra's own session. Undefined while Entra's metadata is not loaded, so that signing
     * out here never waits for Entra.
     */
    signOutUrl({ logoutHint, returnTo }: { logoutHint: string | undefined; returnTo: string }): URL | undefined {
      const entra = known()
      if (!entra?.serverMetadata().end_session_endpoint) return undefined
      return client.buildEndSessionUrl(entra, {
        post_logout_redirect_uri: `${config.baseUrl}${returnTo}`,
        ...(logoutHint && { logout_hint: logoutHint }),
      })
    },
  }
}
export type Oidc = ReturnType<typeof createOidc>

const assertOfOurKind = (reply: client.TokenEndpointResponse, code?: string): void =>
  assertIdToken(reply.id_token ?? '', { accessToken: reply.access_token, code })
