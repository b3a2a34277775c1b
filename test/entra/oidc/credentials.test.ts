import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Certificate } from '../../../src/config/credential.ts'
import { callback } from '../../support/at-entra.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { type House, openHouse } from '../../support/house.ts'
import { eventsIn } from '../../support/stored.ts'

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-credentials-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
function written(text: string): string {
  const path = join(folder, String(files++))
  writeFileSync(path, text)
  return path
}

const signIn = async (house: House) => (await callback(house, await house.visitor('alice', { signIn: false }))).status
const past = () => new Date('2026-01-01T00:00:00Z')
const newer = 'newer-client-secret~0123456789'
const wrong = 'wrong-client-secret~9876543210'

describe('with two client secrets', () => {
  let house: House
  beforeAll(async () => {
    house = await openHouse({ settings: { ENTRA_CLIENT_SECRET: `${wrong},${newer}` } })
  })
  afterAll(() => house[Symbol.asyncDispose]())
  afterEach(() => {
    house.tenant.reset()
    house.logged.length = 0
  })
  const positions = (event: string) => eventsIn(house.logged, event).map(({ position, of }) => [position, of])

  test.each([
    ['is wrong', () => {}, 7000215],
    ['has expired', () => house.tenant.credentials.addSecret(wrong, past()), 7000222],
  ])(
    'the other is tried at once where the first %s, and the log says which one works',
    async (_what, spoil, aadsts) => {
      house.services.credentials.renew(house.config.entra.credential)
      spoil()
      house.tenant.credentials.addSecret(newer)
      expect(await signIn(house)).toBe(303)
      expect(eventsIn(house.logged, 'client-secret-refused')).toMatchObject([{ level: 40, position: 1, of: 2, aadsts }])
      expect(positions('client-secret-works')).toEqual([[2, 2]])
      expect(house.tenant.calls.tokenCode).toBe(2)
    },
  )

  test('the one that works is remembered: nobody waits for the other again', async () => {
    house.tenant.credentials.addSecret(newer)
    await signIn(house)
    house.tenant.calls.tokenCode = 0
    for (const _each of [1, 2, 3]) expect(await signIn(house)).toBe(303)
    expect(house.tenant.calls.tokenCode).toBe(3)
  })

  test('when that one fails in its turn, the first is tried again', async () => {
    house.tenant.credentials.addSecret(newer)
    await signIn(house)
    house.tenant.credentials.removeSecret(newer)
    house.tenant.credentials.addSecret(wrong)
    house.logged.length = 0
    expect(await signIn(house)).toBe(303)
    expect([positions('client-secret-refused'), positions('client-secret-works')]).toEqual([[[2, 2]], [[1, 2]]])
  })

  test('many at once are all signed in', async () => {
    house.services.credentials.renew(house.config.entra.credential)
    house.tenant.credentials.addSecret(newer)
    const visitors = await Promise.all(Array.from({ length: 8 }, () => house.visitor('alice', { signIn: false })))
    const answers = await Promise.all(visitors.map(visitor => visitor.signIn('/')))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(positions('client-secret-works')).toEqual([[2, 2]])
  })

  test('when both are refused the fault is ours, said once each however often it is tried', async () => {
    house.services.credentials.renew(house.config.entra.credential)
    for (const _each of [1, 2]) expect(await signIn(house)).toBe(503)
    expect(positions('client-secret-refused')).toEqual([
      [1, 2],
      [2, 2],
    ])
    expect(eventsIn(house.logged, 'problem')).toMatchObject([
      { code: 'sign-in-misconfigured' },
      { code: 'sign-in-misconfigured' },
    ])
  })

  test.each(['503', '54005', '7000218', 'malformed'] as const)('%s is no reason to try the other', async what => {
    house.tenant.credentials.addSecret(newer)
    await signIn(house)
    house.tenant.calls.tokenCode = 0
    house.tenant.set({ tokenError: { what } })
    await signIn(house)
    expect(house.tenant.calls.tokenCode).toBe(1)
  })

  test('the application’s own token and a refresh find the one that works too', async () => {
    house.tenant.credentials.addSecret(newer)
    const alice = await house.visitor('alice')
    house.services.credentials.renew(house.config.entra.credential)
    house.clock.advance({ minutes: 2 })
    expect((await alice.get('/')).status).toBe(200)
    expect(house.tenant.calls.tokenRefresh).toBe(2)
    house.services.credentials.renew(house.config.entra.credential)
    await expect(house.services.oidc.graphToken('https://graph.microsoft.com')).resolves.toBeDefined()
  })
})

