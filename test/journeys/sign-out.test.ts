import { describe, expect } from 'vitest'
import type { House } from '../support/house.ts'
import { openReplica } from '../support/replica.ts'
import { storedOf } from '../support/stored.ts'
import { testIn } from '../support/test-in.ts'
import { type Visitor, wayOn } from '../support/visitor.ts'

const test = testIn()

describe('signing out', () => {
  test('tells Entra whom it is about, by the hint that Entra gave', async ({ house }) => {
    const alice = await house.visitor('alice')
    const { loginHint } = (await storedOf(house, alice)).record.identity
    const next = new URL(wayOn(await alice.post('/auth/sign-out')) ?? '')
    expect(loginHint).toBeTruthy()
    expect(Object.fromEntries(next.searchParams)).toMatchObject({
      logout_hint: loginHint,
      post_logout_redirect_uri: `${house.baseUrl}/auth/signed-out`,
    })
    expect(next.href).not.toMatch(/id_token|eyJ/)
  })

  test('ends here before Entra is asked: the session is over although the browser never gets there', async ({
    house,
  }) => {
    const alice = await house.visitor('alice')
    const cookie = alice.cookies().get('gatehouse') ?? ''
    const logouts = house.tenant.calls.logout
    await alice.post('/auth/sign-out')
    alice.cookies().set('gatehouse', cookie)
    expect((await alice.get('/')).status).toBe(302)
    expect(house.tenant.calls.logout).toBe(logouts)
  })

  test('ends at Entra, too: signing in again asks who one is', async ({ house }) => {
    const alice = await house.visitor('alice')
    await alice.follow(wayOn(await alice.post('/auth/sign-out')) ?? '')
    const asked = await alice.follow('/')
    expect(new URL(asked.at).origin).toBe(house.tenant.origin)
    expect(asked.status).toBe(200)
  })

  test('works while Entra is away, which this side learns nothing of', async ({ house }) => {
    const alice = await house.visitor('alice')
    house.tenant.set({ down: true })
    const answer = await alice.post('/auth/sign-out')
    house.tenant.set({ down: false })
    expect(answer.status).toBe(200)
    expect(alice.cookieHeader()).not.toContain('gatehouse=')
  })

  test('through a replica that never reached Entra it leads to our own page', async ({ house }) => {
    const alice = await house.visitor('alice')
    house.tenant.set({ down: true })
    await using replica = await openReplica(house)
    const answer = await alice.post(`${replica.baseUrl}/auth/sign-out`)
    house.tenant.set({ down: false })
    expect([answer.status, answer.headers.location]).toEqual([303, '/auth/signed-out'])
    expect((await alice.get('/')).status).toBe(302)
  })

  test('without a hint from Entra it is done without one', async ({ house }) => {
    house.tenant.set({ optionalClaims: { login_hint: false } })
    const alice = await house.visitor('alice')
    house.tenant.set({ optionalClaims: {} })
    const next = new URL(wayOn(await alice.post('/auth/sign-out')) ?? '')
    expect(next.searchParams.has('logout_hint')).toBe(false)
    expect(next.searchParams.get('post_logout_redirect_uri')).toBe(`${house.baseUrl}/auth/signed-out`)
  })

  test('the page at its end signs nobody in by being looked at or reloaded', async ({ house }) => {
    const alice = await house.visitor('alice')
    await alice.follow(wayOn(await alice.post('/auth/sign-out')) ?? '')
    for (let times = 0; times < 3; times++) {
      const page = await alice.get('/auth/signed-out')
      expect(page.status).toBe(200)
      expect(page.text).not.toMatch(/http-equiv|<script/i)
      expect(page.headers).not.toHaveProperty('set-cookie')
    }
    expect((await alice.get('/')).status).toBe(302)
  })
})

const publicUrl = 'https://admin.example.com'
const testBehindProxy = testIn({
  settings: { BASE_URL: publicUrl, TRUST_PROXY: 'loopback' },
  tenant: { redirectUris: [`${publicUrl}/auth/callback`, `${publicUrl}/auth/signed-out`] },
})

describe('behind a proxy that does the encryption', () => {
  const overTls = { Host: new URL(publicUrl).host, 'X-Forwarded-Proto': 'https' }
  /** What the proxy does: a public address is asked of us. */
  const proxied = (url: string) => url.replace(publicUrl, '')

  async function signedIn(house: House): Promise<{ visitor: Visitor; cookie: string }> {
    const visitor = await house.visitor('alice', { signIn: false })
    let at = (await visitor.get('/auth/sign-in', { headers: overTls })).headers.location ?? ''
    while (!at.startsWith(publicUrl)) {
      const page = await visitor.get(at)
      const answer = page.headers.location ? page : await visitor.post(at, { person: 'alice', method: 'password' })
      at = new URL(answer.headers.location ?? '', at).href
    }
    const answer = await visitor.get(proxied(at), { headers: overTls })
    return { visitor, cookie: cookieIn(answer.headers['set-cookie']) }
  }
  const cookieIn = (lines: unknown) =>
    ([] as string[]).concat(lines as string[]).find(line => line.startsWith('__Host-gatehouse=')) ?? ''
  const attributesOf = (cookie: string) =>
    cookie
      .split('; ')
      .slice(1)
      .filter(attribute => !attribute.startsWith('Expires='))
      .sort()

  testBehindProxy(
    'the session’s cookie is bound to this host, for pages only, and over encryption only',
    async ({ house }) => {
      const { cookie } = await signedIn(house)
      expect(cookie).toMatch(/^__Host-gatehouse=s%3A[\w-]{32}\.[^;]+;/)
      expect(attributesOf(cookie)).toEqual(['HttpOnly', 'Path=/', 'SameSite=Lax', 'Secure'])
    },
  )

  testBehindProxy(
    'signing out clears it with the same attributes, without which browsers would keep it',
    async ({ house }) => {
      const { visitor, cookie } = await signedIn(house)
      expect((await visitor.get('/', { headers: overTls })).status).toBe(200)
      const answer = await visitor.post('/auth/sign-out', {}, overTls)
      const cleared = cookieIn(answer.headers['set-cookie'])
      expect(answer.status).toBe(200)
      expect(cleared).toMatch(/^__Host-gatehouse=;.*Expires=Thu, 01 Jan 1970/)
      expect(attributesOf(cleared)).toEqual(attributesOf(cookie))
    },
  )

  testBehindProxy('Entra is told the public address to come back to', async ({ house }) => {
    const { visitor } = await signedIn(house)
    const next = new URL(wayOn(await visitor.post('/auth/sign-out', {}, overTls)) ?? '')
    expect(next.searchParams.get('post_logout_redirect_uri')).toBe(`${publicUrl}/auth/signed-out`)
  })
})
