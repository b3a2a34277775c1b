import { describe, expect } from 'vitest'
import type { House } from '../support/house.ts'
import { testIn } from '../support/test-in.ts'
import { type Visitor, wayOn } from '../support/visitor.ts'
import { navigation, raw } from './raw.ts'

const test = testIn({ now: '2026-03-02T12:00:00Z' })
test.beforeAll(({ house }) => house.tenant.set({ graphError: { what: '503', where: 'check' } }))

const hostile = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>\${7*7}<%= 7*7 %>`
const options = {
  'settings[view options][client]': 'true',
  'settings[view options][escapeFunction]': '1;return process.env',
  'settings[view options][outputFunctionName]': 'x;process.exit(1);s',
  'view options': '1',
  client: '1',
  escape: '1',
  delimiter: '?',
  debug: '1',
  cache: '',
  _locals: '1',
  page: '../../../package.json',
  chrome: '1',
  name: hostile,
  title: hostile,
  '__proto__[client]': '1',
  'constructor[prototype][client]': '1',
}

/** Signs in with a token that says this too. Whoever comes is a member, or is not. */
async function signInSaying(house: House, claims: Record<string, unknown>, key = 'alice'): Promise<Visitor> {
  house.tenant.set({ lie: { extra: claims } })
  try {
    return await house.visitor(key)
  } finally {
    house.tenant.set({ lie: {} })
  }
}

/** A page without what differs from one request to the next. */
const bare = (text: string) => text.replace(/<code>[0-9A-Z]{8}<\/code>/g, '<code>REFERENCE</code>')

describe('a hostile name is text', () => {
  const said = { name: hostile, preferred_username: hostile }
  test.for([
    ['alice', '/', 200],
    ['alice', '/sessions', 200],
    ['alice', '/nothing', 404],
    ['oskar', '/', 403],
    ['mona', '/', 503],
  ] as const)('on what %s sees at %s', async ([key, path, status], { house }) => {
    const visitor = await signInSaying(house, said, key)
    const { status: answered, text } = await visitor.get(path)
    expect(answered).toBe(status)
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).not.toMatch(/<script|<img src=x/)
    expect(text).toContain('7*7}&lt;%= 7*7 %&gt;')
  })
})

test('a hostile browser name is text', async ({ house }) => {
  const visitor = await house.visitor('ada', { userAgent: `Mozilla/5.0 ${hostile} Chrome/142.0` })
  const { status, text } = await visitor.get('/sessions')
  expect(status).toBe(200)
  expect(text).not.toMatch(/<script|<img src=x/)
})

test.for(['"><script>alert(1)</script>', '" onfocus=alert(1) autofocus x="', '<%= 7*7 %>', '</code><b>'])(
  'a hostile query is text where it is the way back: %s',
  async (query, { house }) => {
    const Cookie = (await house.visitor('oskar')).cookieHeader()
    for (const written of [`/x?${query.replaceAll(' ', '+')}`, `/x?${encodeURIComponent(query)}`]) {
      const { status, text } = await raw(house.baseUrl, { target: written, headers: { ...navigation, Cookie } })
      expect(status).toBe(403)
      expect(text).not.toMatch(/<script|" onfocus|<%=|<b>/)
    }
  },
)

describe('EJS, which reads its options from the data, finds none', () => {
  test('in a query', async ({ house }) => {
    const alice = await house.visitor('alice')
    const query = new URLSearchParams(options).toString()
    for (const path of ['/', '/sessions', '/nothing'])
      expect(bare((await alice.get(`${path}?${query}`)).text).replaceAll(/\?[^"]*/g, '')).toBe(
        bare((await alice.get(path)).text),
      )
  })

  test('in the query of an open door', async ({ house }) => {
    const nobody = await house.visitor('alice', { signIn: false })
    const query = new URLSearchParams(options).toString()
    expect((await nobody.get(`/auth/signed-out?${query}`)).text).toBe((await nobody.get('/auth/signed-out')).text)
  })

  test('in a form', async ({ house }) => {
    const alice = await house.visitor('alice')
    const before = bare((await alice.get('/')).text)
    expect(wayOn(await alice.post('/check-again', options))).toContain('/authorize?')
    expect((await alice.post('/sessions/end', options)).headers.location).toBe('/sessions')
    expect(bare((await alice.get('/')).text)).toBe(before)
  })

  test('in claims', async ({ house }) => {
    const plain = await house.visitor('alice')
    const { name: _name, title: _title, ...rest } = options
    const nested = { settings: { 'view options': { client: true, escapeFunction: '1' } }, locals: { client: true } }
    const proto = JSON.parse('{"__proto__":{"client":true,"member":true},"prototype":{"client":true}}')
    const liar = await signInSaying(house, { ...rest, ...nested, ...proto })
    expect(bare((await liar.get('/')).text)).toBe(bare((await plain.get('/')).text))
  })

  test('nobody becomes a member by such data', async ({ house }) => {
    const oskar = await signInSaying(
      house,
      JSON.parse('{"membership":{"member":true},"member":true,"__proto__":{"member":true}}'),
      'oskar',
    )
    expect((await oskar.get('/')).status).toBe(403)
  })
})

test('no page has script or style of its own', async ({ house }) => {
  const [alice, oskar] = [await house.visitor('alice'), await house.visitor('oskar')]
  for (const { text } of [
    await alice.get('/'),
    await alice.get('/sessions'),
    await alice.get('/nothing'),
    await alice.get('/auth/signed-out'),
    await oskar.get('/'),
  ])
    expect(text).not.toMatch(/<script|<style|\sstyle=|\son\w+=|javascript:/i)
})

test('every page for someone signed in has a form to sign out', async ({ house }) => {
  const [alice, oskar, mona] = [await house.visitor('alice'), await house.visitor('oskar'), await house.visitor('mona')]
  for (const { text } of [
    await alice.get('/'),
    await alice.get('/sessions'),
    await alice.get('/nothing'),
    await oskar.get('/'),
    await mona.get('/'),
  ])
    expect(text).toContain('<form method="post" action="/auth/sign-out">')
})
