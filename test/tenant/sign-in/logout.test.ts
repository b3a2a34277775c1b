import { afterAll, afterEach, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { claimsIn, membersOf, openBrowser, redeem } from './browser.ts'

const signedOut = 'http://localhost:4567/auth/signed-out'
const tenant = await startTenant({ frontChannelLogoutUrl: 'http://localhost:4567/auth/front-channel' })
afterEach(() => tenant.reset())
afterAll(() => tenant.close())

async function signedIn() {
  const browser = openBrowser(tenant)
  const arrival = await browser.signIn('alice')
  const { login_hint } = claimsIn(await redeem(tenant, arrival))
  return { browser, hint: login_hint as string, sid: membersOf(arrival).session_state }
}

test('with the hint the session ends, the app is told by its session id, and the person goes on to the app', async () => {
  const { browser, hint, sid } = await signedIn()
  const page = await browser.signOut({ logout_hint: hint, post_logout_redirect_uri: signedOut, state: 'bye' })
  expect(page.text).toMatch(new RegExp(`<iframe src="http://localhost:4567/auth/front-channel\\?sid=${sid}" hidden`))
  expect(page.text).toContain(`http-equiv="refresh" content="2; url=${signedOut}?state=bye"`)
  expect(page.text).toContain(`<a href="${signedOut}?state=bye">`)
  expect((await browser.authorize()).text).toContain('Who are you?')
})

test.each([
  ['sid+iss', /\?iss=[^&]+&amp;sid=/],
  ['sid', /front-channel\?sid=/],
] as const)('front-channel calls can carry %s', async (frontChannel, expected) => {
  const { browser, hint } = await signedIn()
  tenant.set({ frontChannel })
  expect((await browser.signOut({ logout_hint: hint })).text).toMatch(expected)
})

test('without front-channel calls the browser is redirected at once', async () => {
  const { browser, hint } = await signedIn()
  tenant.set({ frontChannel: 'none' })
  const { status, location } = await browser.signOut({ logout_hint: hint, post_logout_redirect_uri: signedOut })
  expect([status, location]).toEqual([302, signedOut])
})

test.each([{}, { logout_hint: 'alice@contoso.example' }])(
  'without the opaque hint (%o) the tenant asks whom to sign out, and until then nothing ends',
  async hint => {
    const { browser } = await signedIn()
    const page = await browser.signOut({ ...hint, post_logout_redirect_uri: signedOut })
    expect(page.text).toContain('Which account')
    expect(membersOf(await browser.authorize())).toHaveProperty('code')
    const after = await browser.signOut({ post_logout_redirect_uri: signedOut }, { account: 'alice' })
    expect(after.text).toContain('You signed out')
    expect((await browser.authorize()).text).toContain('Who are you?')
  },
)

test('the parameters may be posted', async () => {
  const { browser, hint } = await signedIn()
  const page = await browser.signOut({}, { logout_hint: hint, post_logout_redirect_uri: signedOut })
  expect(page.text).toContain(`<a href="${signedOut}">`)
})

test('an address that is not registered is never gone to', async () => {
  const { browser, hint } = await signedIn()
  const { location, text } = await browser.signOut({
    logout_hint: hint,
    post_logout_redirect_uri: 'https://evil.example/',
  })
  expect([location, text]).toEqual([undefined, expect.not.stringContaining('evil.example')])
  expect(text).toContain('You may close this window')
})

test('refresh tokens survive a sign-out', async () => {
  const browser = openBrowser(tenant)
  const tokens = await redeem(tenant, await browser.signIn('alice'))
  await browser.signOut({ logout_hint: claimsIn(tokens).login_hint })
  const body = new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: tokens.body.refresh_token,
    client_id: tenant.clientId,
    client_secret: tenant.clientSecret,
  })
  const url = `${tenant.origin}/${tenant.tenantId}/oauth2/v2.0/token`
  expect((await fetch(url, { method: 'POST', body })).status).toBe(200)
})
