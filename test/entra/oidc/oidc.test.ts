import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, vi } from 'vitest'
import type { SwitchesWish } from '../../../infra/tenant/switches/switches.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { createOidc } from '../../../src/entra/oidc/oidc.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import { good } from '../../config/good.ts'
import { callback, isSignedIn, keysIn, wayBack, wayOut } from '../../support/at-entra.ts'
import { type House, openHouse } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

type Lie = NonNullable<SwitchesWish['lie']>

let alice: Visitor
const test = testIn()
test.beforeEach(async ({ house }) => {
  alice = await house.visitor('alice', { signIn: false })
})
test.afterEach(({ house }) => house.tenant.reset())

describe('the way to Entra', () => {
  test('asks for a code, by query, for the scopes in use', async ({ house }) => {
    const { searchParams, origin, pathname } = await wayOut(alice)
    expect(origin + pathname).toBe(`${house.tenant.origin}/${house.tenant.tenantId}/oauth2/v2.0/authorize`)
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: house.tenant.clientId,
      response_type: 'code',
      response_mode: 'query',
      scope: 'openid profile offline_access',
      redirect_uri: `${house.baseUrl}/auth/callback`,
      state: expect.any(String),
      nonce: expect.any(String),
      code_challenge: expect.any(String),
      code_challenge_method: 'S256',
    })
  })

  test('binds the sign-in to this browser: the challenge is that of a verifier only its sealed cookie holds', async ({
    house,
  }) => {
    const { searchParams } = await wayOut(alice)
    const [[name = '', value = ''] = []] = alice.cookies()
    const opened = createSeal(house.config.session.secrets).open(value, name)
    const { attempt } = JSON.parse((opened as { text: string }).text)
    const challenge = createHash('sha256').update(attempt.verifier).digest('base64url')
    expect([attempt.state, attempt.nonce, challenge]).toEqual(
      ['state', 'nonce', 'code_challenge'].map(each => searchParams.get(each)),
    )
    expect(value).not.toContain(attempt.state)
  })

  test.each(['state', 'nonce', 'code_challenge'])('%s is long, random and made anew each time', async name => {
    const made = await Promise.all([1, 2, 3].map(async () => (await wayOut(alice)).searchParams.get(name) ?? ''))
    expect(new Set(made).size).toBe(3)
    // 128 bits in base64url.
    for (const each of made) expect(each.length).toBeGreaterThanOrEqual(22)
  })

  test('comes from the settings, whatever the request says about hosts', async ({ house }) => {
    const answer = await alice.get('/auth/sign-in', {
      headers: { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' },
    })
    expect(new URL(answer.headers.location ?? '').searchParams.get('redirect_uri')).toBe(
      `${house.baseUrl}/auth/callback`,
    )
  })
})

