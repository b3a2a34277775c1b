import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createOidc } from '../../../src/entra/oidc/oidc.ts'
import { openFakeEntra, start, zoe } from './fake-entra.ts'

// The library counts the seconds of an access token by the clock of the system.
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: start }))
afterEach(() => void vi.useRealTimers())

function opened() {
  const entra = openFakeEntra()
  const observed: string[] = []
  const oidc = createOidc({ ...entra, observe: (asked, result) => observed.push(`${asked} ${result}`) })
  return { ...entra, observed, oidc }
}
const halfHash = (text: string) => createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url')
const tokens = {
  accessToken: 'the-access-token',
  accessTokenExpiresAt: start + 3_600_000,
  refreshToken: 'a-new-refresh-token',
}

describe("Entra's metadata", () => {
  test('is not loaded before somebody asks for it', async () => {
    const { oidc } = opened()
    expect(oidc.isLoaded()).toBe(false)
    await oidc.load()
    expect(oidc.isLoaded()).toBe(true)
  })
  test('is counted when it is loaded, and only then', async () => {
    const { oidc, observed } = opened()
    for (const _each of [1, 2]) await oidc.load()
    expect(observed).toEqual(['metadata ok'])
  })
  test('that cannot be had is a Problem', async () => {
    const { oidc, odd, observed } = opened()
    odd.isAway = true
    await expect(oidc.load()).rejects.toMatchObject({ code: 'entra-unreachable' })
    expect(observed).toEqual(['metadata entra-unreachable'])
  })
  test('names the issuer of our tenant', () => {
    const { oidc, issuer } = opened()
    expect(oidc.issuer).toBe(issuer)
  })
})

test('somebody who signs in is sent to the page of our tenant, and back to us', async () => {
  const { oidc, addresses, config } = opened()
  const url = await oidc.signInUrl({ attempt: oidc.newAttempt() })
  expect(url.origin + url.pathname).toBe(addresses.authorize)
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    client_id: config.entra.clientId,
    response_type: 'code',
    redirect_uri: 'https://admin.contoso.com/auth/callback',
  })
})

describe('somebody who comes back with a code', () => {
  const attempt = { state: 'the-state', nonce: 'the-nonce', verifier: 'the-verifier-the-verifier-the-verifier-the' }

  /** Comes back to an Entra whose ID token has these claims. */
  function back(claims: Record<string, unknown> = {}, query: Record<string, string> = {}) {
    const entra = opened()
    entra.odd.claims = { nonce: 'the-nonce', ...claims }
    const came = new URLSearchParams({ code: 'the-code', state: 'the-state', ...query })
    return { ...entra, came, redeemed: () => entra.oidc.redeem(came, attempt) }
  }

  test('is who Entra says, with the tokens that it gave', async () => {
    const { redeemed } = back({ acrs: ['c1'] })
    expect(await redeemed()).toMatchObject({ identity: zoe, contexts: ['c1'], tokens })
  })
  test('is judged by our clock', async () => {
    const { redeemed, pass } = back()
    pass(3_600_000)
    expect(await redeemed()).toMatchObject({ tokens: { accessTokenExpiresAt: start + 2 * 3_600_000 } })
  })
  test('has the code redeemed with the verifier of the attempt', async () => {
    const { redeemed, forms } = back()
    await redeemed()
    expect(forms).toMatchObject([
      {
        grant_type: 'authorization_code',
        code: 'the-code',
        code_verifier: attempt.verifier,
        redirect_uri: 'https://admin.contoso.com/auth/callback',
        client_secret: 'Xy7~canary-client-secret.9Q',
      },
    ])
  })
  test('asks for nothing beyond what the code is for', async () => {
    const { redeemed, forms } = back()
    await redeemed()
    expect(forms[0]).not.toHaveProperty('scope')
  })
  test('asks for a token for PIM where that is wanted', async () => {
    const { oidc, came, forms } = back()
    await oidc.redeem(came, attempt, {})
    expect(forms[0]?.scope).toContain('PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup')
  })
  test('is counted', async () => {
    const { redeemed, observed } = back()
    await redeemed()
    expect(observed).toEqual(['code ok'])
  })

  const notProven = { code: 'sign-in-not-proven' }
  test('of another attempt is nobody, and the code is not redeemed', async () => {
    const { redeemed, forms } = back({}, { state: 'another-state' })
    await expect(redeemed()).rejects.toMatchObject(notProven)
    expect(forms).toEqual([])
  })
  test('is nobody by an ID token of another attempt', async () => {
    await expect(back({ nonce: 'another-nonce' }).redeemed()).rejects.toMatchObject(notProven)
  })
  test('is nobody by an ID token of another tenant', async () => {
    await expect(back({ tid: zoe.objectId }).redeemed()).rejects.toMatchObject(notProven)
  })
  test('is nobody without an ID token', async () => {
    const { redeemed, odd } = back()
    odd.reply = { id_token: undefined }
    await expect(redeemed()).rejects.toMatchObject(notProven)
  })
  test('is who the ID token says that came with this code and this access token', async () => {
    const claims = { c_hash: halfHash('the-code'), at_hash: halfHash('the-access-token') }
    expect(await back(claims).redeemed()).toMatchObject({ identity: zoe })
  })
  test.each(['c_hash', 'at_hash'])('is nobody by an ID token that came with others (%s)', async hash => {
    await expect(back({ [hash]: halfHash('another') }).redeemed()).rejects.toMatchObject(notProven)
  })
})

