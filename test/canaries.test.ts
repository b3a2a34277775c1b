import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { SwitchesWish } from '../infra/tenant/switches/switches.ts'
import { createSeal } from '../src/session/sealing/seal.ts'
import { createMetrics } from '../src/web/entrance/metrics.ts'
import { sessionIdOf, wayBack, wayOut } from './support/at-entra.ts'
import { makeCertificate } from './support/certificate.ts'
import { type House, openHouse } from './support/house.ts'
import { startRedis } from './support/machine.ts'
import type { Answer, Visitor } from './support/visitor.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-canaries-'))
const redisPassword = 'canary-redis-password~0123456789'
const sessionSecrets = ['canary-session-secret-newer-0123456789', 'canary-session-secret-older-9876543210'] as const
const clientSecrets = ['canary-client-secret-first~01', 'canary-client-secret-second~02'] as const
const certificate = makeCertificate()
const cluster = makeCertificate({ isNewKey: true })
const trusted = { issuer: 'https://cluster.example/', subject: 'system:app', audience: 'api://AzureADTokenExchange' }
const tokenFile = join(folder, 'token')

let redis: Awaited<ReturnType<typeof startRedis>>
beforeAll(async () => {
  globalThis.fetch = listeningFetch
  redis = await startRedis({ args: ['--requirepass', redisPassword] })
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(trusted.issuer)
    .setSubject(trusted.subject)
    .setAudience(trusted.audience)
    .setExpirationTime('30 days')
    .sign(cluster.privateKey)
  writeFileSync(tokenFile, token)
  remember('federated assertion', token)
})
afterAll(async () => {
  globalThis.fetch = realFetch
  await redis.stop()
  rmSync(folder, { recursive: true })
})

/** Every secret there was, by its kind. */
const kinds = [
  'client secret',
  'certificate key',
  'session secret',
  'Redis password',
  'access token',
  'refresh token',
  'ID token',
  'code',
  'state',
  'verifier',
  'nonce',
  'cookie',
  'session id',
  'client assertion',
  'federated assertion',
] as const
const secrets = new Map<string, (typeof kinds)[number]>()
function remember(kind: (typeof kinds)[number], ...values: (string | null | undefined)[]): void {
  for (const value of values) if (value && value.length >= 12 && !secrets.has(value)) secrets.set(value, kind)
}
remember('client secret', ...clientSecrets)
remember('session secret', ...sessionSecrets)
remember('Redis password', redisPassword)
remember('certificate key', ...certificate.key.split('\n').filter(line => line.length > 40))

const realFetch = globalThis.fetch
/** Hears what the application and Entra say to each other. */
const listeningFetch: typeof fetch = async (input, init) => {
  const form = new URLSearchParams(init?.body instanceof URLSearchParams ? init.body : '')
  remember('code', form.get('code'))
  remember('verifier', form.get('code_verifier'))
  remember('client assertion', form.get('client_assertion'))
  const answer = await realFetch(input, init)
  const said = (await answer
    .clone()
    .json()
    .catch(() => ({}))) as Record<string, unknown>
  // A token's claims alone tell on people as well.
  for (const [name, kind] of [
    ['access_token', 'access token'],
    ['refresh_token', 'refresh token'],
    ['id_token', 'ID token'],
  ] as const)
    if (typeof said[name] === 'string') remember(kind, said[name], ...said[name].split('.').slice(1))
  return answer
}

const found = (text: string) => [...secrets].filter(([secret]) => text.includes(secret)).map(([, kind]) => kind)

const allPermissions = [
  'PrivilegedAssignmentSchedule.Read.AzureADGroup',
  'GroupMember.Read.All',
  'Application.Read.All',
]

type Way = { name: string; settings: Record<string, string>; prepare: (house: House) => void }
const ways: Way[] = [
  {
    name: 'two client secrets, of which the first has expired',
    settings: { ENTRA_CLIENT_SECRET: clientSecrets.join() },
    prepare: ({ tenant: { credentials } }) => {
      credentials.addSecret(clientSecrets[0], new Date('2026-01-01T00:00:00Z'))
      credentials.addSecret(clientSecrets[1])
    },
  },
  {
    name: 'a certificate',
    settings: { ENTRA_CLIENT_SECRET: '', ENTRA_CLIENT_CERTIFICATE: certificate.key + certificate.certificate },
    prepare: ({ tenant }) => tenant.credentials.addCertificate(certificate.certificate),
  },
  {
    name: 'the token of a workload identity',
    settings: { ENTRA_CLIENT_SECRET: '', ENTRA_FEDERATED_TOKEN_FILE: tokenFile },
    prepare: ({ tenant }) => tenant.credentials.trust({ ...trusted, publicKey: cluster.publicKey }),
  },
]

