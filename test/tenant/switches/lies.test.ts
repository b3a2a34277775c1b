import { createPublicKey, verify } from 'node:crypto'
import { afterAll, afterEach, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { claimsIn, headerIn, type Reply, tokensOf } from '../sign-in/browser.ts'

const tenant = await startTenant()
afterEach(() => tenant.reset())
afterAll(() => tenant.close())

async function publishedKeys() {
  const response = await fetch(`${tenant.origin}/${tenant.tenantId}/discovery/v2.0/keys`)
  return ((await response.json()) as { keys: { kid: string; kty: string; n: string; e: string }[] }).keys
}

async function signatureHolds(reply: Reply): Promise<boolean> {
  const jwk = (await publishedKeys()).find(({ kid }) => kid === headerIn(reply).kid)
  if (!jwk) return false
  const [header, claims, signature = ''] = reply.body.id_token.split('.')
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  return verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))
}

test('by default the signature holds under a published key', async () => {
  expect(await signatureHolds(await tokensOf(tenant, 'alice'))).toBe(true)
})

test('either published key can sign', async () => {
  tenant.set({ signWith: 1 })
  const reply = await tokensOf(tenant, 'alice')
  expect(headerIn(reply).kid).toBe((await publishedKeys())[1]?.kid)
  expect(await signatureHolds(reply)).toBe(true)
})

test('a signature can be broken, and a key can be one nobody knows', async () => {
  tenant.set({ lie: { badSignature: true } })
  expect(await signatureHolds(await tokensOf(tenant, 'alice'))).toBe(false)
  tenant.set({ lie: {}, unknownKid: true })
  const kids = (await publishedKeys()).map(({ kid }) => kid)
  expect(kids).not.toContain(headerIn(await tokensOf(tenant, 'alice')).kid)
})

test.each(['HS256', 'PS256', 'none'] as const)('the algorithm can be %s', async alg => {
  tenant.set({ lie: { alg } })
  expect(headerIn(await tokensOf(tenant, 'alice')).alg).toBe(alg)
})

test.each(['iss', 'aud', 'azp', 'nonce', 'tid', 'oid', 'sub', 'exp', 'iat', 'nbf', 'groups'])(
  'the claim %s can be another one',
  async name => {
    tenant.set({ lie: { [name]: 'a lie' } })
    expect(claimsIn(await tokensOf(tenant, 'alice'))[name]).toBe('a lie')
  },
)

test('claims can be left out and added', async () => {
  tenant.set({ lie: { omit: ['oid'], extra: { wids: ['x'] } } })
  const claims = claimsIn(await tokensOf(tenant, 'alice'))
  expect(claims).not.toHaveProperty('oid')
  expect(claims.wids).toEqual(['x'])
})

test.each(['at+jwt', 7])('the header can say that it is a token of another kind: %j', async typ => {
  tenant.set({ lie: { typ } })
  const reply = await tokensOf(tenant, 'alice')
  expect(headerIn(reply).typ).toBe(typ)
  expect(claimsIn(reply)).not.toHaveProperty('typ')
  expect(await signatureHolds(reply)).toBe(true)
})

test('the header can leave out what kind of token it is', async () => {
  tenant.set({ lie: { typ: null } })
  expect(headerIn(await tokensOf(tenant, 'alice'))).not.toHaveProperty('typ')
})
