import { describe, expect } from 'vitest'
import { pages } from '../../../src/pages.ts'
import { get, type Page, post, redirect, view } from '../../../src/web/page.ts'
import { type House, openHouse } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'
import { type Visitor, wayOn } from '../../support/visitor.ts'

const notice = { title: 'Danger', detail: 'All is well.', act: { label: 'Start', href: '/' }, returnTo: '/' }
const controller = (visit: ReturnType<Page['create']>) => Promise.resolve({ default: () => visit })
const showing = (title: string) => controller(() => view('notice', title, { ...notice, title }))
const table = await Promise.all([
  ...pages,
  get('/danger', 'members', showing('Danger'), { stepUp: { context: 'c2', maxAgeMinutes: 15 } }),
  get('/open', 'signed-in', showing('Open')),
  get('/alone', 'signed-in', showing('Alone'), { stepUp: { context: 'c2' } }),
  post(
    '/notes',
    'members',
    controller(() => redirect('/')),
  ),
])
const withPolicy = ['c1', 'c2']

const test = testIn({ settings: { AUTH_CONTEXT_ID: 'c1' }, pages: table })
test.beforeAll(async ({ house }) => {
  house.tenant.set({ contextsWithPolicy: withPolicy })
})
test.afterEach(({ house }) =>
  house.tenant.set({
    lie: {},
    down: false,
    revoked: [],
    slow: {},
    tokenError: undefined,
    contextsWithPolicy: withPolicy,
  }),
)

const claims = (context: string) => ({ id_token: { acrs: { essential: true, value: context } } })
const askedFor = (house: House, answer: Parameters<typeof wayOn>[0]) => {
  const url = new URL(wayOn(answer) ?? '', house.baseUrl)
  return url.origin === house.tenant.origin ? JSON.parse(url.searchParams.get('claims') ?? 'null') : url.pathname
}
const sessionOf = (visitor: Visitor) => visitor.cookies().get('gatehouse')

/** Signed in, and nothing met; Entra has seen a passkey or not. */
async function arrived(house: House, key = 'alice', method: 'password' | 'passkey' = 'password'): Promise<Visitor> {
  const visitor = await house.visitor(key, { signIn: false })
  expect((await visitor.signIn('/open', { method })).status).toBe(200)
  return visitor
}
/** Signed in with a passkey, and the context of the house met. */
async function inside(house: House, key = 'alice'): Promise<Visitor> {
  const visitor = await house.visitor(key, { signIn: false })
  expect((await visitor.signIn('/', { method: 'passkey' })).status).toBe(200)
  return visitor
}
/** Goes to Entra and back, and stops before the callback: its address is the answer. */
async function atTheDoor(house: House, visitor: Visitor, from: string): Promise<string> {
  for (let at = new URL(from, house.baseUrl).href, hops = 0; hops < 20; hops++) {
    if (at.startsWith(`${house.baseUrl}/auth/callback`)) return at
    at = new URL((await visitor.get(at)).headers.location ?? '', at).href
  }
  throw new Error('Entra did not send the visitor back')
}

