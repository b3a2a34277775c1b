import { describe, expect } from 'vitest'
import type { House } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'
import { navigation, raw, script } from '../../web/raw.ts'

let member: string
const test = testIn()
test.beforeAll(async ({ house }) => {
  member = (await house.visitor('alice')).cookieHeader()
})

/** Every way we know of writing a path so that two programs read it differently. */
const odd = [
  '*',
  'http://localhost/',
  'http://localhost/sessions',
  'http://localhost/health/live',
  'http://localhost/assets/site.css',
  'HTTP://LOCALHOST/AUTH/SIGN-IN',
  'https://evil.example/health/live',
  'ws://user@localhost/',
  'foo://bar',
  'http://',
  'http:///health/live',
  'http://[',
  'http://[::1/health/live',
  'http://a:b:c/',
  'http://a:99999999/',
  'http://a]b/',
  "http://a'b/",
  'http://a;b/',
  'http://a%mple/',
  'http://localhost/%zz',
  'health/live',
  '//',
  '///',
  '//health/live',
  '//localhost/health/live',
  '//evil.example/%2e%2e',
  '/health//live',
  '//assets/site.css',
  '/assets//site.css',
  '/assets///',
  '/./health/live',
  '/health/./live',
  '/health/../sessions',
  '/health/live/..',
  '/health/live/../../sessions',
  '/health/live/.',
  '/sessions/../health/live',
  '/assets/',
  '/assets',
  '/assets/..',
  '/assets/../',
  '/assets/../layout.ejs',
  '/assets/../../package.json',
  '/assets/%2e%2e/layout.ejs',
  '/assets/%2E%2E/layout.ejs',
  '/assets/.%2e/layout.ejs',
  '/assets/..%2flayout.ejs',
  '/assets/..%5clayout.ejs',
  '/assets/..\\layout.ejs',
  '/assets/%252e%252e/layout.ejs',
  '/assets/....//layout.ejs',
  '/assets/site.css/',
  '/assets/site.css/..',
  '/assets/site.css%00',
  '/assets/site.css%00.svg',
  '/assets/site.css%2f',
  '/assets/site.css%20',
  '/assets/site.css;x',
  '/assets/SITE.CSS',
  '/ASSETS/site.css',
  '/assets%2fsite.css',
  '/assets/.',
  '/assets/.gitignore',
  '/assets/environment.css/',
  '/assets/Environment.css',
  '/views/layout.ejs',
  '/%2e%2e/',
  '/%2e/',
  '/..%2f',
  '/..%2fhealth%2flive',
  '/..;/health/live',
  '/..',
  '/.',
  '/%2f',
  '/%2fhealth/live',
  '/health%2flive',
  '/health/live%2f..%2f..%2fsessions',
  '/%5c',
  '/\\',
  '/\\health\\live',
  '/health\\live',
  '/health/live\\..\\..\\sessions',
  '\\health\\live',
  '/%00',
  '/health/live%00',
  '/health/live%0a',
  '/health/live%0d%0aX-Injected:%20yes',
  '/health/live%09',
  '/health/live%20',
  '/health/live%7f',
  '/health/live%3fx',
  '/health/live%23',
  '/health/%6cive',
  '/%68ealth/live',
  '/health/live/',
  '/health/live/x',
  '/health/live;x',
  '/health/live;/../../sessions',
  '/health/live,x',
  '/health/live:x',
  '/health/live.json',
  '/health/live&x',
  '/HEALTH/live',
  '/Health/Live',
  '/health/LIVE',
  '/health',
  '/health/',
  '/health/metrics',
  '/health/live#',
  '/health/live#/../../sessions',
  '/#/health/live',
  '/sessions#/health/live',
  '/?#',
  '/sessions/',
  '/SESSIONS',
  '/Sessions',
  '/sessions;x',
  '/sessions%20',
  '/sessions%00',
  '/sessions?/health/live',
  '/sessions?x=/../health/live',
  '/sessions.css',
  '/sessions/.css',
  '/Auth/Sign-In',
  '/AUTH/callback',
  '/auth/sign-in/',
  '/auth/sign-in;x',
  '/auth/sign-in/..',
  '/auth/sign%2din',
  '/auth/sign-in%2f',
  '/auth//sign-in',
  '/auth/callback/',
  '/auth/signed-out/',
  '/auth/signed-out/../../sessions',
  '/auth/front-channel-logout/',
  '/auth/',
  '/auth',
  '/%',
  '/%%',
  '/%2',
  '/%zz',
  '/%c0%af',
  '/%e0%80%af',
  '/%c0%ae%c0%ae/',
  '/%ff',
  '/%u002f',
  '/%ed%a0%80',
  '/%ef%bc%8fhealth',
  '/%e2%80%ae',
  '/__proto__',
  '/constructor',
  '/-',
  '/:id',
  '/(.*)',
  '/{*path}',
  `/${'a'.repeat(10_000)}`,
  `/${'a/'.repeat(5_000)}`,
  `/${'%2e'.repeat(3_000)}`,
  `/health/live${'/'.repeat(5_000)}`,
  `/health/live/${'../'.repeat(3_000)}sessions`,
  `/sessions?${'x'.repeat(10_000)}`,
]

