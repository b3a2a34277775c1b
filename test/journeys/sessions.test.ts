import { describe, expect } from 'vitest'
import type { House } from '../support/house.ts'
import { eventsIn, everythingIn, sessionIdOf } from '../support/stored.ts'
import { testIn } from '../support/test-in.ts'
import type { Visitor } from '../support/visitor.ts'

const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0'
const safari =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'

const test = testIn({ now: '2026-03-02T12:00:00Z' })
test.beforeAll(async ({ house }) => {
  house.tenant.assign('alice', { minutes: 365 * 24 * 60, reason: 'the days of these tests' })
})

/** Earlier sessions of the same people are over, so that each test sees only its own. */
const aDayLater = (house: House) => house.clock.advance({ hours: 24 })
async function browsers(house: House, key: string, ...userAgents: string[]): Promise<Visitor[]> {
  const opened: Visitor[] = []
  for (const userAgent of userAgents) {
    opened.push(await house.visitor(key, { userAgent }))
    house.clock.advance({ seconds: 1 })
  }
  return opened
}
const three = async (house: House, key = 'alice') => {
  aDayLater(house)
  return (await browsers(house, key, firefox, safari, 'x')) as [Visitor, Visitor, Visitor]
}

const listFor = async (visitor: Visitor) => {
  const { text } = await visitor.get('/sessions')
  return text
    .split('<li class="card session">')
    .slice(1)
    .map(item => ({
      browser: /<h2>([^<]*?)\s*</.exec(item)?.[1],
      isThisOne: item.includes('this browser'),
      handle: /name="which" value="([^"]+)"/.exec(item)?.[1] ?? '',
    }))
}
const handleOf = async (visitor: Visitor) =>
  (await listFor(visitor)).find(({ isThisOne }) => isThisOne)?.handle as string
const end = (visitor: Visitor, which: string) => visitor.post('/sessions/end', { which })
const areIn = (...visitors: Visitor[]) =>
  Promise.all(visitors.map(async visitor => (await visitor.get('/')).status === 200))

describe('the list of one’s sessions', () => {
  test('shows every browser one is signed in with, the newest first, and which is this one', async ({ house }) => {
    const [desk, phone] = await three(house)
    const shown = (list: Awaited<ReturnType<typeof listFor>>) =>
      list.map(({ browser, isThisOne }) => `${browser}${isThisOne ? ' (this)' : ''}`)
    expect(shown(await listFor(desk))).toEqual(['Unknown browser', 'Safari on iOS', 'Firefox on Windows (this)'])
    expect(shown(await listFor(phone))).toEqual(['Unknown browser', 'Safari on iOS (this)', 'Firefox on Windows'])
  })

  test('shows nobody else’s', async ({ house }) => {
    const [desk] = await three(house)
    await browsers(house, 'ada', firefox, firefox)
    expect(await listFor(desk)).toHaveLength(3)
  })

  test('names sessions by handles that are not their ids, and shows no id', async ({ house }) => {
    const all = await three(house)
    const { text } = await all[0].get('/sessions')
    const handles = (await listFor(all[0])).map(({ handle }) => handle)
    expect(new Set(handles).size).toBe(3)
    for (const visitor of all) {
      expect(text).not.toContain(sessionIdOf(visitor))
      expect(handles).not.toContain(sessionIdOf(visitor))
    }
  })

  test('a handle is no cookie: it opens nothing', async ({ house }) => {
    const [desk] = await three(house)
    const nobody = await house.visitor('alice', { signIn: false })
    nobody.cookies().set('gatehouse', `s:${await handleOf(desk)}`)
    expect((await nobody.get('/')).status).toBe(302)
  })

  test('a browser’s name is what it says of itself, and harmless', async ({ house }) => {
    aDayLater(house)
    const [desk] = (await browsers(house, 'alice', `<script>alert(1)</script>${'x'.repeat(2_000)}`)) as [Visitor]
    const answer = await desk.get('/sessions')
    expect(answer.status).toBe(200)
    expect(answer.text).not.toContain('<script>')
  })
})