describe('at the gate', () => {
  test('a member without the context goes straight to Entra, which is asked for just that', async ({ house }) => {
    const alice = await arrived(house)
    expect(askedFor(house, await alice.get('/sessions'))).toEqual(claims('c1'))
  })

  test('Entra is told who it is', async ({ house }) => {
    const alice = await arrived(house)
    const url = new URL((await alice.get('/')).headers.location ?? '')
    expect(url.searchParams.get('login_hint')).toMatch(/^O\.Ci/)
    expect(url.searchParams.has('prompt')).toBe(false)
  })

  test('Entra is told the user name where there is no opaque hint', async ({ house }) => {
    house.tenant.set({ optionalClaims: { login_hint: false } })
    const alice = await arrived(house)
    house.tenant.set({ optionalClaims: {} })
    const url = new URL((await alice.get('/')).headers.location ?? '')
    expect(url.searchParams.get('login_hint')).toBe('alice@contoso.example')
  })

  test('after the passkey the member is on the page first asked for', async ({ house }) => {
    const alice = await arrived(house)
    const asked = await alice.follow('/sessions?from=mail')
    expect(asked.text).toContain('Use the passkey')
    const answer = await alice.answer(asked, { method: 'passkey' })
    expect([answer.status, answer.at]).toEqual([200, `${house.baseUrl}/sessions?from=mail`])
  })

  test('a member who signed in with a passkey meets no second page', async ({ house }) => {
    const alice = await house.visitor('alice', { signIn: false })
    expect((await alice.signIn('/sessions', { method: 'passkey' })).at).toBe(`${house.baseUrl}/sessions`)
  })

  test('a context is met once for all pages', async ({ house }) => {
    const alice = await inside(house)
    expect([(await alice.get('/')).status, (await alice.get('/sessions')).status]).toEqual([200, 200])
  })

  test('a path that does not exist asks for the context as well, and is not found only afterwards', async ({
    house,
  }) => {
    expect(askedFor(house, await (await arrived(house)).get('/no-such-page'))).toEqual(claims('c1'))
    expect((await (await inside(house)).get('/no-such-page')).status).toBe(404)
  })

  test('a script is told with a code, and not sent anywhere', async ({ house }) => {
    const answer = await (await arrived(house)).fetch('/')
    expect([answer.status, answer.headers.location]).toEqual([403, undefined])
    expect(JSON.parse(answer.text)).toMatchObject({ status: 403, code: 'auth-context-missing' })
  })

  test('a script that posts is told the same', async ({ house }) => {
    const answer = await (await arrived(house)).post(
      '/notes',
      {},
      { Accept: 'application/json', 'Sec-Fetch-Mode': 'cors' },
    )
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([403, 'auth-context-missing'])
  })

  test('an outsider is refused, not asked for a passkey', async ({ house }) => {
    const answer = await (await arrived(house, 'oskar')).get('/')
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('Check again')
  })

  test('a page for everyone who is signed in needs no context', async ({ house }) => {
    expect(askedFor(house, await (await arrived(house)).post('/check-again'))).toBe(null)
  })

  test('at start the log warns of contexts that no policy protects', ({ house }) => {
    const warnings = house.logged.map(line => JSON.parse(line)).filter(({ event }) => event === 'auth-contexts-in-use')
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toMatchObject({ level: 40, contexts: ['c1', 'c2'] })
    expect(warnings[0].msg).toContain('proves nothing')
  })
})

test('without AUTH_CONTEXT_ID nobody is asked, and the log says nothing of contexts', async () => {
  await using open = await openHouse()
  const alice = await open.visitor('alice')
  expect((await alice.get('/')).status).toBe(200)
  expect(open.logged.join()).not.toContain('auth-contexts-in-use')
})

describe('a page with a check of its own', () => {
  test('the contexts of house and page are asked for one at a time, that of the house first', async ({ house }) => {
    const alice = await arrived(house)
    const first = await alice.get('/danger')
    expect(askedFor(house, first)).toEqual(claims('c1'))
    const asked = await alice.follow(first.headers.location ?? '')
    const back = await alice.post(asked.at, { method: 'passkey' })
    const landing = await alice.get(await atTheDoor(house, alice, new URL(back.headers.location ?? '', asked.at).href))
    expect(landing.headers.location).toBe('/danger')
    expect(askedFor(house, await alice.get('/danger'))).toEqual(claims('c2'))
  })

  test('the page opens when both contexts are met', async ({ house }) => {
    const alice = await inside(house)
    const answer = await alice.follow('/danger')
    expect([answer.status, answer.at]).toEqual([200, `${house.baseUrl}/danger`])
  })

  test('the page’s own context is enough where it is for everyone who is signed in', async ({ house }) => {
    const oskar = await arrived(house, 'oskar')
    expect(askedFor(house, await oskar.get('/alone'))).toEqual(claims('c2'))
    expect((await oskar.answer(await oskar.follow('/alone'), { method: 'passkey' })).status).toBe(200)
  })

  test('the page’s own context is asked for again when it is too old, and that of the house is not', async () => {
    await using held = await openHouse({
      now: '2026-03-02T12:00:00Z',
      settings: { AUTH_CONTEXT_ID: 'c1', MEMBERSHIP_RECHECK_SECONDS: '300' },
      pages: table,
    })
    const alice = await held.visitor('alice', { signIn: false })
    await alice.signIn('/danger', { method: 'passkey' })
    held.clock.set('2026-03-02T12:15:00Z')
    expect((await alice.get('/danger')).status).toBe(200)
    held.clock.set('2026-03-02T12:15:01Z')
    expect((await alice.get('/danger')).headers.location).toContain(encodeURIComponent('"c2"'))
    expect((await alice.get('/')).status).toBe(200)
  })

  test.each([
    [{ context: 'C2' }],
    [{ context: 'c0' }],
    [{ context: 'c100' }],
    [{ context: '' }],
    [{ context: 'c2', maxAgeMinutes: 0.5 }],
    [{ context: 'c2', maxAgeMinutes: Number.NaN }],
  ])('a table with %j, which nobody could meet, does not load', async stepUp => {
    await expect(get('/danger', 'members', showing('Danger'), { stepUp })).rejects.toThrow('/danger')
  })
})

