import { createHmac } from 'node:crypto'
import { describe, expect } from 'vitest'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import { returnPath } from '../../../src/web/request.ts'
import { callback, isSignedIn, keysIn, sessionIdOf, wayBack, wayOut } from '../../support/at-entra.ts'
import { type House, openHouse } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

let alice: Visitor
const test = testIn({ now: '2026-03-02T12:00:00Z' })
test.beforeEach(async ({ house }) => {
  alice = await house.visitor('alice', { signIn: false })
})
test.afterEach(({ house }) => house.tenant.reset())

const nobody = (house: House) => house.visitor('nobody', { signIn: false })
const pendingOf = (visitor: Visitor) => [...visitor.cookies().keys()].filter(name => name.includes('-sign-in-'))
const withState = (state: string, more = '') => `/auth/callback?code=canary&state=${state}${more}`

describe('a callback that this browser did not ask for is refused, and Entra is not asked', () => {
  test.afterEach(({ house }) => expect(house.tenant.calls.token).toBe(0))

  test.for([
    ['without anything', '/auth/callback'],
    ['with a code and a state from nowhere', withState('made-up')],
    ['with a code and no state', '/auth/callback?code=canary'],
    ['with an empty state', withState('')],
    ['with an error from nowhere', '/auth/callback?error=access_denied&state=made-up'],
  ] as const)('%s', async ([_what, path], { house }) => {
    const answer = await (await nobody(house)).get(path)
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('This sign-in cannot be finished')
  })

  test('with the state of another browser', async ({ house }) => {
    const way = await wayBack(house, alice)
    const mallory = await nobody(house)
    await mallory.get('/auth/sign-in')
    expect((await mallory.get(way.href)).status).toBe(400)
    expect(await isSignedIn(mallory)).toBe(false)
  })

  test('with the cookie of one sign-in under the name of another', async ({ house }) => {
    const way = await wayBack(house, alice)
    const mallory = await nobody(house)
    await mallory.get('/auth/sign-in')
    const [own = ''] = pendingOf(mallory)
    const [name = ''] = pendingOf(alice)
    mallory.cookies().set(name, mallory.cookies().get(own) ?? '')
    expect((await mallory.get(way.href)).status).toBe(400)
  })

  test.for(['', 'x', '1.2.3', '1..', 'null', '{}'])('with %j in place of the cookie', async (value, { house }) => {
    const way = await wayBack(house, alice)
    for (const name of pendingOf(alice)) alice.cookies().set(name, value)
    expect((await alice.get(way.href)).status).toBe(400)
  })

  test('ten minutes after it began', async ({ house }) => {
    const way = await wayBack(house, alice)
    house.clock.advance({ minutes: 10 })
    expect((await alice.get(way.href)).status).toBe(400)
  })

  test('begun by a clock that is more than half a minute ahead', async ({ house }) => {
    house.clock.advance({ seconds: 31 })
    const way = await wayBack(house, alice)
    house.clock.advance({ seconds: -31 })
    expect((await alice.get(way.href)).status).toBe(400)
  })

  test.for(['code', 'state', 'error', 'iss', 'session_state'])('with %s given twice', async (name, { house }) => {
    const way = await wayBack(house, alice)
    if (name === 'error' || name === 'iss') way.searchParams.append(name, 'x')
    way.searchParams.append(name, way.searchParams.get(name) ?? '')
    expect((await alice.get(way.href)).status).toBe(400)
    expect(await isSignedIn(alice)).toBe(false)
  })

  test('with another issuer', async ({ house }) => {
    const way = await wayBack(house, alice)
    way.searchParams.append('iss', 'https://login.microsoftonline.com/common/v2.0')
    const answer = await alice.get(way.href)
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('We could not verify this sign-in')
  })

  test('with another issuer beside an error, which is then nothing that Entra said', async () => {
    const state = (await wayOut(alice)).searchParams.get('state')
    const answer = await alice.get(`/auth/callback?error=access_denied&state=${state}&iss=https://evil.example`)
    expect(answer.text).toContain('We could not verify this sign-in')
  })

  test('by HEAD, which looks but does not redeem: the sign-in can still be finished', async ({ house }) => {
    const way = await wayBack(house, alice)
    expect((await alice.send('head', way.href)).status).toBe(401)
    expect(house.tenant.calls.token).toBe(0)
    expect((await alice.get(way.href)).status).toBe(303)
    house.tenant.calls.token = 0
  })
})

