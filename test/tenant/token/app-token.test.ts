import { expect, test } from 'vitest'
import { appToken, askAppToken, callGraph, graphScope, instancesOf } from '../graph/kit.ts'
import { openTenant } from '../open-tenant.ts'
import { callToken, refresh, tokensOf } from '../sign-in/browser.ts'

const { tenant, forward } = await openTenant()

test('the app gets an opaque token of its own, and nothing about a person', async () => {
  const { status, body } = await askAppToken(tenant)
  expect(status).toBe(200)
  expect(body).toEqual({
    token_type: 'Bearer',
    expires_in: 3599,
    ext_expires_in: 3599,
    access_token: expect.stringMatching(/^[\w-]+$/),
  })
})

test('the scope may name this tenant instead of Microsoft, and the secret may come in the header', async () => {
  expect((await askAppToken(tenant, { scope: `${tenant.origin}/.default` })).status).toBe(200)
  const secret = Buffer.from(`${tenant.clientId}:${encodeURIComponent(tenant.clientSecret)}`).toString('base64')
  const form = { client_id: undefined, client_secret: undefined }
  expect((await askAppToken(tenant, form, { authorization: `Basic ${secret}` })).status).toBe(200)
})

test.each([
  ['a wrong secret', { client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
  ['no secret', { client_secret: undefined }, 401, 'invalid_client', 7000218],
  ['another client', { client_id: '00000000-0000-4000-8000-000000000000' }, 400, 'unauthorized_client', 700016],
  ['a single permission', { scope: 'https://graph.microsoft.com/User.Read.All' }, 400, 'invalid_scope', 70011],
  ['another resource', { scope: 'https://vault.azure.net/.default' }, 400, 'invalid_scope', 70011],
  ['two resources', { scope: `${graphScope} openid` }, 400, 'invalid_scope', 70011],
  ['no scope', { scope: undefined }, 400, 'invalid_request', 900144],
] as const)('%s is refused in the words of Entra', async (_what, form, status, error, code) => {
  const reply = await askAppToken(tenant, form)
  expect([reply.status, reply.body.error, reply.body.error_codes]).toEqual([status, error, [code]])
})

test('the token stops at the second it expires', async () => {
  const token = await appToken(tenant)
  forward({ seconds: 3598 })
  expect((await callGraph(tenant, instancesOf(tenant), { token })).status).toBe(200)
  forward({ seconds: 1 })
  expect((await callGraph(tenant, instancesOf(tenant), { token })).status).toBe(401)
})

test('a permission granted or taken away counts from the next token on', async () => {
  const before = await appToken(tenant, [])
  const after = await appToken(tenant, ['PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup'])
  expect((await callGraph(tenant, instancesOf(tenant), { token: before })).status).toBe(403)
  expect((await callGraph(tenant, instancesOf(tenant), { token: after })).status).toBe(200)
})

test('a fault for the app alone leaves people alone, and one for refreshes leaves the app alone', async () => {
  const first = await tokensOf(tenant, 'alice')
  tenant.set({ tokenError: { what: '7000222', on: 'client' } })
  expect((await askAppToken(tenant)).body.error_codes).toEqual([7000222])
  expect((await refresh(tenant, first)).status).toBe(200)
  tenant.set({ tokenError: { what: '503', on: 'refresh' } })
  expect((await askAppToken(tenant)).status).toBe(200)
  tenant.set({ tokenError: { what: '503' } })
  expect((await askAppToken(tenant)).status).toBe(503)
})

test('token calls are counted by kind, and together', async () => {
  await refresh(tenant, await tokensOf(tenant, 'alice'))
  await askAppToken(tenant)
  await askAppToken(tenant)
  await callToken(tenant, {})
  expect(tenant.calls).toMatchObject({ token: 5, tokenCode: 1, tokenRefresh: 1, tokenClient: 2 })
})