describe('the session', () => {
  test('has a new id after the check, and the old one is worth nothing', async ({ house }) => {
    const alice = await arrived(house)
    const before = alice.cookieHeader()
    await alice.answer(await alice.follow('/'), { method: 'passkey' })
    expect(alice.cookieHeader()).not.toBe(before)
    const stale = await house.visitor('alice', { signIn: false })
    const answer = await stale.get('/', { headers: { Cookie: before } })
    expect(answer.headers.location).toMatch(/^\/auth\/sign-in/)
  })

  test('is one session before and after', async ({ house }) => {
    const ada = await inside(house, 'ada')
    await ada.post('/sessions/end', { which: 'others' })
    await ada.follow('/danger')
    expect((await ada.get('/sessions')).text.match(/End this session/g)).toHaveLength(1)
  })

  test('leaves no tokens of the old one behind', async ({ house }) => {
    const alice = await inside(house)
    const tokens = () => house.redis.keys(`${house.prefix}tokens:*`)
    const before = await tokens()
    await alice.follow('/danger')
    const after = await tokens()
    expect(after).toHaveLength(before.length)
    expect(after.toSorted()).not.toEqual(before.toSorted())
  })

  test('checking again by the same person keeps what was met', async ({ house }) => {
    const alice = await inside(house)
    const before = sessionOf(alice)
    await alice.follow(wayOn(await alice.post('/check-again')) ?? '')
    expect(sessionOf(alice)).not.toBe(before)
    expect((await alice.get('/')).status).toBe(200)
  })

  test('someone else who signs in in the same browser inherits nothing', async ({ house }) => {
    const browser = await inside(house, 'alice')
    const landed = await browser.signIn('/auth/sign-in?account=another&returnTo=/open', { as: 'ada' })
    expect(landed.text).toContain('Ada Nakamura')
    expect(askedFor(house, await browser.get('/'))).toEqual(claims('c1'))
  })

  test('signing in after signing out begins with nothing', async ({ house }) => {
    const alice = await inside(house)
    await alice.post('/auth/sign-out')
    expect((await alice.follow('/open')).status).toBe(200)
    expect(askedFor(house, await alice.get('/'))).toEqual(claims('c1'))
  })

  test.for([
    ['no acrs', {}],
    ['other acrs', { extra: { acrs: ['c9'] } }],
    ['broken acrs', { extra: { acrs: { c1: false } } }],
  ] as const)('a refreshed token with %s changes nothing', async ([_what, lie], { house }) => {
    const alice = await inside(house)
    const calls = house.tenant.calls.token
    house.tenant.set({ lie })
    house.clock.advance({ seconds: 61 })
    expect((await alice.get('/')).status).toBe(200)
    expect(house.tenant.calls.token).toBe(calls + 1)
  })

  test('a refreshed token that names a context does not meet it', async ({ house }) => {
    const alice = await arrived(house)
    house.tenant.set({ lie: { extra: { acrs: ['c1'] } } })
    house.clock.advance({ seconds: 61 })
    expect(askedFor(house, await alice.get('/'))).toEqual(claims('c1'))
  })

  test('a membership that ended meanwhile is seen in the new token', async ({ house }) => {
    const ada = await inside(house, 'ada')
    const callback = await atTheDoor(house, ada, '/danger')
    house.tenant.set({ lie: { omit: ['groups'] } })
    await ada.get(callback)
    house.tenant.set({ lie: {} })
    const answer = await ada.get('/')
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('Check again')
  })
})

