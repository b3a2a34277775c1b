import * as client from 'openid-client'
import { type ForPim, parametersFor, signInAnew } from './scopes.ts'

/** Binds one sign-in to one browser: each part is random, used once, and compared when the browser comes back. */
export type Attempt = { state: string; nonce: string; verifier: string }

/** A new attempt to sign in. */
export const newAttempt = (): Attempt => ({
  state: client.randomState(),
  nonce: client.randomNonce(),
  verifier: client.randomPKCECodeVerifier(),
})

/** `loginHint` names the account. `select_account` lets people choose an account, so it leaves the hint out. */
export type SignInRequest = {
  attempt: Attempt
  loginHint?: string | undefined
  prompt?: 'select_account' | undefined
  /** An authentication context to satisfy. Source: developer-guide-conditional-access-authentication-context. */
  context?: string | undefined
  forPim?: ForPim | undefined
}

/** The query with which the browser goes to Entra. */
export async function signInParameters(
  { attempt, loginHint, prompt, context, forPim }: SignInRequest,
  redirectUri: string,
): Promise<Record<string, string>> {
  return {
    ...parametersFor(forPim),
    redirect_uri: redirectUri,
    response_mode: 'query',
    state: attempt.state,
    nonce: attempt.nonce,
    // Always sent, although Entra does not advertise it.
    code_challenge: await client.calculatePKCECodeChallenge(attempt.verifier),
    code_challenge_method: 'S256',
    ...(context && { claims: JSON.stringify({ id_token: { acrs: { essential: true, value: context } } }) }),
    ...(prompt ? { prompt } : loginHint ? { login_hint: loginHint } : {}),
    ...(forPim?.claims === signInAnew && { prompt: 'login' }),
  }
}