const assertions: string[] = []
const realFetch = globalThis.fetch
/** Records the proofs with which the application authenticates. */
const listeningFetch: typeof fetch = (input, init) => {
  const assertion = init?.body instanceof URLSearchParams && init.body.get('client_assertion')
  if (assertion) assertions.push(assertion)
  return realFetch(input, init)
}
beforeAll(() => {
  globalThis.fetch = listeningFetch
})
afterAll(() => {
  globalThis.fetch = realFetch
})

/** Asks for each kind of token: at a sign-in, at a re-check, and for the application itself. */
async function useAll(house: House): Promise<void> {
  assertions.length = 0
  const alice = await house.visitor('alice')
  house.clock.advance({ minutes: 2 })
  expect((await alice.get('/')).status).toBe(200)
  await house.services.oidc.graphToken('https://graph.microsoft.com')
  expect(house.tenant.calls).toMatchObject({ tokenCode: 1, tokenRefresh: 1, tokenClient: 1 })
}

describe('with a certificate', () => {
  const made = makeCertificate()
  let house: House
  beforeAll(async () => {
    const settings = { ENTRA_CLIENT_SECRET: '', ENTRA_CLIENT_CERTIFICATE: made.key + made.certificate }
    house = await openHouse({ now: '2026-03-02T12:00:00Z', settings })
  })
  afterAll(() => house[Symbol.asyncDispose]())
  afterEach(() => house.tenant.reset())

  test('all tokens are to be had, with no secret anywhere', async () => {
    house.tenant.credentials.removeSecret(house.tenant.clientSecret)
    house.tenant.credentials.addCertificate(made.certificate)
    await useAll(house)
  })

  test('the assertion is what Entra documents, by our clock, and another each time', async () => {
    house.clock.set('2026-03-02T12:00:00Z')
    house.tenant.credentials.addCertificate(made.certificate)
    await house.visitor('ben')
    const [assertion = ''] = assertions.splice(0, assertions.length, '').slice(-1)
    const { thumbprint } = (house.config.entra.credential as { certificate: Certificate }).certificate
    const { clientId, origin, tenantId } = house.tenant
    const now = Date.parse('2026-03-02T12:00:00Z') / 1000
    const claims = decodeJwt(assertion)
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint })
    expect(claims).toMatchObject({
      aud: `${origin}/${tenantId}/oauth2/v2.0/token`,
      iss: clientId,
      sub: clientId,
      jti: expect.stringMatching(/^.{20,}$/),
    })
    for (const [name, expected] of Object.entries({ iat: now, nbf: now, exp: now + 300 }))
      expect(Math.abs(Number(claims[name]) - expected)).toBeLessThan(3)
    await house.visitor('ada')
    expect(decodeJwt(assertions.at(-1) ?? '').jti).not.toBe(claims.jti)
  })

  test('one that Entra does not know is our fault, and in the log with its number', async () => {
    expect(await signIn(house)).toBe(503)
    expect(eventsIn(house.logged, 'problem').at(-1)).toMatchObject({
      code: 'sign-in-misconfigured',
      error: { cause: { entra: { error: 'invalid_client', aadsts: [700027] } } },
    })
  })
})