describe('ending', () => {
  test('one ends that one at once, and leaves the others', async ({ house }) => {
    const [desk, phone, other] = await three(house)
    const answer = await end(desk, await handleOf(phone))
    expect([answer.status, answer.headers.location]).toEqual([303, '/sessions'])
    expect(await areIn(desk, phone, other)).toEqual([true, false, true])
    expect(await listFor(desk)).toHaveLength(2)
  })

  test('all others leaves this one alone', async ({ house }) => {
    const [desk, phone, other] = await three(house)
    const answer = await end(desk, 'others')
    expect([answer.status, answer.headers.location]).toEqual([303, '/sessions'])
    expect(await areIn(desk, phone, other)).toEqual([true, false, false])
  })

  test('all ends this one too, and leads to the page that says so', async ({ house }) => {
    const [desk, phone, other] = await three(house)
    const answer = await end(desk, 'all')
    expect([answer.status, answer.headers.location]).toEqual([303, '/auth/signed-out'])
    expect(await areIn(desk, phone, other)).toEqual([false, false, false])
  })

  test('this very one leads there as well', async ({ house }) => {
    const [desk, phone, other] = await three(house)
    expect((await end(desk, await handleOf(desk))).headers.location).toBe('/auth/signed-out')
    expect(await areIn(desk, phone, other)).toEqual([false, true, true])
  })

  test('all is all of one’s own: nobody else’s', async ({ house }) => {
    const [desk] = await three(house)
    const [ada] = (await browsers(house, 'ada', firefox)) as [Visitor]
    await end(desk, 'all')
    expect(await areIn(ada)).toEqual([true])
  })

  test('someone else’s handle ends nothing', async ({ house }) => {
    const [desk, phone, other] = await three(house)
    const [ada] = (await browsers(house, 'ada', firefox)) as [Visitor]
    const answer = await end(ada, await handleOf(desk))
    expect([answer.status, answer.headers.location]).toEqual([303, '/sessions'])
    expect(await areIn(desk, phone, other, ada)).toEqual([true, true, true, true])
  })

  test('takes the tokens and the entries in the lists with it', async ({ house }) => {
    const [desk, phone] = await three(house)
    const id = sessionIdOf(phone)
    await end(desk, await handleOf(phone))
    expect((await everythingIn(house)).filter(({ key, text }) => `${key} ${text}`.includes(id))).toEqual([])
  })

  test('is in the log, with who did it and how much, but no handle', async ({ house }) => {
    const [desk, phone] = await three(house)
    const handle = await handleOf(phone)
    house.logged.length = 0
    await end(desk, handle)
    await end(desk, 'others')
    expect(eventsIn(house.logged, 'sessions-ended').map(({ which }) => which)).toEqual(['one', 'others'])
    expect(eventsIn(house.logged, 'sessions-ended')[0].oid).toMatch(/^[0-9a-f-]{36}$/)
    expect(house.logged.join()).not.toContain(handle)
  })

  const nothing: [string, Record<string, string>][] = [
    ['no form', {}],
    ['an empty word', { which: '' }],
    ['another word', { which: 'ALL' }],
    ['a star', { which: '*' }],
    ['another field', { what: 'all' }],
    ['a name of JavaScript', { which: '__proto__' }],
    ['a long text', { which: 'a'.repeat(5_000) }],
  ]
  test.for(nothing)('by %s ends nothing', async ([_name, form], { house }) => {
    const [desk, phone, other] = await three(house)
    expect((await desk.post('/sessions/end', form)).status).toBe(303)
    expect(await areIn(desk, phone, other)).toEqual([true, true, true])
  })

  test('by a session’s id instead of its handle ends nothing', async ({ house }) => {
    const [desk, phone] = await three(house)
    await end(desk, sessionIdOf(phone))
    expect(await areIn(desk, phone)).toEqual([true, true])
  })

  test('is not done for another site', async ({ house }) => {
    const [desk, phone] = await three(house)
    const answer = await desk.post('/sessions/end', { which: 'all' }, { 'Sec-Fetch-Site': 'same-site' })
    expect(answer.status).toBe(403)
    expect(await areIn(desk, phone)).toEqual([true, true])
  })
})