describe('when the context does not come back', () => {
  const answers: [what: string, lie: object][] = [
    ['none', { omit: ['acrs'] }],
    ['a string', { extra: { acrs: 'c1' } }],
    ['other letters', { extra: { acrs: ['C1'] } }],
    ['an object', { extra: { acrs: { 0: 'c1' } } }],
    ['a longer id', { extra: { acrs: ['c10', 'c11', 'xc1'] } }],
    ['an id with a space', { extra: { acrs: ['c1 ', ' c1'] } }],
    ['ids in one string', { extra: { acrs: ['c1,c2', 'c1 c2'] } }],
    ['a list in a list', { extra: { acrs: [['c1']] } }],
    ['a list with a number', { extra: { acrs: [1, 'c1'] } }],
    ['an empty list', { extra: { acrs: [] } }],
    ['null', { extra: { acrs: null } }],
    ['true', { extra: { acrs: true } }],
  ]
  test.for(answers)('%s ends after one try, on a page that explains', async ([_what, lie], { house }) => {
    const alice = await arrived(house)
    house.tenant.set({ contextsWithPolicy: [], lie })
    const answer = await alice.follow('/sessions')
    expect([answer.status, new URL(answer.at).pathname]).toEqual([403, '/auth/callback'])
    expect(answer.text).toContain('One more check is needed')
    expect(answer.text).toContain('href="/sessions"')
  })

  test('a context among many others is found', async ({ house }) => {
    const alice = await arrived(house)
    house.tenant.set({ contextsWithPolicy: [], lie: { extra: { acrs: ['urn:microsoft:req1', 'c25', 'c1', 'c2'] } } })
    expect((await alice.follow('/')).status).toBe(200)
  })

  test('the session stays as it was', async ({ house }) => {
    const alice = await arrived(house)
    const before = sessionOf(alice)
    house.tenant.set({ contextsWithPolicy: [], lie: { omit: ['acrs'] } })
    const answer = await alice.follow('/')
    expect(answer.text).toContain('Sign out')
    expect(sessionOf(alice)).toBe(before)
    expect(askedFor(house, await alice.get('/'))).toEqual(claims('c1'))
  })

  test('the page works when the person tries again and meets the context', async ({ house }) => {
    const alice = await arrived(house)
    house.tenant.set({ contextsWithPolicy: [], lie: { omit: ['acrs'] } })
    await alice.follow('/')
    house.tenant.set({ contextsWithPolicy: withPolicy, lie: {} })
    expect((await alice.answer(await alice.follow('/'), { method: 'passkey' })).status).toBe(200)
  })

  test('a script in the meantime is not sent round either', async ({ house }) => {
    const alice = await arrived(house)
    house.tenant.set({ contextsWithPolicy: [], lie: { omit: ['acrs'] } })
    await alice.follow('/')
    expect((await alice.fetch('/')).status).toBe(403)
  })

  test('cancelling ends on a page that explains, and leads back', async ({ house }) => {
    const alice = await arrived(house)
    const answer = await alice.answer(await alice.follow('/sessions?from=mail'), { cancel: '1' })
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('You cancelled the check')
    expect(answer.text).toContain('href="/sessions?from=mail"')
  })

  test('after cancelling the session is as it was, and the page still works', async ({ house }) => {
    const alice = await arrived(house)
    const before = sessionOf(alice)
    await alice.answer(await alice.follow('/sessions'), { cancel: '1' })
    expect(sessionOf(alice)).toBe(before)
    expect((await alice.answer(await alice.follow('/sessions'), { method: 'passkey' })).status).toBe(200)
  })

  test('Entra down on the way back is 503, with the session kept and the way to try again', async ({ house }) => {
    const alice = await inside(house)
    const callback = await atTheDoor(house, alice, '/danger')
    house.tenant.set({ down: true })
    const answer = await alice.get(callback)
    house.tenant.set({ down: false })
    expect([answer.status, answer.headers['retry-after']]).toEqual([503, '15'])
    expect(answer.text).toContain('href="/danger"')
    expect((await alice.get('/')).status).toBe(200)
  })
})

