import { afterAll, afterEach, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { claimsIn, membersOf, openBrowser, redeem, refresh } from './browser.ts'

const tenant = await startTenant()
afterEach(() => tenant.reset())
afterAll(() => tenant.close())
const asking = (value: string) => ({ claims: JSON.stringify({ id_token: { acrs: { essential: true, value } } }) })

test('after a password, a context with a policy asks for the passkey and is then granted', async () => {
  const browser = openBrowser(tenant)
  await browser.signIn('alice')
  const page = await browser.authorize(asking('c1'))
  expect(page.text).toContain('Use the passkey')
  const reply = await redeem(tenant, await browser.choose(page, { method: 'passkey' }))
  expect(claimsIn(reply)).toMatchObject({ name: 'Alice Lindqvist', acrs: ['c1'] })
})

test('a sign-in with a passkey satisfies it at once, and a later one without asking', async () => {
  const browser = openBrowser(tenant)
  const page = await browser.authorize(asking('c1'))
  const first = await redeem(tenant, await browser.choose(page, { person: 'alice', method: 'passkey' }))
  expect(claimsIn(first).acrs).toEqual(['c1'])
  expect(claimsIn(await redeem(tenant, await browser.authorize(asking('c1')))).acrs).toEqual(['c1'])
})

test('a password on the first page leads to the second page', async () => {
  expect((await openBrowser(tenant).signIn('alice', asking('c1'))).text).toContain('Use the passkey')
})

test('cancelling the step leaves the session as it was', async () => {
  const browser = openBrowser(tenant)
  await browser.signIn('alice')
  const arrival = await browser.choose(await browser.authorize(asking('c1')), { cancel: '1' })
  expect(membersOf(arrival)).toMatchObject({ error: 'access_denied', error_subcode: 'cancel' })
  expect(membersOf(await browser.authorize())).toHaveProperty('code')
})

test('a context without a policy is granted to everybody, unasked', async () => {
  const reply = await redeem(tenant, await openBrowser(tenant).signIn('alice', asking('c7')))
  expect(claimsIn(reply).acrs).toEqual(['c7'])
})

test('without asking there is no acrs; as optional claim it lists all that is satisfied', async () => {
  expect(claimsIn(await redeem(tenant, await openBrowser(tenant).signIn('alice')))).not.toHaveProperty('acrs')
  tenant.set({ optionalClaims: { acrs: true } })
  const { acrs } = claimsIn(await redeem(tenant, await openBrowser(tenant).signIn('alice')))
  expect(acrs).not.toContain('c1')
  expect(acrs).toEqual(expect.arrayContaining(['c2', 'c25', 'urn:user:registersecurityinfo']))
})

test('without a page an unmet context is interaction_required', async () => {
  const browser = openBrowser(tenant)
  await browser.signIn('alice')
  const members = membersOf(await browser.authorize({ ...asking('c1'), prompt: 'none' }))
  expect(members).toMatchObject({ error: 'interaction_required' })
})

test('a refresh has the context only when it asks again, and fails when the person never met it', async () => {
  const strong = openBrowser(tenant)
  const page = await strong.authorize(asking('c1'))
  const first = await redeem(tenant, await strong.choose(page, { person: 'alice', method: 'passkey' }))
  expect(claimsIn(await refresh(tenant, first))).not.toHaveProperty('acrs')
  expect(claimsIn(await refresh(tenant, first, asking('c1'))).acrs).toEqual(['c1'])

  const weak = await redeem(tenant, await openBrowser(tenant).signIn('ben'))
  expect((await refresh(tenant, weak, asking('c1'))).body).toMatchObject({
    error_codes: [50076],
    suberror: 'basic_action',
  })
})

test('claims the tenant does not know, such as client capabilities, are accepted', async () => {
  const claims = JSON.stringify({ access_token: { xms_cc: { values: ['cp1'] } } })
  expect(membersOf(await openBrowser(tenant).signIn('alice', { claims }))).toHaveProperty('code')
})

test('autoSignIn takes the step without a page as well', async () => {
  tenant.set({ autoSignIn: 'alice' })
  const reply = await redeem(tenant, await openBrowser(tenant).authorize(asking('c1')))
  expect(claimsIn(reply).acrs).toEqual(['c1'])
})

test('a hint that names the person who is signed in leads straight to the second page', async () => {
  const browser = openBrowser(tenant)
  const { login_hint } = claimsIn(await redeem(tenant, await browser.signIn('alice')))
  const page = await browser.authorize({ ...asking('c1'), login_hint })
  expect(page.text).toContain('Use the passkey')
  const reply = await redeem(tenant, await browser.choose(page, { method: 'passkey' }))
  expect(claimsIn(reply)).toMatchObject({ name: 'Alice Lindqvist', acrs: ['c1'] })
})

test('a hint that names somebody else asks who it is', async () => {
  const browser = openBrowser(tenant)
  await browser.signIn('alice')
  const page = await browser.authorize({ ...asking('c1'), login_hint: 'ben@contoso.example' })
  expect(page.text).toContain('Who are you?')
})

test('another person than the one hinted and signed in can come back with the context', async () => {
  const browser = openBrowser(tenant)
  const { login_hint } = claimsIn(await redeem(tenant, await browser.signIn('alice')))
  tenant.set({ wrongAccount: 'ben' })
  const reply = await redeem(tenant, await browser.authorize({ ...asking('c1'), login_hint }))
  expect(claimsIn(reply)).toMatchObject({ name: 'Ben Okafor', acrs: ['c1'] })
})

test('another person than the one chosen can come back from the sign-in page', async () => {
  tenant.set({ wrongAccount: 'ben' })
  const reply = await redeem(tenant, await openBrowser(tenant).signIn('alice'))
  expect(claimsIn(reply).name).toBe('Ben Okafor')
})
