import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { everyScope } from '../open-tenant.ts'
import { callback, claimsIn, headerIn, membersOf, openBrowser, redeem, tokensOf } from './browser.ts'

const tenant = await startTenant({ permitted: { delegated: everyScope } })
afterEach(() => tenant.reset())
afterAll(() => tenant.close())
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

test('choosing a person leads back to the app with a code, the state and a session state, and no issuer', async () => {
  const arrival = await openBrowser(tenant).signIn('alice')
  const { code, state, session_state, ...others } = membersOf(arrival)
  expect(arrival.location).toMatch(/^http:\/\/localhost:4567\/auth\/callback\?.*#$/)
  expect(code?.length).toBeGreaterThan(900)
  expect([state, others]).toEqual(['the-state', {}])
  expect(session_state).toMatch(guid)
})

test('the token reply has the shape of the v2.0 endpoint', async () => {
  const { status, headers, body } = await tokensOf(tenant, 'alice', { scope: 'openid profile email offline_access' })
  expect(status).toBe(200)
  expect(headers.get('cache-control')).toContain('no-store')
  expect(body).toMatchObject({ token_type: 'Bearer', scope: 'openid profile email' })
  expect(body.expires_in).toBeGreaterThanOrEqual(3600)
  expect(body.expires_in).toBeLessThan(5400)
  expect(body.ext_expires_in).toBe(body.expires_in)
  expect(Object.keys(body).sort()).toEqual([
    'access_token',
    'expires_in',
    'ext_expires_in',
    'id_token',
    'refresh_token',
    'scope',
    'token_type',
  ])
})

test('there is a refresh token only with offline_access, and an ID token only with openid', async () => {
  expect((await tokensOf(tenant, 'alice', { scope: 'openid profile' })).body).not.toHaveProperty('refresh_token')
  const { body } = await tokensOf(tenant, 'alice', { scope: 'User.Read', nonce: undefined })
  expect(body).not.toHaveProperty('id_token')
})

test('the ID token carries the claims of a v2.0 token and nothing that Entra leaves out', async () => {
  const arrival = await openBrowser(tenant).signIn('alice')
  const reply = await redeem(tenant, arrival)
  const now = Date.now() / 1000
  expect(Object.keys(headerIn(reply))).toEqual(['typ', 'alg', 'kid'])
  const claims = claimsIn(reply)
  expect(Object.keys(claims).sort()).toEqual(
    'acct aio aud auth_time exp groups iat iss login_hint name nbf nonce oid preferred_username rh sid sub tid uti ver'.split(
      ' ',
    ),
  )
  expect(claims).toMatchObject({
    ver: '2.0',
    iss: `${tenant.origin}/${tenant.tenantId}/v2.0`,
    aud: tenant.clientId,
    tid: tenant.tenantId,
    oid: tenant.people.find(({ key }) => key === 'alice')?.oid,
    name: 'Alice Lindqvist',
    preferred_username: 'alice@contoso.example',
    nonce: 'the-nonce',
    groups: [tenant.groups.access],
    sid: membersOf(arrival).session_state,
    nbf: claims.iat,
  })
  expect(claims.sub).toMatch(/^[\w-]{43}$/)
  expect(claims.login_hint).toMatch(/^O\.Ci/)
  expect(claims.exp - claims.iat).toBe(3900)
  expect(Math.abs(claims.iat + 300 - now)).toBeLessThan(10)
})

test('optional claims are there only while they are configured', async () => {
  tenant.set({ optionalClaims: { sid: false, login_hint: false, auth_time: false, acct: false } })
  const claims = claimsIn(await tokensOf(tenant, 'alice'))
  for (const name of ['sid', 'login_hint', 'auth_time', 'acct']) expect(claims).not.toHaveProperty(name)
})

test('a guest arrives with the home tenant as identity provider, an e-mail address and acct 1', async () => {
  expect(claimsIn(await tokensOf(tenant, 'guido'))).toMatchObject({
    idp: expect.stringMatching(/^https:\/\/sts\.windows\.net\//),
    email: 'guido.ferrante@fabrikam.example',
    acct: 1,
    tid: tenant.tenantId,
  })
})

test('client_info is given when it is asked for', async () => {
  const { client_info = '' } = membersOf(await openBrowser(tenant).signIn('alice', { client_info: '1' }))
  const info = JSON.parse(Buffer.from(client_info, 'base64url').toString())
  expect(info).toEqual({ uid: tenant.people[0]?.oid, utid: tenant.tenantId })
})

test('a second sign-in in the same browser shows no page and keeps the session id', async () => {
  const browser = openBrowser(tenant)
  const first = membersOf(await browser.signIn('alice'))
  const second = membersOf(await browser.authorize())
  expect(second.session_state).toBe(first.session_state)
  expect(second.code).not.toBe(first.code)
})

test.each(['login', 'select_account'])('prompt=%s shows the page although there is a session', async prompt => {
  const browser = openBrowser(tenant)
  await browser.signIn('alice')
  const page = await browser.authorize({ prompt })
  expect(page.text).toContain('Who are you?')
  expect(claimsIn(await redeem(tenant, await browser.choose(page, { person: 'alice' }))).name).toBe('Alice Lindqvist')
})

test('choosing another person than the one signed in starts a session of their own', async () => {
  const browser = openBrowser(tenant)
  const alice = membersOf(await browser.signIn('alice'))
  const ben = await browser.signIn('ben', { prompt: 'select_account' })
  expect(membersOf(ben).session_state).not.toBe(alice.session_state)
  expect(claimsIn(await redeem(tenant, ben)).name).toBe('Ben Okafor')
  expect(claimsIn(await redeem(tenant, await browser.authorize())).name).toBe('Ben Okafor')
})

test('a hint that names someone else shows the page with that person chosen, and any choice stands', async () => {
  const browser = openBrowser(tenant)
  await browser.signIn('alice')
  const page = await browser.authorize({ login_hint: 'ben@contoso.example' })
  expect(page.text).toMatch(/value="ben"[^>]*checked/)
  expect(claimsIn(await redeem(tenant, await browser.choose(page, { person: 'oskar' }))).name).toBe('Oskar Brandt')
})

test('the opaque hint names a person as well', async () => {
  const { login_hint } = claimsIn(await tokensOf(tenant, 'ben'))
  expect((await openBrowser(tenant).authorize({ login_hint })).text).toMatch(/value="ben"[^>]*checked/)
})

test('autoSignIn needs no page at all', async () => {
  tenant.set({ autoSignIn: 'ben' })
  expect(claimsIn(await redeem(tenant, await openBrowser(tenant).authorize())).name).toBe('Ben Okafor')
})

test('cancelling goes back with a subcode and without a description', async () => {
  const browser = openBrowser(tenant)
  const arrival = await browser.choose(await browser.authorize(), { cancel: '1' })
  expect(membersOf(arrival)).toEqual({ error: 'access_denied', error_subcode: 'cancel', state: 'the-state' })
})

test('nobody signed in and prompt=none is login_required', async () => {
  const members = membersOf(await openBrowser(tenant).authorize({ prompt: 'none' }))
  expect(members).toMatchObject({ error: 'login_required', state: 'the-state' })
  expect(members.error_description).toMatch(/^AADSTS50058: .* Trace ID: \S+ Correlation ID: \S+ Timestamp: /)
})

test('form_post posts the answer to the app from a page that works without script', async () => {
  const { status, text } = await openBrowser(tenant).signIn('alice', { response_mode: 'form_post' })
  expect(status).toBe(200)
  expect(text).toContain(`action="${callback}"`)
  for (const name of ['code', 'state', 'session_state']) expect(text).toContain(`name="${name}"`)
  expect(text).not.toContain('name="iss"')
})

describe('redirect URIs', () => {
  test('the port does not matter for localhost', async () => {
    const { status } = await openBrowser(tenant).authorize({ redirect_uri: 'http://localhost:1/auth/callback' })
    expect(status).toBe(200)
  })

  test.each([
    'http://localhost:4567/auth/Callback',
    'http://127.0.0.1:4567/auth/callback',
    'https://localhost:4567/auth/callback',
    'http://localhost.evil.example/auth/callback',
    'https://evil.example/auth/callback',
  ])('%s is held on a page and never redirected to', async redirect_uri => {
    const { status, location, text } = await openBrowser(tenant).authorize({ redirect_uri })
    expect([status, location]).toEqual([200, undefined])
    expect(text).toContain('AADSTS50011')
  })
})

test.each([
  ['cancel', { error: 'access_denied', error_subcode: 'cancel', state: 'the-state' }],
  ['decline', { error: 'access_denied', error_description: expect.stringContaining('AADSTS65004') }],
  ['server_error', { error: 'server_error', error_description: expect.stringContaining('AADSTS90033') }],
  ['temporarily_unavailable', { error: 'temporarily_unavailable' }],
] as const)('the fault %s comes back to the app', async (what, expected) => {
  tenant.set({ authorizeError: { what, when: 'next' } })
  const browser = openBrowser(tenant)
  expect(membersOf(await browser.authorize())).toMatchObject(expected)
  expect((await browser.authorize()).text).toContain('Who are you?')
})

test('missing parameters come back as invalid_request', async () => {
  const members = membersOf(await openBrowser(tenant).authorize({ response_type: undefined }))
  expect(members).toMatchObject({ error: 'invalid_request', error_uri: expect.stringContaining('900144') })
})

describe('people the tenant holds back', () => {
  test('with assignment required an unassigned person stays on a page that explains it', async () => {
    tenant.set({ assignmentRequired: true })
    const { status, location, text } = await openBrowser(tenant).signIn('oskar')
    expect([status, location]).toEqual([200, undefined])
    expect(text).toContain('AADSTS50105')
  })

  test('with assignment required members and Global Administrators come through, eligible people do not', async () => {
    tenant.set({ assignmentRequired: true })
    tenant.end('ada')
    expect((await openBrowser(tenant).signIn('alice')).location).toBeDefined()
    expect((await openBrowser(tenant).signIn('ada')).location).toBeDefined()
    expect((await openBrowser(tenant).signIn('ben')).text).toContain('AADSTS50105')
  })

  test('without a page the same refusal is interaction_required', async () => {
    const browser = openBrowser(tenant)
    await browser.signIn('oskar')
    tenant.set({ assignmentRequired: true })
    expect(membersOf(await browser.authorize({ prompt: 'none' }))).toMatchObject({ error: 'interaction_required' })
  })

  test('a person who is held can still sign in as someone else', async () => {
    tenant.set({ assignmentRequired: true })
    const browser = openBrowser(tenant)
    const held = await browser.signIn('oskar')
    const page = await browser.visit(`${held.url}?another=1`)
    expect(claimsIn(await redeem(tenant, await browser.choose(page, { person: 'alice' }))).name).toBe('Alice Lindqvist')
  })

  test.each([
    ['blocked', '53003'],
    ['disabled', '50057'],
    ['strangers', '50020'],
  ] as const)('%s people meet AADSTS%s', async (list, code) => {
    tenant.set({ [list]: ['alice'] })
    const { location, text } = await openBrowser(tenant).signIn('alice')
    expect([location, text]).toEqual([undefined, expect.stringContaining(`AADSTS${code}`)])
  })
})
