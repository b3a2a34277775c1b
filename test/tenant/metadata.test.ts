import { afterAll, afterEach, expect, test } from 'vitest'
import { startTenant } from '../../infra/tenant/start.ts'

const tenant = await startTenant()
afterEach(() => tenant.reset())
afterAll(() => tenant.close())

const metadataUrl = `${tenant.origin}/${tenant.tenantId}/v2.0/.well-known/openid-configuration`
// biome-ignore lint/suspicious/noExplicitAny: read as it comes
const json = async (url: string): Promise<any> => (await fetch(url)).json()

test('the discovery document has the members Entra publishes and no others', async () => {
  expect(Object.keys(await json(metadataUrl))).toEqual([
    'token_endpoint',
    'token_endpoint_auth_methods_supported',
    'jwks_uri',
    'response_modes_supported',
    'subject_types_supported',
    'id_token_signing_alg_values_supported',
    'response_types_supported',
    'scopes_supported',
    'issuer',
    'request_uri_parameter_supported',
    'userinfo_endpoint',
    'authorization_endpoint',
    'device_authorization_endpoint',
    'http_logout_supported',
    'frontchannel_logout_supported',
    'end_session_endpoint',
    'claims_supported',
    'kerberos_endpoint',
    'tenant_region_scope',
    'cloud_instance_name',
    'cloud_graph_host_name',
    'msgraph_host',
    'rbac_url',
  ])
})

test('the issuer is the address an app configures, with the tenant id', async () => {
  expect((await json(metadataUrl)).issuer).toBe(`${tenant.origin}/${tenant.tenantId}/v2.0`)
})

test('endpoints and keys lie on the two path families of the v2.0 endpoint', async () => {
  const { authorization_endpoint, token_endpoint, end_session_endpoint, jwks_uri } = await json(metadataUrl)
  const oauth = `${tenant.origin}/${tenant.tenantId}/oauth2/v2.0`
  expect([authorization_endpoint, token_endpoint, end_session_endpoint]).toEqual([
    `${oauth}/authorize`,
    `${oauth}/token`,
    `${oauth}/logout`,
  ])
  expect(jwks_uri).toBe(`${tenant.origin}/${tenant.tenantId}/discovery/v2.0/keys`)
})

test('there is more than one key, each named by a thumbprint, without an algorithm, with its issuer', async () => {
  const { keys } = await json((await json(metadataUrl)).jwks_uri)
  expect(keys.length).toBeGreaterThan(1)
  for (const key of keys) {
    expect(key).toMatchObject({ kty: 'RSA', use: 'sig', e: 'AQAB', x5t: key.kid })
    expect(key.issuer).toBe(`${tenant.origin}/${tenant.tenantId}/v2.0`)
    expect(key.kid).toMatch(/^[\w-]{27}$/)
    expect(Object.keys(key)).not.toContain('alg')
  }
})

test('rolling adds a key beside the old ones, or replaces them all', async () => {
  const url = (await json(metadataUrl)).jwks_uri
  const kids = async () => (await json(url)).keys.map(({ kid }: { kid: string }) => kid)
  const before = await kids()
  await tenant.rollKeys('add')
  const added = await kids()
  expect(added.slice(1)).toEqual(before)
  await tenant.rollKeys('replace')
  expect((await kids()).filter((kid: string) => added.includes(kid))).toEqual([])
})

test('another tenant in the path is unknown', async () => {
  const other = `${tenant.origin}/11111111-2222-4333-8444-555555555555`
  const response = await fetch(`${other}/v2.0/.well-known/openid-configuration`)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: 'invalid_tenant', error_codes: [90002] })
  const page = await fetch(`${other}/oauth2/v2.0/authorize`)
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('AADSTS90002')])
})

test('the document can lie about its issuer, its endpoints and its members', async () => {
  tenant.set({
    discoveryLie: {
      issuer: 'https://elsewhere.example',
      endpointsOrigin: 'https://evil.example',
      omit: ['rbac_url'],
      extra: { more: 1 },
    },
  })
  const document = await json(metadataUrl)
  expect(document).toMatchObject({ issuer: 'https://elsewhere.example', more: 1 })
  expect(document.token_endpoint).toMatch(/^https:\/\/evil\.example\//)
  expect(document).not.toHaveProperty('rbac_url')
})

test('the document can be broken or answered with an error', async () => {
  tenant.set({ discoveryLie: { invalidJson: true } })
  await expect(json(metadataUrl)).rejects.toThrow(SyntaxError)
  tenant.set({ discoveryLie: { status: 500 } })
  expect((await fetch(metadataUrl)).status).toBe(500)
})

test('calls are counted by endpoint', async () => {
  await json(metadataUrl)
  await json((await json(metadataUrl)).jwks_uri)
  expect(tenant.calls).toMatchObject({ discovery: 2, keys: 1, authorize: 0, token: 0, logout: 0 })
})