const second = (house: House) => Math.floor(house.clock.read().getTime() / 1000)
const other = '0d92f7b4-51c3-4e8f-a7d6-3b9c1e5f8a42'
const lies: [what: string, lie: (house: House) => Lie][] = [
  ['is not signed', () => ({ alg: 'none' })],
  ['is signed with our client secret', () => ({ alg: 'HS256' })],
  ['is signed with an algorithm that is not ours', () => ({ alg: 'PS256' })],
  ['has a signature that does not hold', () => ({ badSignature: true })],
  ['is of another issuer', () => ({ iss: `https://login.microsoftonline.com/${other}/v2.0` })],
  ['is of no issuer', () => ({ omit: ['iss'] })],
  ['is for another application', () => ({ aud: other })],
  ['is for several applications', house => ({ aud: [house.tenant.clientId, other] })],
  ['is for no application', () => ({ omit: ['aud'] })],
  ['was given to another application', () => ({ azp: other })],
  ['has another nonce', () => ({ nonce: 'another' })],
  ['has no nonce', () => ({ omit: ['nonce'] })],
  ['has a nonce that is no text', () => ({ nonce: 1 })],
  ['is of another tenant', () => ({ tid: other })],
  ['is of no tenant', () => ({ omit: ['tid'] })],
  ['has no object id', () => ({ omit: ['oid'] })],
  ['has an object id that is no GUID', () => ({ oid: 'alice' })],
  ['has object ids in a list', () => ({ oid: [other] })],
  ['has an empty subject', () => ({ sub: '' })],
  ['has no subject', () => ({ omit: ['sub'] })],
  ['has a subject that is a number', () => ({ sub: 7 })],
  ['is over', house => ({ exp: second(house) - 60 })],
  ['is never over', () => ({ omit: ['exp'] })],
  ['is over in a hundred years', house => ({ exp: second(house) + 100 * 365 * 86_400 })],
  ['is over at a text', () => ({ exp: 'tomorrow' })],
  ['was issued in the far future', house => ({ iat: second(house) + 3600 })],
  ['was issued long ago', house => ({ iat: second(house) - 3600 })],
  ['was issued at no time', () => ({ omit: ['iat'] })],
  ['was issued at a text', house => ({ iat: String(second(house)) })],
  ['is not good yet', house => ({ nbf: second(house) + 3600 })],
  ['is good from a text on', () => ({ nbf: 'now' })],
  ['is an access token', () => ({ typ: 'at+jwt' })],
  ['is an access token by its long name', () => ({ typ: 'application/AT+JWT' })],
  ['is a logout token', () => ({ typ: 'logout+jwt' })],
  ['is of a kind that nobody knows', () => ({ typ: '' })],
  ['is of a kind that is no text', () => ({ typ: 7 })],
  ['is about another access token', () => ({ extra: { at_hash: 'LDktKdoQak3Pk0cnXxCltA' } })],
  ['is about an empty access token', () => ({ extra: { at_hash: '' } })],
  ['is about access tokens in a list', () => ({ extra: { at_hash: ['LDktKdoQak3Pk0cnXxCltA'] } })],
  ['is about no access token', () => ({ extra: { at_hash: null } })],
  ['is about another code', () => ({ extra: { c_hash: 'LDktKdoQak3Pk0cnXxCltA' } })],
]

describe('nobody is signed in by a token that', () => {
  test.for(lies)('%s', async ([_what, lie], { house }) => {
    const way = await wayBack(house, alice)
    house.tenant.set({ lie: lie(house) })
    const before = await keysIn(house)
    const answer = await alice.get(way.href)
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('We could not verify this sign-in')
    expect(answer.headers['set-cookie']?.toString()).not.toMatch(/gatehouse=/)
    expect(await keysIn(house)).toEqual(before)
    expect(await isSignedIn(alice)).toBe(false)
  })

  test.each(['none', 'HS256', 'PS256'] as const)('is signed with %s, though the metadata allows it', async alg => {
    const lie: SwitchesWish = {
      lie: { alg },
      discoveryLie: { extra: { id_token_signing_alg_values_supported: [alg, 'RS256'] } },
    }
    await using fresh = await openHouse({ tenant: { switches: lie } })
    const visitor = await fresh.visitor('alice', { signIn: false })
    expect((await callback(fresh, visitor)).status).toBe(400)
  })
})

test.for([{ typ: null }, { typ: 'jwt' }, { typ: 'application/jwt' }])(
  'an ID token is one with %j in its header too',
  async (lie, { house }) => {
    const way = await wayBack(house, alice)
    house.tenant.set({ lie })
    expect((await alice.get(way.href)).status).toBe(303)
  },
)

test('a clock that runs 20 seconds behind Entra does not matter', async ({ house }) => {
  const way = await wayBack(house, alice)
  house.tenant.set({ lie: { nbf: second(house) + 20, iat: second(house) + 20 } })
  expect((await alice.get(way.href)).status).toBe(303)
})

