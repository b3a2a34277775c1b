import { describe, expect } from 'vitest'
import { pages } from '../../../src/pages.ts'
import { get } from '../../../src/web/page.ts'
import { type House, openHouse } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'
import { navigation, type RawAnswer, raw, script } from '../raw.ts'

const cookies: Record<string, string> = {}
const test = testIn(async () => {
  const broken = () => {
    throw new Error('the page is broken')
  }
  const failing = await get('/broken', 'members', Promise.resolve({ default: () => broken }))
  return openHouse({ pages: [...pages, failing], settings: { ENVIRONMENT_COLOUR: '#a4262c' } })
})
test.beforeAll(async ({ house }) => {
  // Nobody can tell of someone in more groups than a token lists.
  house.tenant.set({ graphError: { what: '503', where: 'check' } })
  for (const key of ['alice', 'oskar', 'mona']) cookies[key] = (await house.visitor(key)).cookieHeader()
})

type Asked = { method?: string; target?: string; headers?: Record<string, string>; body?: string; as?: string }
const ask = (house: House, { as, headers, ...rest }: Asked): Promise<RawAnswer> =>
  raw(house.baseUrl, { ...rest, headers: { ...headers, ...(as && { Cookie: cookies[as] as string }) } })
const form = { ...navigation, 'Content-Type': 'application/x-www-form-urlencoded' }

const answers: [what: string, asked: Asked, status: number][] = [
  ['a page', { headers: navigation, as: 'alice' }, 200],
  ['a page without its body', { method: 'HEAD', headers: navigation, as: 'alice' }, 200],
  ['a redirect after a form', { method: 'POST', target: '/sessions/end', headers: form, body: '', as: 'alice' }, 303],
  ['a form that leads to Entra', { method: 'POST', target: '/check-again', headers: form, body: '', as: 'alice' }, 200],
  ['the way to sign in', { headers: navigation }, 302],
  ['the way to Entra', { target: '/auth/sign-in', headers: navigation }, 302],
  ['a sign-in that nobody began', { target: '/auth/callback?code=x&state=y', headers: navigation }, 400],
  ['the signed-out page', { target: '/auth/signed-out', headers: navigation }, 200],
  ['signing out', { method: 'POST', target: '/auth/sign-out', headers: form }, 200],
  ['a 401', { headers: script }, 401],
  ['a refused page', { headers: navigation, as: 'oskar' }, 403],
  ['a refused script', { headers: script, as: 'oskar' }, 403],
  ['a cross-site write', { method: 'POST', headers: { 'Sec-Fetch-Site': 'cross-site' } }, 403],
  ['a 404 page', { target: '/nothing', headers: navigation, as: 'alice' }, 404],
  ['an odd target', { target: '*', headers: script }, 401],
  [
    'a form too large',
    { method: 'POST', target: '/check-again', headers: form, body: `x=${'y'.repeat(20_000)}`, as: 'alice' },
    413,
  ],
  [
    'a form of another kind',
    {
      method: 'POST',
      target: '/check-again',
      headers: { ...navigation, 'Content-Type': 'application/json' },
      body: '{}',
      as: 'alice',
    },
    415,
  ],
  ['a broken page', { target: '/broken', headers: navigation, as: 'alice' }, 500],
  ['a page while membership cannot be told', { headers: navigation, as: 'mona' }, 503],
  ['health', { target: '/health/live' }, 200],
]
const files: typeof answers = [
  ['a file', { target: '/assets/site.css' }, 200],
  ['the colour', { target: '/assets/environment.css' }, 200],
]

describe.each([...answers, ...files])('%s', (_what, asked, status) => {
  let answer: RawAnswer
  test.beforeAll(async ({ house }) => {
    answer = await ask(house, { ...asked, headers: { Origin: house.baseUrl, ...asked.headers } })
  })

  test('is answered with the status that this table names', () => {
    expect(answer.status).toBe(status)
  })
  test('carries the headers that every answer carries', () => {
    expect(answer.headers).toMatchObject({
      'content-security-policy': `default-src 'self';object-src 'none';base-uri 'none';frame-ancestors 'none';form-action 'self'`,
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=()',
      'x-request-id': expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{8}$/),
    })
  })
  test('does not say what it was made with', () => {
    expect(answer.headers).not.toHaveProperty('x-powered-by')
    expect(answer.headers).not.toHaveProperty('server')
  })
  test('names no foreign origin', () => {
    expect(Object.keys(answer.headers).filter(name => name.startsWith('access-control'))).toEqual([])
  })
})

test.for(answers)('%s is kept by nobody', async ([_what, asked], { house }) => {
  const { headers } = await ask(house, asked)
  expect(headers['cache-control']).toBe('no-store')
  expect(headers).not.toHaveProperty('etag')
  expect(headers).not.toHaveProperty('last-modified')
})