describe('a refresh', () => {
  function refreshing(claims: Record<string, unknown> = {}) {
    const entra = opened()
    entra.odd.claims = claims
    return { ...entra, refresh: () => entra.oidc.refresh('the-refresh-token', zoe) }
  }

  test('says anew who somebody is, with new tokens', async () => {
    expect(await refreshing({ name: 'Zoe Anders' }).refresh()).toMatchObject({
      identity: { ...zoe, name: 'Zoe Anders' },
      tokens,
    })
  })
  test('asks with the refresh token, as the application', async () => {
    const { refresh, forms } = refreshing()
    await refresh()
    expect(forms).toMatchObject([
      {
        grant_type: 'refresh_token',
        refresh_token: 'the-refresh-token',
        scope: 'openid profile offline_access',
        client_secret: 'Xy7~canary-client-secret.9Q',
      },
    ])
  })
  test('for the groups asks for a token that can list them', async () => {
    const { oidc, forms } = refreshing()
    await oidc.refresh('the-refresh-token', zoe, 'groups')
    expect(forms[0]?.scope).toContain('GroupMember.Read.All')
  })
  test('keeps the old refresh token where Entra gives no new one', async () => {
    const { refresh, odd } = refreshing()
    odd.reply = { refresh_token: undefined }
    expect((await refresh()).tokens.refreshToken).toBe('the-refresh-token')
  })
  test('is counted', async () => {
    const { refresh, observed } = refreshing()
    await refresh()
    expect(observed).toEqual(['refresh ok'])
  })
  test('without an ID token says nothing about anybody', async () => {
    const { refresh, odd } = refreshing()
    odd.reply = { id_token: undefined }
    await expect(refresh()).rejects.toMatchObject({ code: 'entra-unreachable', cause: { message: 'no ID token' } })
  })

  const other = 'bbbbbbbb-bbbb-4ccc-8ddd-eeeeeeeeeeee'
  test.each([
    ['object', { oid: other }],
    ['subject', { sub: 'another' }],
    ['tenant', { tid: other }],
    ['issuer', { iss: `https://login.example/${other}/v2.0` }],
  ])('of another %s is one of another person', async (_what, claims) => {
    await expect(refreshing(claims).refresh()).rejects.toMatchObject({ code: 'other-person' })
  })
  test('is not proven by a token that names no tenant', async () => {
    await expect(refreshing({ tid: undefined }).refresh()).rejects.toMatchObject({ code: 'sign-in-not-proven' })
  })
  test('says nothing about the person by an ID token that came with another access token', async () => {
    const { refresh } = refreshing({ oid: other, at_hash: halfHash('another') })
    await expect(refresh()).rejects.toMatchObject({ code: 'sign-in-not-proven' })
  })
  test('that Entra refuses is a Problem about the person', async () => {
    const { refresh, odd, observed } = refreshing()
    odd.refusal = { body: { error: 'invalid_grant', error_codes: [50173] } }
    await expect(refresh()).rejects.toMatchObject({ code: 'sign-in-refused' })
    expect(observed).toEqual(['refresh sign-in-refused'])
  })
})

describe("the application's own token", () => {
  test('is good for as long as Entra says', async () => {
    const { oidc } = opened()
    expect(await oidc.graphToken('https://graph.example')).toEqual({
      token: 'the-access-token',
      expiresAt: start + 3_600_000,
    })
  })
  test('is one for Graph, of the application itself', async () => {
    const { oidc, forms } = opened()
    await oidc.graphToken('https://graph.example')
    expect(forms).toMatchObject([{ grant_type: 'client_credentials', scope: 'https://graph.example/.default' }])
  })
  test('is counted', async () => {
    const { oidc, observed } = opened()
    await oidc.graphToken('https://graph.example')
    expect(observed).toEqual(['app-token ok'])
  })
})

describe('signing out', () => {
  const leave = ({ oidc }: ReturnType<typeof opened>, logoutHint?: string) =>
    oidc.signOutUrl({ logoutHint, returnTo: '/signed-out' })

  test('does not wait for metadata that is not there', () => {
    expect(leave(opened())).toBeUndefined()
  })
  test('stays here where Entra names no page for it', async () => {
    const entra = opened()
    entra.odd.metadata = { end_session_endpoint: undefined }
    await entra.oidc.load()
    expect(leave(entra)).toBeUndefined()
  })
  test('leads to Entra and back', async () => {
    const entra = opened()
    await entra.oidc.load()
    const url = leave(entra)
    expect(`${url?.origin}${url?.pathname}`).toBe(entra.addresses.logout)
    expect(url?.searchParams.get('post_logout_redirect_uri')).toBe('https://admin.contoso.com/signed-out')
    expect(url?.searchParams.has('logout_hint')).toBe(false)
  })
  test('names the account, so that nobody has to choose it', async () => {
    const entra = opened()
    await entra.oidc.load()
    expect(leave(entra, 'the-hint')?.searchParams.get('logout_hint')).toBe('the-hint')
  })
})

test('the credential of the settings is used, and nobody needs to listen', async () => {
  const { config, clock, fetch, forms } = openFakeEntra()
  await createOidc({ config, clock, fetch }).graphToken('https://graph.example')
  expect(forms).toMatchObject([{ client_secret: 'Xy7~canary-client-secret.9Q' }])
})
