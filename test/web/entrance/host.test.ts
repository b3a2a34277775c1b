import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../../support/house.ts'
import { navigation, raw, script } from '../raw.ts'

let house: House
let proxied: House
beforeAll(async () => {
  house = await openHouse()
  proxied = await openHouse({ settings: { BASE_URL: 'https://admin.contoso.example', TRUST_PROXY: 'loopback' } })
})
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  await proxied[Symbol.asyncDispose]()
})

type Headers = Record<string, string>
const ask = (target: string, headers: Headers) => raw(house.baseUrl, { target, headers })
/** As the proxy asks, over the connection that it has. */
const passedOn = (headers: Headers, target = '/auth/signed-out') => raw(proxied.baseUrl, { target, headers })
const own = { Host: 'admin.contoso.example', 'X-Forwarded-Proto': 'https' }

describe('a name that is not that of BASE_URL', () => {
  test.each(['/', '/auth/sign-in', '/auth/signed-out', '/assets/site.css', '/hooks/graph', '/nothing', '*'])(
    'is refused at %s',
    async target => {
      expect((await ask(target, { Host: 'evil.example' })).status).toBe(421)
    },
  )
  test.each([
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
  ])('"%s" is one', async Host => {
    expect((await ask('/auth/signed-out', { Host })).status).toBe(421)
  })
  test('is a page for eyes and a problem for scripts, each with its reference', async () => {
    const page = await ask('/', { ...navigation, Host: 'evil.example' })
    expect(page.headers['content-type']).toMatch(/^text\/html/)
    expect(page.text).toContain('This is not our address')
    const problem = await ask('/', { ...script, Host: 'evil.example' })
    expect(JSON.parse(problem.text)).toMatchObject({
      status: 421,
      code: 'unknown-host',
      reference: problem.headers['x-request-id'],
    })
  })
  test('is not repeated anywhere', async () => {
    const { headers, text } = await ask('/', { ...navigation, Host: 'evil.example' })
    expect(JSON.stringify(headers) + text).not.toContain('evil')
  })
  test('does not matter to probes, which come by address', async () => {
    for (const target of ['/health/live', '/health/ready'])
      expect((await ask(target, { Host: '10.1.2.3:3000' })).status).toBe(200)
  })
  test('is still one when a second Host header has the right one', async () => {
    const lines = ['GET /auth/signed-out HTTP/1.1', 'Host: localhost', 'Host: evil.example']
    const target = `/auth/signed-out HTTP/1.1\r\n${lines.slice(1).join('\r\n')}\r\nX-Rest: `
    expect((await ask(target, {})).status).toBe(421)
  })
})

test.each(['localhost', 'LocalHost', 'localhost:1', 'localhost:443'])('%s is ours, whatever the port', async Host => {
  expect((await ask('/auth/signed-out', { Host })).status).toBe(200)
})

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
  test('it is said in words, and to scripts as a problem', async () => {
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
