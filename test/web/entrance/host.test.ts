import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type House, openHouse } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'
import { navigation, raw, script } from '../raw.ts'

let proxied: House
const test = testIn()
beforeAll(async () => {
  proxied = await openHouse({ settings: { BASE_URL: 'https://admin.contoso.example', TRUST_PROXY: 'loopback' } })
})
afterAll(() => proxied[Symbol.asyncDispose]())

type Headers = Record<string, string>
const ask = (house: House, target: string, headers: Headers) => raw(house.baseUrl, { target, headers })
/** As the proxy asks, over the connection that it has. */
const passedOn = (headers: Headers, target = '/auth/signed-out') => raw(proxied.baseUrl, { target, headers })
const own = { Host: 'admin.contoso.example', 'X-Forwarded-Proto': 'https' }

describe('a name that is not that of BASE_URL', () => {
  test.for(['/', '/auth/sign-in', '/auth/signed-out', '/assets/site.css', '/hooks/graph', '/nothing', '*'])(
    'is refused at %s',
    async (target, { house }) => {
      expect((await ask(house, target, { Host: 'evil.example' })).status).toBe(421)
    },
  )
  test.for([
    'evil.example',
    'localhost.evil.example',
    'evil-localhost',
    'localhost@evil.example',
    'evil.example#localhost',
    'localhost.',
    '127.0.0.1',
    '[::1]',
    'localhost:80:80',
    'localhost, evil.example',
    '',
  ])('"%s" is one', async (Host, { house }) => {
    expect((await ask(house, '/auth/signed-out', { Host })).status).toBe(421)
  })
  test('is a page for eyes and a problem for scripts, each with its reference', async ({ house }) => {
    const page = await ask(house, '/', { ...navigation, Host: 'evil.example' })
    expect(page.headers['content-type']).toMatch(/^text\/html/)
    expect(page.text).toContain('This is not our address')
    const problem = await ask(house, '/', { ...script, Host: 'evil.example' })
    expect(JSON.parse(problem.text)).toMatchObject({
      status: 421,
      code: 'unknown-host',
      reference: problem.headers['x-request-id'],
    })
  })
  test('is not repeated anywhere', async ({ house }) => {
    const { headers, text } = await ask(house, '/', { ...navigation, Host: 'evil.example' })
    expect(JSON.stringify(headers) + text).not.toContain('evil')
  })
  test('does not matter to probes, which come by address', async ({ house }) => {
    for (const target of ['/health/live', '/health/ready'])
      expect((await ask(house, target, { Host: '10.1.2.3:3000' })).status).toBe(200)
  })
  test('is refused also when a second Host header has the right name', async ({ house }) => {
    const lines = ['GET /auth/signed-out HTTP/1.1', 'Host: localhost', 'Host: evil.example']
    const target = `/auth/signed-out HTTP/1.1\r\n${lines.slice(1).join('\r\n')}\r\nX-Rest: `
    expect((await ask(house, target, {})).status).toBe(421)
  })
})

test.for(['localhost', 'LocalHost', 'localhost:1', 'localhost:443'])(
  '%s is ours, whatever the port',
  async (Host, { house }) => {
    expect((await ask(house, '/auth/signed-out', { Host })).status).toBe(200)
  },
)

describe('behind a proxy', () => {
  test('the name that the browser asked for has to be passed on as Host', async () => {
    expect((await passedOn(own)).status).toBe(200)
    expect((await passedOn({ ...own, Host: 'app:3000', 'X-Forwarded-Host': own.Host })).status).toBe(421)
  })
  test('X-Forwarded-Host decides nothing', async () => {
    expect((await passedOn({ ...own, 'X-Forwarded-Host': 'evil.example' })).status).toBe(200)
  })
  const { 'X-Forwarded-Proto': _tls, ...plain } = own
  test.each([
    ['that says nothing of TLS', plain],
    ['that says http', { ...own, 'X-Forwarded-Proto': 'http' }],
    ['that says something else', { ...own, 'X-Forwarded-Proto': 'wss' }],
    ['that says it in another header', { ...plain, Forwarded: 'proto=https' }],
  ])('a request %s is refused plainly: nobody is sent round, no cookie is set', async (_what, headers) => {
    for (const target of ['/', '/auth/sign-in', '/auth/signed-out', '/assets/site.css', '/hooks/graph']) {
      const answer = await passedOn({ ...navigation, ...headers }, target)
      expect([answer.status, answer.headers.location, answer.headers['set-cookie']]).toEqual([
        400,
        undefined,
        undefined,
      ])
    }
  })
  test('a request without TLS gets a page in words, and a script gets a problem', async () => {
    expect((await passedOn({ ...navigation, ...plain }, '/')).text).toContain('This connection is not encrypted')
    expect(JSON.parse((await passedOn({ ...script, ...plain }, '/')).text)).toMatchObject({ code: 'not-over-tls' })
  })
  test('probes need no TLS', async () => {
    expect((await passedOn({ Host: '10.1.2.3' }, '/health/live')).status).toBe(200)
  })
  test('every answer tells browsers to come over https only', async () => {
    expect((await passedOn(own)).headers['strict-transport-security']).toMatch(/max-age=\d{8,}; includeSubDomains/)
  })
  test('only a proxy that is trusted is believed', async () => {
    await using other = await openHouse({
      settings: { BASE_URL: 'https://admin.contoso.example', TRUST_PROXY: '203.0.113.0/24' },
    })
    expect((await raw(other.baseUrl, { target: '/auth/signed-out', headers: own })).status).toBe(400)
  })
})
