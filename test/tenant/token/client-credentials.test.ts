import { createHash, randomUUID, X509Certificate } from 'node:crypto'
import { type JWTHeaderParameters, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { makeCertificate } from '../../support/certificate.ts'
import { appToken, askAppToken, callGraph } from '../graph/kit.ts'
import { openTenant } from '../open-tenant.ts'
import { refresh, tokensOf } from '../sign-in/browser.ts'

const { tenant, clock, forward } = await openTenant()

const second = 'second-secret~0123456789'
const codeOf = async (form: Parameters<typeof askAppToken>[1]) => {
  const { status, body } = await askAppToken(tenant, form)
  return status === 200 ? 'good' : body.error_codes[0]
}

describe('of several client secrets', () => {
  test('each is taken', async () => {
    tenant.credentials.addSecret(second)
    expect(await codeOf({})).toBe('good')
    expect(await codeOf({ client_secret: second })).toBe('good')
  })

  test('one that has expired is refused as such, at the second, and the other goes on', async () => {
    tenant.credentials.addSecret(second, new Date('2026-03-02T12:00:10Z'))
    forward({ seconds: 9 })
    expect(await codeOf({ client_secret: second })).toBe('good')
    forward({ seconds: 1 })
    expect(await codeOf({ client_secret: second })).toBe(7000222)
    expect(await codeOf({})).toBe('good')
  })

  test('one that was taken away is refused as wrong, the first one too', async () => {
    tenant.credentials.addSecret(second)
    tenant.credentials.removeSecret(tenant.clientSecret)
    expect(await codeOf({})).toBe(7000215)
    expect(await codeOf({ client_secret: second })).toBe('good')
  })

  test('the control surface adds, ends and removes them', async () => {
    const post = (path: string, body: object) =>
      fetch(`${tenant.origin}/control/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    await post('add-secret', { value: second })
    await post('add-secret', { value: tenant.clientSecret, until: '2026-03-02T11:00:00Z' })
    expect([await codeOf({}), await codeOf({ client_secret: second })]).toEqual([7000222, 'good'])
    await post('remove-secret', { value: second })
    expect(await codeOf({ client_secret: second })).toBe(7000215)
  })
})

const made = makeCertificate()
const thumbprint = createHash('sha256').update(new X509Certificate(made.certificate).raw).digest('base64url')
const tokenUrl = `${tenant.origin}/${tenant.tenantId}/oauth2/v2.0/token`
const seconds = () => Math.floor(clock().getTime() / 1000)
type Wish = { header?: Partial<JWTHeaderParameters>; claims?: Record<string, unknown>; key?: typeof made.privateKey }

async function assertionOf({
  header = {},
  claims = {},
  key = made.privateKey,
}: Wish = {}): Promise<Record<string, string | undefined>> {
  const now = seconds()
  const said = {
    aud: tokenUrl,
    iss: tenant.clientId,
    sub: tenant.clientId,
    jti: randomUUID(),
    nbf: now,
    exp: now + 300,
  }
  const assertion = await new SignJWT({ ...said, ...claims })
    .setProtectedHeader({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint, ...header })
    .sign(key)
  return {
    client_secret: undefined,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  }
}

describe('an assertion signed with a registered certificate', () => {
  test.each(['PS256', 'RS256'])('is taken with %s', async alg => {
    tenant.credentials.addCertificate(made.certificate)
    expect(await codeOf(await assertionOf({ header: { alg } }))).toBe('good')
  })

  test('serves where a secret does: for codes and refresh tokens too', async () => {
    tenant.credentials.addCertificate(made.certificate)
    const tokens = await tokensOf(tenant, 'alice')
    expect((await refresh(tenant, tokens, await assertionOf())).status).toBe(200)
  })

  test.each<[string, () => Wish, number]>([
    [
      'for another audience, the issuer',
      () => ({ claims: { aud: `${tenant.origin}/${tenant.tenantId}/v2.0` } }),
      50012,
    ],
    ['that has run out', () => ({ claims: { exp: seconds() - 301 } }), 500133],
    ['that is not good yet', () => ({ claims: { nbf: seconds() + 301 } }), 500133],
    ['without an id', () => ({ claims: { jti: undefined } }), 50013],
    ['about another app', () => ({ claims: { sub: randomUUID() } }), 50013],
    ['that names another certificate', () => ({ header: { 'x5t#S256': 'x'.repeat(43) } }), 700027],
    ['that names none', () => ({ header: { 'x5t#S256': undefined as never } }), 700027],
    ['signed with another key', () => ({ key: makeCertificate({ isNewKey: true }).privateKey }), 700027],
    ['signed in another way', () => ({ header: { alg: 'PS384' } }), 700027],
  ])('%s is refused', async (_what, wish, code) => {
    tenant.credentials.addCertificate(made.certificate)
    expect(await codeOf(await assertionOf(wish()))).toBe(code)
  })

  test('is refused when its certificate is not registered, or has run out', async () => {
    expect(await codeOf(await assertionOf())).toBe(700027)
    const old = makeCertificate({ until: new Date('2026-03-01T00:00:00Z') })
    tenant.credentials.addCertificate(old.certificate)
    const x5t = createHash('sha256').update(new X509Certificate(old.certificate).raw).digest('base64url')
    expect(await codeOf(await assertionOf({ header: { 'x5t#S256': x5t } }))).toBe(700027)
  })

  test('is no assertion without its type, and none when it is no token', async () => {
    const form = await assertionOf()
    expect(await codeOf({ ...form, client_assertion_type: 'saml' })).toBe(900144)
    expect(await codeOf({ ...form, client_assertion: 'x' })).toBe(50013)
  })
})

describe('a token of somebody whom the app trusts', () => {
  const record = { issuer: 'https://cluster.example/', subject: 'system:app', audience: 'api://AzureADTokenExchange' }
  const said = { iss: record.issuer, sub: record.subject, aud: record.audience }

  test.each<[string, object, string | number]>([
    ['as registered', {}, 'good'],
    ['of another issuer', { iss: 'https://cluster.example' }, 700211],
    ['of another subject', { sub: 'system:App' }, 70021],
    ['for another audience', { aud: 'api://azureadtokenexchange' }, 70021],
    ['whose audience is a list, as Kubernetes writes it', { aud: [record.audience] }, 'good'],
    ['for a list of other audiences', { aud: ['https://kubernetes.default.svc'] }, 70021],
    ['that has run out', { exp: 1 }, 500133],
  ])('%s', async (_what, claims, expected) => {
    tenant.credentials.trust({ ...record, publicKey: made.publicKey })
    expect(await codeOf(await assertionOf({ header: { alg: 'RS256' }, claims: { ...said, ...claims } }))).toBe(expected)
  })

  test('that matches no record is the fault of the client, and said so', async () => {
    const form = await assertionOf({ header: { alg: 'RS256' }, claims: said })
    expect((await askAppToken(tenant, form)).body).toMatchObject({ error: 'invalid_client', error_codes: [700211] })
  })
})

describe("Graph's record of the app", () => {
  const path = `/applications(appId='${tenant.clientId}')`
  const ask = async (permissions: string[], at = path) =>
    callGraph(tenant, at, { token: await appToken(tenant, permissions) })

  test('names secrets and certificates with their ends, of a secret three letters', async () => {
    tenant.credentials.addCertificate(made.certificate)
    const { body } = await ask(['Application.Read.All'], `${path}?$select=passwordCredentials,keyCredentials`)
    expect(body).toMatchObject({
      passwordCredentials: [{ hint: tenant.clientSecret.slice(0, 3), endDateTime: '2028-03-01T12:00:00.000Z' }],
      keyCredentials: [{ type: 'AsymmetricX509Cert', endDateTime: '2046-01-01T00:00:00.000Z' }],
    })
    expect(JSON.stringify(body)).not.toContain(tenant.clientSecret)
    expect(body.displayName).toBeUndefined()
  })

  test('is for those who may read it, and there is no other', async () => {
    expect((await ask(['GroupMember.Read.All'])).status).toBe(403)
    expect((await ask(['Application.Read.All'], `/applications(appId='${randomUUID()}')`)).status).toBe(404)
  })
})
