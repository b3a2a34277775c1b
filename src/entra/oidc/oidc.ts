import * as client from 'openid-client'
import { type Clock, pageWaitMs } from '../../clock.ts'
import type { Config } from '../../config/load.ts'
import { assertSamePerson, assertSameTenant, type Groups, type Identity, readIdToken } from '../claims.ts'
import { NoAnswer } from '../outbound.ts'
import { createConnection } from './connection.ts'
import { type Credentials, createCredentials } from './credentials.ts'
import { ofAnotherIssuer, problemFrom } from './errors.ts'
import { assertIdToken } from './id-token.ts'
import { type ForPim, type Purpose, parametersFor, signInAnew } from './scopes.ts'

/** What binds one sign-in to one browser: each part is random, used once, and compared when the browser comes back. */
export type Attempt = { state: string; nonce: string; verifier: string }
export type Tokens = { accessToken: string; refreshToken?: string; idToken: string; accessTokenExpiresAt: number }
/** `contexts` are the authentication contexts the token says were met. */
export type SignedIn = { identity: Identity; groups: Groups; contexts: readonly string[]; tokens: Tokens }

/** What Entra is asked for, and how that ended: 'ok', or the code of the Problem. */
export type Observe = (asked: 'metadata' | 'code' | 'refresh' | 'app-token', result: string, seconds: number) => void

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
  credentials = createCredentials(config.entra.credential),
  fetch = globalThis.fetch,
  observe = () => {},
}: {
  config: Pick<Config, 'baseUrl' | 'entra'>
  clock: Clock
  credentials?: Credentials
  fetch?: typeof globalThis.fetch
  observe?: Observe
}) {
  const { tenantId, clientId } = config.entra
  const redirectUri = `${config.baseUrl}/auth/callback`
  const { granted, issuer, known, open } = createConnection({ config, clock, credentials, fetch })

  /** Waits for Entra no longer than a page may, and says in our words what went wrong. */
  async function answered<T>(asked: Parameters<Observe>[0], work: () => Promise<T>): Promise<T> {
    const began = performance.now()
    const seconds = () => (performance.now() - began) / 1000
    try {
      const value = await withinLimit(work())
      observe(asked, 'ok', seconds())
      return value
    } catch (thrown) {
      const problem = problemFrom(thrown)
      observe(asked, problem.code, seconds())
      throw problem
    }
  }

  /** Nothing is waited for, or counted, once it is known. */
  const opened = async () => known() ?? answered('metadata', open)

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
    isLoaded: () => known() !== undefined,

    load: async (): Promise<void> => {
      await opened()
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
      return client.buildAuthorizationUrl(await opened(), parameters)
    },

    /**
     * Turns the code that came back into who the person is.
     *
     * Throws Problem: 'sign-in-refused' (the code is used, stale or not for this attempt; or Entra wants something else
     * of the person), 'sign-in-misconfigured' (our credentials or registration), 'sign-in-not-proven' (a token that does
     * not hold), 'entra-unreachable'.
     */
    redeem: (query: URLSearchParams, attempt: Attempt, forPim?: ForPim): Promise<SignedIn> =>
      answered('code', async () => {
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
        return signedInFrom(reply)
      }),

    /**
     * Asks Entra anew about someone who is signed in. A missing new refresh token keeps the old one.
     *
     * Throws Problem: 'sign-in-refused' (Entra says no about the person; see `refusalOf`), 'other-person',
     * 'sign-in-not-proven', 'sign-in-misconfigured' (our credentials), 'entra-unreachable'.
     */
    refresh: (refreshToken: string, identity: Identity, purpose?: Purpose): Promise<SignedIn> =>
      answered('refresh', async () => {
        const reply = await granted(entra =>
          client.refreshTokenGrant(entra, refreshToken, parametersFor(purpose)).catch(ofAnotherIssuer),
        )
        if (!reply.id_token) throw new NoAnswer('no ID token')
        // Before it is asked whom it is about: a token of another kind says nothing about anybody.
        assertOfOurKind(reply)
        assertSameTenant(identity, reply.claims()?.tid)
        const signedIn = signedInFrom(reply, refreshToken)
        assertSamePerson(identity, signedIn.identity)
        return signedIn
      }),

    /** A token of the application itself for Graph, with its application permissions. */
    graphToken: (graphOrigin: string): Promise<{ token: string; expiresAt: number }> =>
      answered('app-token', async () => {
        const scope = `${graphOrigin}/.default`
        const reply = await granted(entra => client.clientCredentialsGrant(entra, { scope }))
        return { token: reply.access_token, expiresAt: clock().getTime() + (reply.expiresIn() ?? 0) * 1000 }
      }),

    /** Where to send the browser to end Entra's own session; undefined while Entra is not known, so that signing out here never waits. */
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

function withinLimit<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer('too slow')), pageWaitMs)
  })
  return Promise.race([work, limit]).finally(() => clearTimeout(timer))
}