describe('metadata that is not ours', () => {
  test.each<[string, SwitchesWish['discoveryLie']]>([
    ['names another issuer', { issuer: `https://login.microsoftonline.com/${other}/v2.0` }],
    ['names the issuer of all tenants', { issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' }],
    ['names endpoints of another host', { endpointsOrigin: 'http://localhost:9' }],
    ['names a token endpoint elsewhere', { extra: { token_endpoint: 'https://evil.example/token' } }],
    ['names keys elsewhere', { extra: { jwks_uri: 'https://evil.example/keys' } }],
    ['names a sign-in page elsewhere', { extra: { authorization_endpoint: 'https://evil.example/authorize' } }],
    ['names a sign-out page elsewhere', { extra: { end_session_endpoint: 'https://evil.example/logout' } }],
    ['names no keys', { omit: ['jwks_uri'] }],
    ['names no token endpoint', { omit: ['token_endpoint'] }],
    ['is no JSON', { invalidJson: true }],
    ['is an error', { status: 500 }],
    ['is not there', { status: 404 }],
    ['is a redirect', { status: 302 }],
  ])('signs nobody in when it %s', async (_what, discoveryLie) => {
    await using fresh = await openHouse({ tenant: { switches: { discoveryLie: discoveryLie ?? {} } } })
    const visitor = await fresh.visitor('alice', { signIn: false })
    const answer = await visitor.get('/auth/sign-in')
    expect(answer.status).toBe(503)
    expect(answer.text).toContain('Microsoft cannot be reached right now')
    expect(answer.headers['retry-after']).toBeDefined()
    expect(visitor.cookies().size).toBe(0)
    expect((await visitor.fetch('/health/ready')).body).toEqual({ status: 'not-ready', waiting: ['entra'] })
  })
})

describe("Microsoft's own host, where the client library lets the issuer differ", () => {
  const authority = 'https://login.microsoftonline.com'
  const { tenantId, clientId } = loadConfig(good).entra
  const load = (issuer: string) => {
    const at = `${authority}/${tenantId}`
    const metadata = {
      issuer,
      authorization_endpoint: `${at}/oauth2/v2.0/authorize`,
      token_endpoint: `${at}/oauth2/v2.0/token`,
      jwks_uri: `${at}/discovery/v2.0/keys`,
    }
    const fetch = async () => Response.json(metadata)
    return createOidc({ config: loadConfig(good), clock: () => new Date(), fetch }).load()
  }

  test('is believed when it names our tenant', async () => {
    await expect(load(`${authority}/${tenantId}/v2.0`)).resolves.toBeUndefined()
  })

  test.each([`${authority}/{tenantid}/v2.0`, `${authority}/${clientId}/v2.0`, `https://sts.windows.net/${tenantId}/`])(
    'is not believed when it names %s',
    async issuer => {
      await expect(load(issuer)).rejects.toThrow(expect.objectContaining({ code: 'entra-unreachable' }))
    },
  )
})

describe('the token endpoint', () => {
  test.for([
    ['7000215', 'the client secret is wrong'],
    ['7000222', 'the client secret has expired'],
  ] as const)('%s: %s, which is our fault and in the log with its code', async ([what, _meaning], { house }) => {
    house.tenant.set({ tokenError: { what } })
    const answer = await callback(house, alice)
    expect(answer.status).toBe(503)
    expect(answer.text).toContain('The fault is ours')
    const line = house.logged.find(
      each => each.includes(answer.headers['x-request-id'] ?? '-') && each.includes('problem'),
    )
    expect(JSON.parse(line ?? '{}')).toMatchObject({
      level: 50,
      code: 'sign-in-misconfigured',
      error: { cause: { entra: { error: 'invalid_client', aadsts: [Number(what)], traceId: expect.any(String) } } },
    })
    expect(house.tenant.calls.token).toBe(1)
  })

  test.for(['503', '429', 'malformed'] as const)(
    '%s: Microsoft cannot be reached, try later',
    async (what, { house }) => {
      house.tenant.set({ tokenError: { what } })
      const answer = await callback(house, alice)
      expect(answer.status).toBe(503)
      expect(answer.text).toContain('Microsoft cannot be reached right now')
      expect(answer.headers['retry-after']).toBeDefined()
      expect(await isSignedIn(alice)).toBe(false)
    },
  )

  test('silence: a page waits no longer than six seconds', async ({ house }) => {
    const way = await wayBack(house, alice)
    house.tenant.set({ tokenError: { what: 'hang' } })
    const began = performance.now()
    const answer = await alice.get(way.href)
    expect(performance.now() - began).toBeLessThan(6_000)
    expect(answer.status).toBe(503)
    expect(answer.text).toContain('Microsoft cannot be reached right now')
  })

  test('cut off: the same words', async ({ house }) => {
    const way = await wayBack(house, alice)
    house.tenant.set({ down: true })
    const answer = await alice.get(way.href)
    expect(answer.status).toBe(503)
    expect(answer.text).toContain('Microsoft cannot be reached right now')
  })

  test('a used code: the sign-in begins anew by itself, once, and then works', async ({ house }) => {
    house.tenant.set({ tokenError: { what: '54005', when: 'next' } })
    const again = await callback(house, alice)
    expect(again.status).toBe(302)
    expect((await alice.get((await wayBack(house, alice, new URL(again.headers.location ?? ''))).href)).status).toBe(
      303,
    )
  })

  test.for(['54005', '50076', '53003'] as const)(
    '%s for ever: one more try by itself, then a page, no loop',
    async (what, { house }) => {
      house.tenant.set({ tokenError: { what } })
      const answer = await alice.signIn('/sessions')
      expect(answer.status).toBe(400)
      expect(answer.text).toContain('Microsoft did not sign you in')
      expect(house.tenant.calls).toMatchObject({ authorize: 2, token: 2 })
    },
  )
})

describe('Entra away', () => {
  test('the app starts, is not ready, sends nobody off, and becomes ready by itself', async () => {
    await using early = await openHouse({ tenant: { switches: { down: true } } })
    const visitor = await early.visitor('alice', { signIn: false })
    expect((await visitor.fetch('/health/live')).status).toBe(200)
    const waiting = await visitor.fetch('/health/ready')
    expect([waiting.status, waiting.body]).toEqual([503, { status: 'not-ready', waiting: ['entra'] }])
    expect((await visitor.get('/auth/sign-in')).status).toBe(503)
    early.tenant.set({ down: false })
    await expect.poll(async () => (await visitor.fetch('/health/ready')).status, { timeout: 5_000 }).toBe(200)
    expect((await visitor.signIn('/')).status).toBe(200)
  })

  test('once known, it may go away and nobody who is in notices', async ({ house }) => {
    await alice.signIn('/')
    house.tenant.set({ down: true })
    expect((await alice.get('/')).status).toBe(200)
    expect((await alice.fetch('/health/ready')).status).toBe(200)
  })
})

describe('keys', () => {
  // Only the date is fake, because the library reads the system's clock to know how old its keys are.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())
  const later = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)

  async function signInTo(opened: House) {
    return (await callback(opened, await opened.visitor('alice', { signIn: false }))).status
  }

  test('are asked for once for many sign-ins, also as time goes by', async () => {
    await using fresh = await openHouse({ now: '2026-03-02T12:00:00Z' })
    for (const _each of [1, 2, 3]) {
      expect(await signInTo(fresh)).toBe(303)
      fresh.clock.advance({ seconds: 10 })
    }
    expect(fresh.tenant.calls.keys).toBe(1)
  })

  test.each(['add', 'replace'] as const)(
    'rolled (%s): learnt by itself, a minute after they were last asked for',
    async how => {
      await using fresh = await openHouse()
      expect(await signInTo(fresh)).toBe(303)
      await fresh.tenant.rollKeys(how)
      later(61)
      expect(await signInTo(fresh)).toBe(303)
      expect(fresh.tenant.calls.keys).toBe(2)
    },
  )

  test('that nobody knows are asked for at most once a minute', async () => {
    await using fresh = await openHouse({ tenant: { switches: { unknownKid: true } } })
    for (const _each of [1, 2, 3]) expect(await signInTo(fresh)).toBe(400)
    expect(fresh.tenant.calls.keys).toBe(1)
    later(59)
    expect(await signInTo(fresh)).toBe(400)
    expect(fresh.tenant.calls.keys).toBe(1)
    later(2)
    for (const _each of [1, 2, 3]) expect(await signInTo(fresh)).toBe(400)
    expect(fresh.tenant.calls.keys).toBe(2)
  })

  test('either of those published may sign', async ({ house }) => {
    house.tenant.set({ signWith: 1 })
    expect(await signInTo(house)).toBe(303)
  })
})
