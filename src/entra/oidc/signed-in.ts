import type * as client from 'openid-client'
import { type Expected, type Groups, type Identity, readIdToken } from '../claims.ts'

/** The tokens of one person. `accessTokenExpiresAt` is epoch ms by our clock. */
export type Tokens = { accessToken: string; refreshToken?: string; idToken: string; accessTokenExpiresAt: number }
/**
 * A person who signed in, with what their ID token says. `roles` are the values of the application's roles that they hold,
 * `contexts` the authentication contexts that were satisfied.
 */
export type SignedIn = {
  identity: Identity
  groups: Groups
  roles: readonly string[]
  contexts: readonly string[]
  tokens: Tokens
}

type TokenReply = client.TokenEndpointResponse & client.TokenEndpointResponseHelpers

/**
 * Reads a reply of the token endpoint. A reply without a refresh token keeps the one before it.
 * Throws Problem('sign-in-not-proven').
 */
export function signedInFrom(reply: TokenReply, expected: Expected, refreshTokenBefore?: string): SignedIn {
  const refreshToken = reply.refresh_token ?? refreshTokenBefore
  return {
    ...readIdToken(reply.claims(), expected),
    tokens: {
      accessToken: reply.access_token,
      ...(refreshToken && { refreshToken }),
      idToken: reply.id_token as string,
      accessTokenExpiresAt: expiryOf(reply, expected.now),
    },
  }
}

/** When the access token of a reply expires: epoch ms by our clock. */
export const expiryOf = (reply: TokenReply, now: Date): number => now.getTime() + (reply.expiresIn() ?? 0) * 1000
