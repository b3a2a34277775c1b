import { describe, expect, test } from 'vitest'
import { expiryOf, signedInFrom } from '../../../src/entra/oidc/signed-in.ts'

const now = new Date('2026-03-02T12:00:00Z')
const seconds = now.getTime() / 1000
const tenantId = '3f1c5a52-7d0e-4b8a-9c46-5e2f8a1d7b30'
const expected = {
  issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`,
  clientId: '8a6f2c1d-94b7-4e53-a0d8-1b7c3e9f6a24',
  tenantId,
  now,
}
const claims = {
  iss: expected.issuer,
  aud: expected.clientId,
  tid: tenantId,
  sub: 'qW3rTz',
  oid: 'aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee',
  iat: seconds - 300,
  nbf: seconds - 300,
  exp: seconds + 3600,
  acrs: ['c1'],
}

type Reply = Parameters<typeof signedInFrom>[0]
const reply = (change: object = {}) =>
  ({
    access_token: 'the-access-token',
    id_token: 'the-id-token',
    token_type: 'bearer',
    claims: () => claims,
    expiresIn: () => 3600,
    ...change,
  }) as unknown as Reply
const tokens = {
  accessToken: 'the-access-token',
  idToken: 'the-id-token',
  accessTokenExpiresAt: now.getTime() + 3_600_000,
}

describe('somebody who signed in', () => {
  test('has the tokens of the reply', () => {
    expect(signedInFrom(reply(), expected).tokens).toStrictEqual(tokens)
  })
  test('is who the ID token says', () => {
    expect(signedInFrom(reply(), expected)).toMatchObject({ identity: { objectId: claims.oid }, contexts: ['c1'] })
  })
  test('gets a refresh token from the reply', () => {
    const answered = signedInFrom(reply({ refresh_token: 'new' }), expected)
    expect(answered.tokens).toStrictEqual({ ...tokens, refreshToken: 'new' })
  })
  test('gets the new refresh token instead of the one before', () => {
    expect(signedInFrom(reply({ refresh_token: 'new' }), expected, 'old').tokens.refreshToken).toBe('new')
  })
  test('keeps the refresh token from before where the reply has none', () => {
    expect(signedInFrom(reply(), expected, 'old').tokens.refreshToken).toBe('old')
  })
  test('is nobody when the ID token is for another application', () => {
    const foreign = reply({ claims: () => ({ ...claims, aud: tenantId }) })
    expect(() => signedInFrom(foreign, expected)).toThrow(expect.objectContaining({ code: 'sign-in-not-proven' }))
  })
})

describe('an access token expires', () => {
  test('as many seconds from now as the reply says', () => {
    expect(expiryOf(reply({ expiresIn: () => 90 }), now)).toBe(now.getTime() + 90_000)
  })
  test('now, where the reply does not say', () => {
    expect(expiryOf(reply({ expiresIn: () => undefined }), now)).toBe(now.getTime())
  })
})