describe('a callback that another program began, in the browser of someone who is signed in', () => {
  test.for([
    ['with a code', withState('made-up')],
    ['with an error', '/auth/callback?error=access_denied&error_subcode=cancel&state=made-up'],
    ['with a server error', '/auth/callback?error=server_error&state=made-up'],
    ['with a code and no state', '/auth/callback?code=canary'],
    ['of another issuer', withState('made-up', '&iss=https://evil.example')],
    ['without anything', '/auth/callback'],
  ] as const)('%s leads home, and neither Entra nor the session learns of it', async ([_what, path], { house }) => {
    const ada = await house.visitor('ada')
    const [session, { token }] = [ada.cookieHeader(), { ...house.tenant.calls }]
    const before = await keysIn(house)
    const answer = await ada.get(path)
    expect([answer.status, answer.headers.location, answer.headers['set-cookie']]).toEqual([303, '/', undefined])
    expect([ada.cookieHeader(), house.tenant.calls.token, await keysIn(house)]).toEqual([session, token, before])
    expect((await ada.follow(path)).status).toBe(200)
  })

  test('leaves a sign-in of this browser that is on its way as it is', async ({ house }) => {
    const ada = await house.visitor('ada')
    const way = await wayBack(house, ada)
    await ada.get(withState('made-up'))
    const answer = await ada.get(way.href)
    expect([answer.status, answer.headers.location]).toEqual([303, '/'])
  })

  test('counts as nobody’s when the session has ended: a page offers to sign in', async ({ house }) => {
    const ada = await house.visitor('ada')
    house.clock.advance({ hours: 1 })
    const answer = await ada.get(withState('made-up'))
    expect(answer.status).toBe(400)
    expect(answer.text).toMatch(/by a program that opened a link for you.*href="\/auth\/sign-in/s)
  })
})

test('a sign-in still works a second before ten minutes are over', async ({ house }) => {
  const way = await wayBack(house, alice)
  house.clock.advance({ minutes: 9, seconds: 59 })
  expect((await alice.get(way.href)).status).toBe(303)
})

test('a sign-in that was begun by a clock half a minute ahead still works', async ({ house }) => {
  house.clock.advance({ seconds: 30 })
  const way = await wayBack(house, alice)
  house.clock.advance({ seconds: -30 })
  expect((await alice.get(way.href)).status).toBe(303)
})

test('our own issuer in the answer is fine, and so are parameters nobody knows', async ({ house }) => {
  const way = await wayBack(house, alice)
  way.searchParams.append('iss', house.services.oidc.issuer)
  way.searchParams.append('new', '1')
  way.searchParams.append('new', '2')
  expect((await alice.get(way.href)).status).toBe(303)
})

describe('an answer of Entra without a code', () => {
  const injected = 'canary<script>alert(1)</script>'
  const errors: [error: string, status: number, words: string][] = [
    ['access_denied&error_subcode=cancel', 403, 'You cancelled the sign-in'],
    ['access_denied', 403, 'This application needs consent first'],
    ['consent_required', 403, 'This application needs consent first'],
    ['server_error', 503, 'Microsoft cannot be reached right now'],
    ['temporarily_unavailable', 503, 'Microsoft cannot be reached right now'],
    ['invalid_client', 503, 'The fault is ours'],
    ['unauthorized_client', 503, 'The fault is ours'],
    ['invalid_request', 503, 'The fault is ours'],
    ['invalid_scope', 503, 'The fault is ours'],
    ['login_required', 400, 'Microsoft did not sign you in'],
    ['interaction_required', 400, 'Microsoft did not sign you in'],
    ['something_new', 400, 'Microsoft did not sign you in'],
    [encodeURIComponent(injected), 400, 'Microsoft did not sign you in'],
    ['', 400, 'Microsoft did not sign you in'],
  ]
  test.for(errors)('error=%s is a %i page', async ([error, status, words], { house }) => {
    const state = (await wayOut(alice)).searchParams.get('state')
    const description = encodeURIComponent(`AADSTS50000: ${injected}`)
    const answer = await alice.get(`/auth/callback?error=${error}&error_description=${description}&state=${state}`)
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(words)
    expect(answer.text).toContain(answer.headers['x-request-id'])
    expect(answer.text).not.toMatch(/canary|AADSTS/)
    expect(house.tenant.calls.token).toBe(0)
    expect(await isSignedIn(alice)).toBe(false)
  })

  test.for([
    ['cancel', 403, 'You cancelled the sign-in'],
    ['decline', 403, 'needs consent'],
    ['server_error', 503, 'cannot be reached'],
    ['temporarily_unavailable', 503, 'cannot be reached'],
  ] as const)('%s, as the tenant really says it, is a %i page', async ([what, status, words], { house }) => {
    house.tenant.set({ authorizeError: { what } })
    const answer = await callback(house, alice)
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(words)
  })

  test('a code beside an error counts for nothing', async ({ house }) => {
    const way = await wayBack(house, alice)
    way.searchParams.append('error', 'access_denied')
    expect((await alice.get(way.href)).status).toBe(403)
    expect(house.tenant.calls.token).toBe(0)
  })

  test('none of these pages sends anybody on by itself', async () => {
    const state = (await wayOut(alice)).searchParams.get('state')
    const answer = await alice.get(`/auth/callback?error=login_required&state=${state}`)
    expect(answer.headers).not.toHaveProperty('location')
    expect(answer.headers).not.toHaveProperty('refresh')
    expect(answer.text).not.toMatch(/http-equiv/i)
  })
})

describe('a finished sign-in', () => {
  test('cannot be used again with the cookies from before it, and Entra is not asked', async ({ house }) => {
    const way = await wayBack(house, alice)
    const before = alice.cookieHeader()
    expect((await alice.get(way.href)).status).toBe(303)
    const calls = house.tenant.calls.token
    const replayed = await (await nobody(house)).get(way.href, { headers: { Cookie: before } })
    expect(replayed.status).toBe(400)
    expect(replayed.headers['set-cookie']?.toString() ?? '').not.toMatch(/gatehouse=/)
    expect(house.tenant.calls.token).toBe(calls)
  })

  test('reloaded leads someone who is in to the page again, without asking Entra', async ({ house }) => {
    const way = await wayBack(house, alice, await wayOut(alice, '/auth/sign-in?returnTo=/sessions'))
    await alice.get(way.href)
    const session = sessionIdOf(alice)
    const again = await alice.get(way.href)
    expect([again.status, again.headers.location]).toEqual([303, '/sessions'])
    expect(sessionIdOf(alice)).toBe(session)
    expect(house.tenant.calls.token).toBe(1)
  })

  test('visited by somebody else is a page and nothing more', async ({ house }) => {
    const way = await wayBack(house, alice)
    await alice.get(way.href)
    const answer = await (await nobody(house)).get(way.href)
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('This sign-in cannot be finished')
  })

  test('leaves no pending cookie behind', async () => {
    await alice.signIn('/')
    expect(pendingOf(alice)).toEqual([])
  })

  test('asked for twice at the same moment makes one session or begins anew, and never fails', async ({ house }) => {
    const way = await wayBack(house, alice)
    const answers = await Promise.all([alice.get(way.href), alice.get(way.href)])
    expect(answers.map(({ status }) => status).sort()).toSatisfy(([first]: number[]) => first === 302 || first === 303)
    expect(answers.some(({ status }) => status === 303)).toBe(true)
    expect(await isSignedIn(alice)).toBe(true)
  })
})

test('two codes for one attempt, brought at the same moment, make one session', async ({ house }) => {
  const out = await wayOut(alice)
  const ways = [await wayBack(house, alice, out), await wayBack(house, alice, out)]
  house.tenant.set({ slow: { token: 100 } })
  const answers = await Promise.all(ways.map(way => alice.get(way.href)))
  expect(house.tenant.calls.token).toBe(2)
  expect(answers.map(({ status }) => status).sort()).toEqual([303, 400])
})

describe('several tabs', () => {
  const begin = (count: number) =>
    Array.from({ length: count }).reduce<Promise<URL[]>>(
      async (before, _each, index) => [...(await before), await wayOut(alice, `/auth/sign-in?returnTo=/tab-${index}`)],
      Promise.resolve([]),
    )

  test('five at once all sign in, each to its own page', async ({ house }) => {
    const ways = await begin(5)
    const backs: URL[] = []
    for (const way of ways) backs.push(await wayBack(house, alice, way))
    const answers = await Promise.all(backs.map(back => alice.get(back.href)))
    expect(answers.map(({ status, headers }) => [status, headers.location])).toEqual(
      ways.map((_way, index) => [303, `/tab-${index}`]),
    )
  })

  test('a sixth drops the oldest, and only that', async ({ house }) => {
    const ways: URL[] = []
    for (let index = 0; index < 6; index++) {
      ways.push(await wayOut(alice))
      house.clock.advance({ seconds: 1 })
    }
    expect(pendingOf(alice)).toHaveLength(5)
    const statuses: number[] = []
    for (const way of ways) statuses.push((await alice.get((await wayBack(house, alice, way)).href)).status)
    // Who is in by then gets no error from a tab that came too late either, but the oldest was the first to come back.
    expect(statuses).toEqual([400, 303, 303, 303, 303, 303])
  })

  describe.each([
    { 'Sec-Purpose': 'prefetch' },
    { 'Sec-Purpose': 'prefetch;prerender' },
    { Purpose: 'prefetch' },
    { 'X-Purpose': 'preview' },
    { 'X-Moz': 'prefetch' },
  ] as Record<string, string>[])('with one that a browser asks for ahead of time (%o)', headers => {
    const ahead = () => alice.get('/auth/sign-in', { headers })

    test('no sign-in that somebody began gives way, before or after it', async ({ house }) => {
      await alice.get('/auth/sign-in')
      await ahead()
      house.clock.advance({ seconds: 1 })
      for (let index = 0; index < 4; index++) await alice.get('/auth/sign-in')
      const begun = pendingOf(alice)
      expect(begun).toHaveLength(5)
      for (let index = 0; index < 6; index++) expect((await ahead()).status).toBe(302)
      expect(pendingOf(alice)).toEqual(begun)
    })

    test('a sign-in that was begun ahead of time signs in the person who comes after all', async ({ house }) => {
      const way = new URL((await ahead()).headers.location ?? '')
      expect((await alice.get((await wayBack(house, alice, way)).href)).status).toBe(303)
    })
  })

  test('thirty sign-ins that lead nowhere leave five cookies, which fit into what servers take', async () => {
    const long = encodeURIComponent(`/${'ü'.repeat(83)}`)
    for (let index = 0; index < 30; index++) await alice.get(`/auth/sign-in?returnTo=${long}`)
    expect(pendingOf(alice)).toHaveLength(5)
    expect(alice.cookieHeader().length).toBeLessThan(8_000)
  })

  test('cookies under these names that are not ours are thrown away', async () => {
    alice.cookies().set('gatehouse-sign-in-junk', 'junk')
    await alice.get('/auth/sign-in')
    expect(pendingOf(alice)).not.toContain('gatehouse-sign-in-junk')
  })

  test('of more than twenty such cookies one answer throws twenty away: its headers stay small', async () => {
    for (let index = 0; index < 25; index++) alice.cookies().set(`gatehouse-sign-in-junk-${index}`, 'junk')
    await alice.get('/auth/sign-in')
    expect(pendingOf(alice)).toHaveLength(25 - 20 + 1)
  })
})

describe('a sign-in costs nothing until it succeeds', () => {
  test('nothing is in Redis before the callback, and nothing after one that failed', async ({ house }) => {
    const before = await keysIn(house)
    const way = await wayBack(house, alice)
    expect(await keysIn(house)).toEqual(before)
    house.tenant.set({ tokenError: { what: '7000215' } })
    await alice.get(way.href)
    expect(await keysIn(house)).toEqual(before)
  })

  test('success leaves a session, its tokens, three indexes, the mark that it is finished, and that they were seen', async () => {
    await using fresh = await openHouse()
    await fresh.visitor('alice')
    const kinds = (await keysIn(fresh)).map(key => key.slice(fresh.prefix.length).split(':')[0])
    expect(kinds.sort()).toEqual(['entra-session', 'note', 'person', 'session', 'sessions', 'signed-in', 'tokens'])
  })
})

describe('the session', () => {
  test('gets a new id at each sign-in, and the old one is dead', async ({ house }) => {
    await alice.signIn('/')
    const old = alice.cookieHeader()
    const oldId = sessionIdOf(alice)
    await alice.signIn('/auth/sign-in')
    expect(sessionIdOf(alice)).not.toBe(oldId)
    expect(await isSignedIn(alice)).toBe(true)
    expect((await (await nobody(house)).fetch('/', { Cookie: old })).status).toBe(401)
    expect((await keysIn(house)).filter(key => key.includes(oldId))).toEqual([])
  })

  test('has never the id that a browser brought along, not even a signed one', async ({ house }) => {
    const planted = 'planted-id-0123456789abcdef'
    const [secret = ''] = createSeal(house.config.session.secrets).signing
    const signature = createHmac('sha256', secret).update(planted).digest('base64').replace(/=+$/, '')
    alice.cookies().set('gatehouse', encodeURIComponent(`s:${planted}.${signature}`))
    await alice.signIn('/')
    expect(await isSignedIn(alice)).toBe(true)
    expect(sessionIdOf(alice)).not.toBe(planted)
  })

  test('of one person becomes that of another when another signs in', async ({ house }) => {
    await alice.signIn('/')
    const old = alice.cookieHeader()
    const page = await alice.signIn('/auth/sign-in?account=another', { as: 'ada' })
    expect(page.text).toContain('Ada Nakamura')
    expect((await (await nobody(house)).fetch('/', { Cookie: old })).status).toBe(401)
  })

  test('stays as it is when a later sign-in fails', async ({ house }) => {
    await alice.signIn('/')
    const way = await wayBack(house, alice)
    house.tenant.set({ lie: { badSignature: true } })
    expect((await alice.get(way.href)).status).toBe(400)
    expect((await alice.get('/')).status).toBe(200)
  })
})

describe('groups in the token, as the person meets them', () => {
  const group = (house: House) => house.tenant.groups.access
  const shapes: [what: string, lie: (house: House) => Record<string, unknown>, status: number][] = [
    ['a list with the group', house => ({ groups: [group(house)] }), 200],
    ['the group in capitals', house => ({ groups: [group(house).toUpperCase()] }), 200],
    ['the group as a text', house => ({ groups: group(house) }), 403],
    ['an object', house => ({ groups: { 0: group(house), [group(house)]: true } }), 403],
    ['no claim', () => ({ omit: ['groups'] }), 403],
    ['an empty list', () => ({ groups: [] }), 403],
    ['the group among other things', house => ({ groups: [group(house), 7] }), 403],
    [
      'the group within a longer text',
      house => ({ groups: [`${group(house)}0`, ` ${group(house)}`, `{${group(house)}}`] }),
      403,
    ],
    ['all groups in one text', house => ({ groups: [`${group(house)},${group(house)}`] }), 403],
    ['_claim_names', () => ({ omit: ['groups'], extra: { _claim_names: { groups: 'src1' } } }), 503],
    ['_claim_names beside a list', () => ({ extra: { _claim_names: { groups: 'src1' } } }), 503],
    ['hasgroups', () => ({ omit: ['groups'], extra: { hasgroups: true } }), 503],
  ]
  test.for(shapes)('%s', async ([_what, lie, status], { house }) => {
    house.tenant.set({ lie: lie(house), graphError: { what: '503', where: 'check' } })
    expect((await alice.signIn('/')).status).toBe(status)
  })
})

describe('the page to come back to', () => {
  const kept: [wish: string, path: string][] = [
    ['/sessions', '/sessions'],
    ['/sessions?from=mail&x=%0a', '/sessions?from=mail&x=%0a'],
    ['/a/../sessions', '/sessions'],
    ['/sessions#part', '/sessions'],
    ['/übersicht', '/%C3%BCbersicht'],
    ['/x?next=https://evil.example', '/x?next=https://evil.example'],
    ['/@evil.example', '/@evil.example'],
    ['/authors', '/authors'],
  ]
  const dropped = [
    '',
    'sessions',
    '//evil.example',
    '//evil.example/sessions',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '\t//evil.example',
    '/%2f%2fevil.example',
    '/%2F/evil.example',
    '/%5cevil.example',
    '/.//evil.example',
    '/..//evil.example',
    '/a/..//evil.example',
    '/%2e%2e//evil.example',
    '/a\r\nSet-Cookie: x=y',
    '/a%0d%0aSet-Cookie:%20x=y',
    '/a%00',
    '/a\u0000b',
    '/a%7f',
    '/a\u0085b',
    'https://evil.example/',
    'http:/evil.example',
    'http:evil.example',
    'javascript:alert(1)',
    '@evil.example',
    '/auth/sign-in',
    '/auth/sign-in?returnTo=/auth/sign-in',
    '/AUTH/sign-out',
    '/auth',
    '/x/../auth/callback?code=1',
    '/health/live',
    '/assets/site.css',
    '/hooks/graph',
    '/%e0%a4%a',
    `/${'a'.repeat(500)}`,
    `/${'ü'.repeat(100)}`,
    `/?${'日'.repeat(100)}`,
  ]
  const asked = async (house: House, query: string) => {
    const answer = await alice.get((await wayBack(house, alice, await wayOut(alice, `/auth/sign-in?${query}`))).href)
    expect(answer.status).toBe(303)
    return answer.headers.location
  }

  test.for(kept)('%j is kept', async ([wish, path], { house }) => {
    expect(await asked(house, `returnTo=${encodeURIComponent(wish)}`)).toBe(path)
  })

  test.for(dropped)('%j becomes the start page', async (wish, { house }) => {
    expect(await asked(house, `returnTo=${encodeURIComponent(wish)}`)).toBe('/')
  })

  test.for(['returnTo=/sessions&returnTo=/x', 'returnTo[]=/sessions', 'returnTo[a]=/x', 'returnto=/x', ''])(
    '?%s becomes the start page',
    async (query, { house }) => {
      expect(await asked(house, query)).toBe('/')
    },
  )

  test('the answer is a path of this origin with one slash, whatever is asked for', () => {
    const parts = ['/', '\\', '%2f', '%5C', '.', '%2e', '\t', '\r\n', '@', ':', '?', '#', 'evil.example', 'https:', 'ü']
    const base = 'https://admin.contoso.com'
    const wishes = parts.flatMap(a => parts.flatMap(b => parts.flatMap(c => parts.map(d => a + b + c + d))))
    for (const wish of wishes.flatMap(each => [each, `/${each}`])) {
      const path = returnPath(wish, base)
      const isSafe = /^\/(?![/\\])[\x21-\x7e]*$/.test(path) && new URL(path, base).origin === base
      if (!isSafe) expect.fail(`${JSON.stringify(wish)} becomes ${JSON.stringify(path)}`)
    }
  })
})

test('an application behind a proxy refuses to sign anyone in over plain http', async ({ house }) => {
  await using proxied = await openHouse({
    settings: { BASE_URL: 'https://admin.contoso.example', TRUST_PROXY: 'loopback' },
  })
  const port = new URL(proxied.baseUrl).port
  const visitor = await nobody(house)
  const at = `http://localhost:${port}/auth/sign-in`
  const Host = 'admin.contoso.example'
  const plain = await visitor.get(at, { headers: { Host } })
  expect([plain.status, plain.headers['set-cookie']]).toEqual([400, undefined])
  const secure = await visitor.get(at, { headers: { Host, 'X-Forwarded-Proto': 'https' } })
  expect(secure.status).toBe(302)
  expect(secure.headers['set-cookie']?.toString()).toMatch(
    /^__Host-gatehouse-sign-in-[^;]+; .*Path=\/;.*HttpOnly; Secure; SameSite=Lax$/,
  )
})