describe('someone or something else comes back', () => {
  test.for([
    ['object id', { oid: '00000000-0000-4000-8000-000000000001' }, 403, 'Another account came back'],
    ['subject', { sub: 'somebody-else' }, 403, 'Another account came back'],
    ['tenant', { tid: '00000000-0000-4000-8000-000000000002' }, 400, 'We could not verify this sign-in'],
  ] as const)('another %s is refused, and the session is as it was', async ([_what, lie, status, title], { house }) => {
    const alice = await inside(house)
    const before = sessionOf(alice)
    house.tenant.set({ lie })
    const answer = await alice.follow('/danger')
    house.tenant.set({ lie: {} })
    expect([answer.status, sessionOf(alice)]).toEqual([status, before])
    expect(answer.text).toContain(title)
    expect((await alice.get('/')).status).toBe(200)
  })

  test('another account chosen at Entra is refused, and meets nothing for anyone', async ({ house }) => {
    const alice = await arrived(house, 'alice')
    house.tenant.set({ revoked: ['alice'] })
    const answer = await alice.signIn('/', { as: 'ada', method: 'passkey' })
    house.tenant.set({ revoked: [] })
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('Another account came back')
    expect(answer.text).toContain('Alice Lindqvist')
    expect(askedFor(house, await alice.get('/'))).toEqual(claims('c1'))
  })

  test('the address changed to ask for a context without a policy meets nothing', async ({ house }) => {
    const alice = await arrived(house)
    const url = new URL((await alice.get('/')).headers.location ?? '')
    url.searchParams.set('claims', JSON.stringify(claims('c7')))
    const answer = await alice.follow(url.href)
    expect([answer.status, new URL(answer.at).pathname]).toEqual([403, '/auth/callback'])
    expect(askedFor(house, await alice.get('/'))).toEqual(claims('c1'))
  })

  test('the address changed to ask for nothing meets nothing', async ({ house }) => {
    const alice = await arrived(house)
    const url = new URL((await alice.get('/')).headers.location ?? '')
    url.searchParams.delete('claims')
    expect((await alice.follow(url.href)).status).toBe(403)
    expect(askedFor(house, await alice.get('/'))).toEqual(claims('c1'))
  })

  test('the state of one check does not take the answer to another', async ({ house }) => {
    const alice = await inside(house)
    house.tenant.set({ contextsWithPolicy: ['c1'] })
    const easy = new URL(await atTheDoor(house, alice, '/alone'))
    house.tenant.set({ contextsWithPolicy: withPolicy })
    const hard = new URL(await atTheDoor(house, alice, '/danger'))
    hard.searchParams.set('code', easy.searchParams.get('code') ?? '')
    // A code that is not of this attempt: it begins anew, once, asking for the same.
    expect(askedFor(house, await alice.get(hard.href))).toEqual(claims('c2'))
    expect(askedFor(house, await alice.get('/danger'))).toEqual(claims('c2'))
  })

  test('a code that is refused over and over is not tried for ever', async ({ house }) => {
    const alice = await inside(house)
    house.tenant.set({ tokenError: { what: '54005', on: 'code' } })
    const answer = await alice.follow('/danger')
    house.tenant.set({ tokenError: undefined })
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('href="/danger"')
    expect((await alice.get('/')).status).toBe(200)
  })

  test('after a code that Entra takes no more the same person is asked for the same check', async ({ house }) => {
    const alice = await inside(house)
    const begun = new URL((await alice.get('/danger')).headers.location ?? '')
    const callback = await atTheDoor(house, alice, begun.href)
    house.tenant.set({ tokenError: { what: '70008', on: 'code', when: 'next' } })
    const again = new URL((await alice.get(callback)).headers.location ?? '')
    for (const name of ['claims', 'login_hint'])
      expect(again.searchParams.get(name)).toBe(begun.searchParams.get(name) ?? 'missing')
  })

  test('in another browser the answer is worth nothing', async ({ house }) => {
    const callback = await atTheDoor(house, await inside(house), '/danger')
    const ada = await inside(house, 'ada')
    const before = sessionOf(ada)
    const answer = await ada.get(callback)
    expect([answer.headers.location, sessionOf(ada)]).toEqual(['/', before])
  })

  test('the answer counts once, and reloading it is harmless', async ({ house }) => {
    const alice = await inside(house)
    const callback = await atTheDoor(house, alice, '/danger')
    const jar = alice.cookieHeader()
    expect((await alice.get(callback)).headers.location).toBe('/danger')
    const after = sessionOf(alice)
    expect((await alice.get(callback)).headers.location).toBe('/danger')
    expect(sessionOf(alice)).toBe(after)
    const thief = await house.visitor('alice', { signIn: false })
    expect((await thief.get(callback, { headers: { Cookie: jar } })).status).toBe(400)
  })
})

