import { afterAll, afterEach, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { callToken, claimsIn, clockAt, openBrowser, redeem, refresh, tokensOf } from '../sign-in/browser.ts'

const { clock, forward } = clockAt('2026-03-02T12:00:00Z')
const tenant = await startTenant({ clock })
afterEach(() => tenant.reset())
afterAll(() => tenant.close())

const basic = (secret: string) => ({
  authorization: `Basic ${Buffer.from(`${tenant.clientId}:${encodeURIComponent(secret)}`).toString('base64')}`,
})

test('the client may send its secret in the header instead of the body', async () => {
  const arrival = await openBrowser(tenant).signIn('alice')
  const form = { client_id: undefined, client_secret: undefined, grant_type: 'authorization_code' }
  const url = new URL(arrival.location ?? '')
  const { status } = await callToken(
    tenant,
    {
      ...form,
      code: url.searchParams.get('code') ?? '',
      redirect_uri: url.origin + url.pathname,
      code_verifier: 'a-code-verifier-that-is-long-enough-for-the-rules-of-pkce',
    },
    basic(tenant.clientSecret),
  )
  expect(status).toBe(200)
})

test.each([
  ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
  ['no secret', { client_secret: undefined }, 401, 'invalid_client', 7000218],
  ['another client', { client_id: '00000000-0000-4000-8000-000000000000' }, 400, 'unauthorized_client', 700016],
  ['a wrong verifier', { code_verifier: 'b'.repeat(50) }, 400, 'invalid_grant', 501481],
  ['no verifier', { code_verifier: undefined }, 400, 'invalid_grant', 501481],
  ['another redirect URI', { redirect_uri: 'http://localhost:9/auth/callback' }, 400, 'invalid_grant', 500112],
  ['a made-up code', { code: 'made-up' }, 400, 'invalid_grant', 9002313],
  ['another grant type', { grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
  ['no code', { code: undefined }, 400, 'invalid_request', 900144],
] as const)('%s is refused in the words of Entra', async (_what, form, status, error, code) => {
  const reply = await redeem(tenant, await openBrowser(tenant).signIn('alice'), form)
  expect([reply.status, reply.body.error, reply.body.error_codes]).toEqual([status, error, [code]])
})

test('a code is good once; the tokens of the first redemption stay good', async () => {
  const arrival = await openBrowser(tenant).signIn('alice')
  const first = await redeem(tenant, arrival)
  expect((await redeem(tenant, arrival)).body).toMatchObject({ error: 'invalid_grant', error_codes: [54005] })
  expect((await refresh(tenant, first)).status).toBe(200)
})

test('a code lives ten minutes by the clock', async () => {
  const [early, late] = [await openBrowser(tenant).signIn('alice'), await openBrowser(tenant).signIn('alice')]
  forward({ minutes: 9, seconds: 59 })
  expect((await redeem(tenant, early)).status).toBe(200)
  forward({ seconds: 1 })
  expect((await redeem(tenant, late)).body).toMatchObject({ error: 'invalid_grant', error_codes: [70008] })
})

test('an error says what happened, when, and under which ids', async () => {
  const { headers, body } = await redeem(tenant, await openBrowser(tenant).signIn('alice'), { client_secret: 'wrong' })
  expect(body).toEqual({
    error: 'invalid_client',
    error_description: expect.stringMatching(
      /^AADSTS7000215: .* Trace ID: \S+ Correlation ID: \S+ Timestamp: \S+ \S+Z$/,
    ),
    error_codes: [7000215],
    timestamp: expect.stringMatching(/^2026-03-02 12:\d\d:\d\dZ$/),
    trace_id: headers.get('x-ms-request-id'),
    correlation_id: expect.any(String),
    error_uri: 'https://login.microsoftonline.com/error?code=7000215',
  })
})

test('an error can be worded with line breaks and without the members that are not promised', async () => {
  tenant.set({ errorSeparator: '\r\n', errorMembers: 'documented' })
  const { body } = await redeem(tenant, await openBrowser(tenant).signIn('alice'), { client_secret: 'wrong' })
  expect(body.error_description).toMatch(/^AADSTS7000215: .*\r\nTrace ID: /)
  expect(body).not.toHaveProperty('error_uri')
})

test('a refreshed ID token keeps the nonce and the sign-in time and is new in everything else', async () => {
  const first = await tokensOf(tenant, 'alice')
  forward({ minutes: 30 })
  const second = await refresh(tenant, first)
  const [before, after] = [claimsIn(first), claimsIn(second)]
  expect(after).toMatchObject({ nonce: 'the-nonce', auth_time: before.auth_time, sid: before.sid, sub: before.sub })
  expect(after.iat - before.iat).toBe(1800)
  expect(after.uti).not.toBe(before.uti)
})

test('each refresh gives a new refresh token, and the old one stays good', async () => {
  const first = await tokensOf(tenant, 'alice')
  const second = await refresh(tenant, first)
  expect(second.body.refresh_token).not.toBe(first.body.refresh_token)
  expect((await refresh(tenant, first)).status).toBe(200)
  expect((await refresh(tenant, second)).status).toBe(200)
})

test('a refresh token unused for ninety days is dead', async () => {
  const first = await tokensOf(tenant, 'alice')
  forward({ minutes: 90 * 24 * 60 })
  expect((await refresh(tenant, first)).body).toMatchObject({ error_codes: [700082], suberror: 'bad_token' })
})

test.each([
  ['revoked', 50173, 'invalid_grant', undefined],
  ['disabled', 50057, 'invalid_grant', undefined],
  ['blocked', 53003, 'invalid_grant', 'message_only'],
] as const)('a refresh for somebody since %s fails with %d', async (list, code, error, suberror) => {
  const first = await tokensOf(tenant, 'alice')
  tenant.set({ [list]: ['alice'] })
  const { body } = await refresh(tenant, first)
  expect([body.error_codes, body.error, body.suberror]).toEqual([[code], error, suberror])
})

test('a refresh after the assignment was lost fails with 50105', async () => {
  const first = await tokensOf(tenant, 'alice')
  tenant.set({ assignmentRequired: true })
  expect((await refresh(tenant, first)).status).toBe(200)
  tenant.end('alice')
  expect((await refresh(tenant, first)).body).toMatchObject({ error: 'interaction_required', error_codes: [50105] })
})

test.each([
  ['7000215', 401, 'invalid_client', undefined],
  ['7000222', 401, 'invalid_client', undefined],
  ['54005', 400, 'invalid_grant', undefined],
  ['50173', 400, 'invalid_grant', undefined],
  ['700082', 400, 'invalid_grant', 'bad_token'],
  ['70043', 400, 'invalid_grant', 'token_expired'],
  ['53003', 400, 'invalid_grant', 'message_only'],
  ['50076', 400, 'invalid_grant', 'basic_action'],
  ['503', 503, 'temporarily_unavailable', undefined],
  ['429', 429, 'temporarily_unavailable', undefined],
] as const)('the fault %s can be switched on for the next refresh', async (what, status, error, suberror) => {
  const first = await tokensOf(tenant, 'alice')
  tenant.set({ tokenError: { what, on: 'refresh', when: 'next', retryAfterSeconds: 7 } })
  const reply = await refresh(tenant, first)
  expect([reply.status, reply.body.error, reply.body.suberror]).toEqual([status, error, suberror])
  expect(reply.headers.get('retry-after')).toBe(status > 401 ? '7' : null)
  expect((await refresh(tenant, first)).status).toBe(200)
})

test('policy refusals carry the claims to send to authorize, and come under either error', async () => {
  tenant.set({ tokenError: { what: '53003', as: 'interaction_required' } })
  const { body } = await callToken(tenant, {})
  expect(body.error).toBe('interaction_required')
  expect(JSON.parse(body.claims)).toHaveProperty('access_token.capolids.values')
})

test('a fault for refreshes leaves code redemption alone', async () => {
  tenant.set({ tokenError: { what: '50173', on: 'refresh' } })
  expect((await tokensOf(tenant, 'alice')).status).toBe(200)
})

test('the endpoint can answer nonsense, or never', async () => {
  tenant.set({ tokenError: { what: 'malformed' } })
  await expect(callToken(tenant, {})).rejects.toThrow(SyntaxError)
  tenant.set({ tokenError: { what: 'hang' } })
  const url = `${tenant.origin}/${tenant.tenantId}/oauth2/v2.0/token`
  await expect(fetch(url, { method: 'POST', signal: AbortSignal.timeout(200) })).rejects.toThrow('timeout')
})

test('scopes consented earlier are granted beside those asked for, and lives can be short', async () => {
  tenant.set({ extraScopes: ['GroupMember.Read.All'], accessTokenSeconds: 60 })
  const { body } = await tokensOf(tenant, 'alice')
  expect(body).toMatchObject({ scope: 'openid profile User.Read GroupMember.Read.All', expires_in: 60 })
})