test.for(files)('%s is kept, but asked about each time', async ([_what, asked], { house }) => {
  expect((await ask(house, asked)).headers['cache-control']).toBe('public, no-cache')
})

test('a script of another origin gets no permission to read or to write', async ({ house }) => {
  const foreign = { Origin: 'https://evil.example', 'Access-Control-Request-Method': 'POST' }
  for (const [method, as] of [
    ['OPTIONS', undefined],
    ['OPTIONS', 'alice'],
    ['GET', 'alice'],
  ] as const) {
    const { headers, text } = await ask(house, { method, target: '/sessions', headers: foreign, ...(as && { as }) })
    expect(Object.keys(headers).filter(name => name.startsWith('access-control'))).toEqual([])
    expect(JSON.stringify(headers) + text).not.toContain('evil.example')
  }
})

test('the content security policy has no hole', async ({ house }) => {
  const { headers } = await ask(house, { headers: navigation, as: 'alice' })
  expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|data:|blob:/)
})

test('an id that the caller brings is not ours', async ({ house }) => {
  const { headers } = await ask(house, { headers: { 'X-Request-Id': 'AAAAAAAA' } })
  expect(headers['x-request-id']).not.toBe('AAAAAAAA')
})

test('the environment’s colour is a style sheet of its own', async ({ house }) => {
  expect((await ask(house, { target: '/assets/environment.css' })).text).toContain('#a4262c')
})

describe('a change is taken only from our own pages', () => {
  const rules: [site: string | undefined, origin: string | undefined, isTaken: boolean][] = [
    ['same-origin', undefined, true],
    ['same-origin', 'own', true],
    ['same-origin', 'null', true],
    ['same-site', 'own', false],
    ['cross-site', 'own', false],
    ['none', 'own', false],
    ['none', undefined, false],
    ['', 'own', false],
    ['Same-Origin', 'own', false],
    ['same-origin, cross-site', 'own', false],
    [undefined, 'own', true],
    [undefined, 'null', false],
    [undefined, 'https://evil.example', false],
    [undefined, 'own.evil.example', false],
    [undefined, 'OWN', false],
    [undefined, 'own/', false],
    [undefined, 'https://localhost', false],
    [undefined, '', false],
    [undefined, undefined, false],
  ]
  const filled = (house: House, origin: string) =>
    origin.replace(/own/i, own => (own === 'own' ? house.baseUrl : house.baseUrl.toUpperCase()))
  const headersOf = (house: House, site: string | undefined, origin: string | undefined) => ({
    'Content-Type': 'application/x-www-form-urlencoded',
    ...(site !== undefined && { 'Sec-Fetch-Site': site }),
    ...(origin !== undefined && { Origin: filled(house, origin) }),
  })

  test.for(rules)('Sec-Fetch-Site %j, Origin %j: %s', async ([site, origin, isTaken], { house }) => {
    const asked = {
      method: 'POST',
      target: '/check-again',
      headers: headersOf(house, site, origin),
      body: 'returnTo=/',
      as: 'alice',
    }
    const answer = await ask(house, asked)
    expect(answer.status).toBe(isTaken ? 200 : 403)
    if (!isTaken) expect(JSON.parse(answer.text)).toMatchObject({ code: 'cross-site' })
  })

  test.for(rules.filter(([, , isTaken]) => !isTaken))(
    'nobody is signed out by Sec-Fetch-Site %j, Origin %j',
    async ([site, origin], { house }) => {
      const headers = headersOf(house, site, origin)
      expect(
        (await ask(house, { method: 'POST', target: '/auth/sign-out', headers, body: '', as: 'alice' })).status,
      ).toBe(403)
      expect((await ask(house, { headers: navigation, as: 'alice' })).status).toBe(200)
    },
  )

  test.for(['PUT', 'PATCH', 'DELETE', 'PROPFIND'])(
    'a foreign %s is refused as a foreign POST is',
    async (method, { house }) => {
      const headers = { Origin: 'https://evil.example' }
      expect(JSON.parse((await ask(house, { method, headers, as: 'alice' })).text)).toMatchObject({
        code: 'cross-site',
      })
    },
  )

  test('a Referer of ours proves nothing', async ({ house }) => {
    const headers = { ...headersOf(house, undefined, undefined), Referer: `${house.baseUrl}/` }
    expect((await ask(house, { method: 'POST', target: '/check-again', headers, body: '', as: 'alice' })).status).toBe(
      403,
    )
  })

  test('a link from elsewhere leads to a page as ever', async ({ house }) => {
    const headers = { ...navigation, 'Sec-Fetch-Site': 'cross-site' }
    expect((await ask(house, { headers, as: 'alice' })).status).toBe(200)
  })
})