describe.each(ways)('with $name', ({ name, settings, prepare }) => {
  const isFirst = name === ways[0]?.name
  let house: House
  let scrape: () => Promise<string>
  let close: () => void
  const pages: string[] = []
  beforeAll(async () => {
    house = await openHouse({
      redisUrl: `redis://:${redisPassword}@127.0.0.1:${redis.port}`,
      settings: {
        METRICS_PORT: '9464',
        MEMBERSHIP_ROSTER: 'on',
        PIM_SELF_SERVICE: 'on',
        SESSION_SECRET: sessionSecrets.join(),
        ...settings,
      },
    })
    prepare(house)
    const server = createMetrics(house.services)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    scrape = async () => (await realFetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`)).text()
    close = () => {
      server.close()
      server.closeAllConnections()
    }
  })
  afterAll(async () => {
    close()
    await house[Symbol.asyncDispose]()
  })

  /** The content that people and scripts see. The addresses they are sent to, and their cookies, must hold secrets. */
  function seen(answer: Answer): Answer {
    const { location: _there, 'set-cookie': _cookies, ...headers } = answer.headers
    pages.push(answer.text + JSON.stringify(headers))
    return answer
  }
  /** Goes to Entra and back up to the callback, and remembers all that a browser sees on the way. */
  async function comeBack(visitor: Visitor): Promise<URL> {
    const out = await wayOut(visitor)
    remember('state', out.searchParams.get('state'))
    remember('nonce', out.searchParams.get('nonce'))
    for (const [name, value] of visitor.cookies()) {
      remember('cookie', value, decodeURIComponent(value))
      const opened = createSeal(house.config.session.secrets).open(value, name)
      if (typeof opened === 'object') remember('verifier', JSON.parse(opened.text).attempt.verifier)
    }
    const back = await wayBack(house, visitor, out)
    remember('code', back.searchParams.get('code'))
    return back
  }
  async function finish(visitor: Visitor, back: URL): Promise<Answer> {
    const answer = seen(await visitor.get(back.href))
    const cookie = visitor.cookies().get('gatehouse')
    if (cookie) remember('cookie', cookie, decodeURIComponent(cookie))
    remember('session id', sessionIdOf(visitor))
    return answer
  }
  const someone = async (key = 'alice') => house.visitor(key, { signIn: false })
  async function signedIn(key = 'alice'): Promise<Visitor> {
    const visitor = await someone(key)
    expect((await finish(visitor, await comeBack(visitor))).status).toBe(303)
    return visitor
  }
  /** A re-check, in the middle of which something happens; as a page and for a script. */
  async function recheck(visitor: Visitor): Promise<void> {
    house.clock.advance({ minutes: 2 })
    seen(await visitor.get('/'))
    seen(await visitor.fetch('/'))
  }
  afterEach(async () => {
    const { switches, credentials } = house.tenant
    house.tenant.set({ lie: {}, down: false, graphDown: false, disabled: [], appPermissions: allPermissions })
    for (const name of ['tokenError', 'graphError'] as const) delete switches[name]
    credentials.removeSecret(house.tenant.clientSecret)
    const places = {
      log: house.logged.splice(0).join('\n'),
      pages: pages.splice(0).join('\n'),
      metrics: await scrape(),
    }
    expect(Object.entries(places).map(([place, text]) => [place, found(text)])).toEqual([
      ['log', []],
      ['pages', []],
      ['metrics', []],
    ])
  })

  test('all goes well', async () => {
    const alice = await signedIn()
    for (const path of ['/', '/sessions', '/access']) seen(await alice.get(path))
    await alice.get(`/?code=${sessionIdOf(alice)}`)
    await recheck(alice)
    seen(await alice.post('/auth/sign-out'))
  })

  const faults: [string, SwitchesWish][] = [
    ...(
      [
        '7000215',
        '7000222',
        '700027',
        '500133',
        '7000218',
        '54005',
        '50076',
        '53003',
        '50173',
        '429',
        '500',
        'malformed',
        'cut',
      ] as const
    ).map((what): [string, SwitchesWish] => [`the token endpoint says ${what}`, { tokenError: { what } }]),
    ...(
      [
        { alg: 'none' },
        { badSignature: true },
        { nonce: 'another-nonce' },
        { oid: 'x' },
        { iss: 'https://x.example' },
        { exp: 1 },
      ] as const
    ).map((lie): [string, SwitchesWish] => [`the token lies: ${JSON.stringify(lie)}`, { lie }]),
    ...(['401', 'claims-challenge', '403', '500', 'html', 'empty-object', 'cut'] as const).map(
      (what): [string, SwitchesWish] => [`Graph answers ${what}`, { graphError: { what } }],
    ),
    ['Entra is down', { down: true }],
    ['Graph is down', { graphDown: true }],
    ['the person is disabled', { disabled: ['ada'] }],
    ['the application may not read its own record', { appPermissions: [] }],
  ]
  // One credential is enough for the cases that do not depend on it.
  const ofTheProof = /(token endpoint says (7000218|700027|500133|malformed|cut))|Entra is down/
  test.each(faults.filter(([what]) => isFirst || ofTheProof.test(what)))('%s', async (_what, wish) => {
    const ada = await signedIn('ada')
    const alice = await someone()
    const back = await comeBack(alice)
    house.tenant.set(wish)
    await finish(alice, back)
    await recheck(ada)
    seen(await ada.get('/access'))
    await house.services.expiry.look()
    await house.services.oidc.graphToken('https://graph.microsoft.com').catch(() => {})
  })

  test('the credential itself is not taken', async () => {
    const ada = await signedIn('ada')
    const alice = await someone()
    const back = await comeBack(alice)
    const { applications, clientId } = house.tenant
    const { passwordCredentials = [], keyCredentials = [] } = applications.registered(clientId) ?? {}
    const trusted = applications.federated.all()
    applications.change(clientId, { passwordCredentials: [], keyCredentials: [] })
    for (const { id } of trusted) applications.federated.remove(id)
    expect((await finish(alice, back)).status).toBe(503)
    await recheck(ada)
    applications.change(clientId, { passwordCredentials, keyCredentials })
    for (const row of trusted) applications.federated.put(row)
  })

  test('the callback is repeated, forged or spoilt', async () => {
    const alice = await someone()
    const back = await comeBack(alice)
    seen(await (await someone('ben')).get(back.href))
    const twice = new URL(back)
    twice.searchParams.append('code', twice.searchParams.get('code') ?? '')
    seen(await alice.get(twice.href))
    await finish(alice, back)
    seen(await alice.get(back.href))
    seen(await alice.fetch(back.href))
  })

  test('what is kept in Redis is spoilt', async () => {
    const alice = await signedIn()
    for (const kind of ['tokens', 'session']) {
      const key = `${house.prefix}${kind}:${sessionIdOf(alice)}`
      await house.redis.set(key, (await house.redis.get(key))?.slice(0, -4) ?? '')
      await recheck(alice)
    }
  })
})

test('every kind of secret was there to be found', () => {
  expect([...new Set(secrets.values())].toSorted()).toEqual([...kinds].toSorted())
})

test('the search would have found each canary', () => {
  const oneOfEach = new Map([...secrets].map(([secret, kind]) => [kind, secret]))
  for (const [kind, secret] of oneOfEach) expect(found(`{"path":"/x/${secret}"}`)).toContain(kind)
})

// The last one: it takes Redis away for good.
test('with Redis gone nothing is told either', async () => {
  await using house = await openHouse({
    redisUrl: `redis://:${redisPassword}@127.0.0.1:${redis.port}`,
    settings: { SESSION_SECRET: sessionSecrets.join() },
  })
  const alice = await house.visitor('alice')
  const late = await house.visitor('ada', { signIn: false })
  const back = await wayBack(house, late)
  remember('code', back.searchParams.get('code'))
  remember('cookie', alice.cookies().get('gatehouse'))
  remember('session id', sessionIdOf(alice))
  await redis.stop()
  await expect.poll(async () => (await alice.get('/')).status).toBe(503)
  const answers = [await alice.post('/auth/sign-out'), await late.get(back.href), await alice.fetch('/')]
  expect(answers.map(({ status }) => status)).toEqual([503, 503, 503])
  expect(found(house.logged.join('\n'))).toEqual([])
  expect(found(answers.map(({ text }) => text).join('\n'))).toEqual([])
})

test('with a password that Redis does not take, it is not told', async () => {
  const locked = await startRedis({ args: ['--requirepass', 'another-password'] })
  await using house = await openHouse({ redisUrl: `redis://:${redisPassword}@127.0.0.1:${locked.port}` })
  await expect.poll(() => house.logged.join('\n')).toContain('redis-away')
  const answer = await (await house.visitor('alice', { signIn: false })).get('/auth/callback?code=x&state=y')
  expect(found(house.logged.join('\n') + answer.text)).toEqual([])
  await locked.stop()
})