describe('with the token of a workload identity', () => {
  const cluster = makeCertificate({ isNewKey: true })
  const record = { issuer: 'https://cluster.example/', subject: 'system:app', audience: 'api://AzureADTokenExchange' }
  const tokenOf = (jti: string) =>
    new SignJWT({ jti })
      .setProtectedHeader({ alg: 'RS256', kid: 'cluster' })
      .setIssuer(record.issuer)
      .setSubject(record.subject)
      .setAudience(record.audience)
      .setExpirationTime('1h')
      .sign(cluster.privateKey)
  const file = written('a token to come')
  let house: House
  beforeAll(async () => {
    house = await openHouse({ settings: { ENTRA_CLIENT_SECRET: '', ENTRA_FEDERATED_TOKEN_FILE: file } })
    house.tenant.credentials.trust({ ...record, publicKey: cluster.publicKey })
  })
  afterAll(() => house[Symbol.asyncDispose]())

  test('all tokens are to be had', async () => {
    writeFileSync(file, `${await tokenOf('first')}\n`)
    await useAll(house)
  })

  test('the file is read anew at each use: a new token there is used at once', async () => {
    for (const jti of ['second', 'third']) {
      writeFileSync(file, await tokenOf(jti))
      expect(await signIn(house)).toBe(303)
      expect(decodeJwt(assertions.at(-1) ?? '').jti).toBe(jti)
    }
  })

  test('a file that is gone is our fault, and back again it works', async () => {
    rmSync(file)
    expect(await signIn(house)).toBe(503)
    expect(eventsIn(house.logged, 'problem').at(-1)).toMatchObject({
      code: 'sign-in-misconfigured',
      error: { cause: { code: 'ENOENT' } },
    })
    writeFileSync(file, await tokenOf('fourth'))
    expect(await signIn(house)).toBe(303)
  })
})

describe('in a file that changes while the application runs', () => {
  /** A new secret is promised to be in use within ten seconds. */
  const taken = (house: House, times: number, event = 'secret-file-taken') =>
    expect.poll(() => eventsIn(house.logged, event).length, { timeout: 10_000 }).toBe(times)

  test('a new client secret is taken without a restart, and a file that is half written changes nothing', async () => {
    const file = written(wrong)
    await using house = await openHouse({ settings: { ENTRA_CLIENT_SECRET: '', ENTRA_CLIENT_SECRET_FILE: file } })
    house.tenant.credentials.addSecret(wrong)
    expect(await signIn(house)).toBe(303)
    for (const bad of ['short', '']) {
      writeFileSync(file, bad)
      await taken(house, bad === '' ? 2 : 1, 'secret-file-refused')
      expect(await signIn(house)).toBe(303)
    }
    house.tenant.credentials.removeSecret(wrong)
    house.tenant.credentials.addSecret(newer)
    writeFileSync(file, `${newer}\n`)
    await taken(house, 1)
    expect(await signIn(house)).toBe(303)
    expect(house.logged.join('\n')).not.toMatch(new RegExp(`${wrong}|${newer}`))
  })

  test('a file that is away for a while is said once, and what was in force stays so', async () => {
    const file = written(newer)
    await using house = await openHouse({ settings: { ENTRA_CLIENT_SECRET: '', ENTRA_CLIENT_SECRET_FILE: file } })
    house.tenant.credentials.addSecret(newer)
    rmSync(file)
    await taken(house, 1, 'secret-file-refused')
    expect(eventsIn(house.logged, 'secret-file-refused')).toMatchObject([
      { level: 50, name: 'ENTRA_CLIENT_SECRET', why: 'unreadable' },
    ])
    expect(await signIn(house)).toBe(303)
    writeFileSync(file, `${newer},${wrong}`)
    await taken(house, 1)
    expect(eventsIn(house.logged, 'secret-file-refused')).toHaveLength(1)
  })

  test('a new certificate is taken too', async () => {
    const [before, after] = [makeCertificate(), makeCertificate({ isNewKey: true })]
    const file = written(before.key + before.certificate)
    await using house = await openHouse({ settings: { ENTRA_CLIENT_SECRET: '', ENTRA_CLIENT_CERTIFICATE_FILE: file } })
    house.tenant.credentials.addCertificate(after.certificate)
    expect(await signIn(house)).toBe(503)
    writeFileSync(file, after.certificate + after.key)
    await taken(house, 1)
    expect(await signIn(house)).toBe(303)
  })
})