describe('the session is over before the check is', () => {
  test('the check brings nobody back in', async ({ house }) => {
    const alice = await inside(house)
    const callback = await atTheDoor(house, alice, '/danger')
    await alice.post('/auth/sign-out')
    const calls = house.tenant.calls.token
    const answer = await alice.get(callback)
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('Your session ended before the check was finished')
    expect(house.tenant.calls.token).toBe(calls)
    expect(askedFor(house, await alice.get('/'))).toBe('/auth/sign-in')
  })

  test('a check that is being answered while the session ends brings nobody back in either', async ({ house }) => {
    const alice = await inside(house)
    const callback = await atTheDoor(house, alice, '/danger')
    house.tenant.set({ slow: { token: 400 } })
    const calls = house.tenant.calls.token
    const answering = alice.get(callback)
    const other = await house.visitor('alice', { signIn: false })
    await expect.poll(() => house.tenant.calls.token).toBe(calls + 1)
    await other.post('/auth/sign-out', {}, { Cookie: alice.cookieHeader() })
    const answer = await answering
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('Your session ended before the check was finished')
    expect(askedFor(house, await alice.get('/'))).toBe('/auth/sign-in')
  })

  test('someone else who is signed in by then stays who they are, and nothing is asked for them', async ({ house }) => {
    const browser = await inside(house, 'alice')
    const callback = await atTheDoor(house, browser, '/danger')
    await browser.post('/auth/sign-out')
    await browser.signIn('/auth/sign-in?account=another&returnTo=/open', { as: 'ada' })
    const before = sessionOf(browser)
    const calls = house.tenant.calls.token
    const answer = await browser.get(callback)
    expect(answer.status).toBe(403)
    expect(answer.text).toContain('Another account came back')
    expect(answer.text).toContain('Ada Nakamura')
    expect([sessionOf(browser), house.tenant.calls.token]).toEqual([before, calls])
    expect(askedFor(house, await browser.get('/'))).toEqual(claims('c1'))
  })
})

describe('two tabs', () => {
  test('each finishes its own check, and both lead on', async ({ house }) => {
    const alice = await arrived(house, 'alice', 'passkey')
    const doors = [await atTheDoor(house, alice, '/'), await atTheDoor(house, alice, '/sessions')]
    const answers = [await alice.follow(doors[0] ?? ''), await alice.follow(doors[1] ?? '')]
    expect(answers.map(({ status, at }) => [status, new URL(at).pathname])).toEqual([
      [200, '/'],
      [200, '/sessions'],
    ])
  })

  test('a check for one context does not undo that for another', async ({ house }) => {
    const alice = await arrived(house, 'alice', 'passkey')
    const doors = [await atTheDoor(house, alice, '/'), await atTheDoor(house, alice, '/alone')]
    for (const door of doors) await alice.get(door)
    expect([(await alice.get('/')).status, (await alice.get('/danger')).status]).toEqual([200, 200])
  })

  test('a check that is cancelled takes nothing from the other', async ({ house }) => {
    const alice = await arrived(house, 'alice', 'passkey')
    const door = await atTheDoor(house, alice, '/')
    house.tenant.set({ authorizeError: { what: 'cancel', when: 'next' } })
    expect((await alice.follow('/sessions')).status).toBe(403)
    expect((await alice.follow(door)).status).toBe(200)
  })

  test('of two checks that are finished at the same instant one counts, and the person is in', async ({ house }) => {
    const alice = await arrived(house, 'alice', 'passkey')
    const doors = [await atTheDoor(house, alice, '/'), await atTheDoor(house, alice, '/sessions')]
    const statuses = await Promise.all(doors.map(async door => (await alice.get(door)).status))
    expect(statuses.toSorted()).toEqual([303, 403])
    expect((await alice.get('/')).status).toBe(200)
  })
})