/** Signs that proxies and frameworks believe, in other houses. */
const opening: Record<string, string> = {
  Host: 'evil.example',
  'X-Forwarded-Uri': '/health/live',
  'X-Forwarded-Path': '/health/live',
  'X-Forwarded-Prefix': '/health',
  'X-Forwarded-Host': 'localhost',
  'X-Forwarded-Proto': 'https',
  'X-Forwarded-Method': 'GET',
  'X-Forwarded-For': '127.0.0.1',
  'X-Forwarded-User': 'alice@contoso.example',
  'X-Forwarded-Email': 'alice@contoso.example',
  'X-Forwarded-Groups': '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05',
  'X-Forwarded-Access-Token': 'eyJhbGciOiJub25lIn0.e30.',
  'X-Real-IP': '127.0.0.1',
  'X-Original-URL': '/health/live',
  'X-Original-URI': '/health/live',
  'X-Original-Method': 'GET',
  'X-Rewrite-URL': '/health/live',
  'X-HTTP-Method-Override': 'GET',
  'X-HTTP-Method': 'GET',
  'X-Method-Override': 'GET',
  'X-User': 'alice@contoso.example',
  'X-Remote-User': 'alice@contoso.example',
  'X-Auth-Request-User': 'alice@contoso.example',
  'X-Auth-Request-Email': 'alice@contoso.example',
  'X-MS-CLIENT-PRINCIPAL': Buffer.from('{"userId":"alice"}').toString('base64'),
  'X-MS-CLIENT-PRINCIPAL-NAME': 'alice@contoso.example',
  'X-Middleware-Subrequest': 'middleware:middleware:middleware',
  Forwarded: 'for=127.0.0.1;host=localhost;proto=https',
  Authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.',
  'Proxy-Authorization': 'Basic YWxpY2U6YWxpY2U=',
  'User-Agent': 'kube-probe/1.34',
  Upgrade: 'websocket',
  Via: '1.1 gatehouse',
  'X-Request-Id': 'trusted',
  Expect: '100-continue',
}

const kinds = { 'a browser': navigation, 'a script': script }
const refusals = [302, 400, 401, 403, 421]
const shown = (target: string) => (target.length > 60 ? `${target.slice(0, 60)}… (${target.length})` : target)

async function expectRefused(house: House, method: string, target: string, headers: Record<string, string>) {
  const answer = await raw(house.baseUrl, { method, target, headers })
  expect({ method, status: refusals.includes(answer.status) ? 'refused' : answer.status }).toEqual({
    method,
    status: 'refused',
  })
  if (answer.status === 302) expect(answer.headers.location).toMatch(/^\/auth\/sign-in\?returnTo=%2F(?!%2F|%5C)/i)
  // 400 without an id is Node's own word about something that is not HTTP.
  if (answer.status !== 400 || answer.headers['x-request-id']) {
    expect(answer.headers['x-request-id']).toMatch(/^[0-9A-Z]{8}$/)
    expect(answer.headers['cache-control']).toBe('no-store')
  }
  expect(answer.headers['x-injected']).toBeUndefined()
}

describe('nobody gets in by a way of writing the path', () => {
  test.for(odd.map(target => [shown(target), target] as const))('%s', async ([_shown, target], { house }) => {
    for (const headers of Object.values(kinds))
      for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS', 'DELETE'])
        await expectRefused(house, method, target, headers)
  })
})

describe('nobody gets in by a header', () => {
  test.for(Object.entries(opening))('%s: %s', async ([name, value], { house }) => {
    for (const headers of Object.values(kinds))
      for (const target of ['/', '/sessions', '/no-such-page', '//health/live', '*'])
        for (const method of ['GET', 'POST', 'OPTIONS'])
          await expectRefused(house, method, target, { ...headers, [name]: value })
  })

  test('all of them at once, on every odd path', async ({ house }) => {
    // A foreign Host is refused for itself, before the rest is looked at.
    const { Host: _refused, ...others } = opening
    for (const target of odd) await expectRefused(house, 'GET', target, { ...navigation, ...others })
  })
})

describe('what is odd is not there, for members either', () => {
  const plainAndThere = ['/sessions?/health/live', '/sessions?x=/../health/live', `/sessions?${'x'.repeat(10_000)}`]
  test.for(odd.filter(target => !plainAndThere.includes(target)).map(target => [shown(target), target] as const))(
    '%s',
    async ([_shown, target], { house }) => {
      const { status } = await raw(house.baseUrl, { target, headers: { ...navigation, Cookie: member } })
      expect([400, 404]).toContain(status)
    },
  )
})

test('nothing anyone wrote was a surprise to us', ({ house }) => {
  expect(house.logged.filter(line => line.includes('"unexpected"'))).toEqual([])
})
