import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { startTenant } from '../../infra/tenant/start.ts'
import { askAppToken, callGraph } from './graph/kit.ts'
import { membersOf, openBrowser, redeem, refresh, tokensOf } from './sign-in/browser.ts'

const tenant = await startTenant()
afterEach(() => tenant.reset())
afterAll(() => tenant.close())

const openId = 'openid profile offline_access'
const graphId = '00000003-0000-0000-c000-000000000000'
const management = 'https://management.azure.com/user_impersonation'
const isMember = (token: string) =>
  callGraph(tenant, '/me/checkMemberGroups', { token, method: 'POST', body: { groupIds: [tenant.groups.access] } })

describe('a sign-in with OpenID scopes alone', () => {
  test('yields a token that Graph refuses, until a refresh names what Graph is to be asked', async () => {
    const first = await tokensOf(tenant, 'alice', { scope: openId })
    expect(first.body.scope).toBe('openid profile')
    expect((await isMember(first.body.access_token)).status).toBe(403)
    expect((await callGraph(tenant, '/me', { token: first.body.access_token })).status).toBe(403)
    const second = await refresh(tenant, first, { scope: `${openId} User.Read GroupMember.Read.All` })
    expect((await isMember(second.body.access_token)).status).toBe(200)
    const third = await refresh(tenant, second, { scope: openId })
    expect((await isMember(third.body.access_token)).status).toBe(403)
  })

  test('can be made to carry what was consented to, but never what was not', async () => {
    tenant.set({ extraScopes: ['User.Read', 'GroupMember.Read.All'] })
    const carrying = await tokensOf(tenant, 'alice', { scope: openId })
    expect((await isMember(carrying.body.access_token)).status).toBe(200)
    tenant.set({ consentMissing: ['GroupMember.Read.All'] })
    const without = await refresh(tenant, carrying, { scope: openId })
    expect(without.body.scope).toBe('openid profile User.Read')
    expect((await isMember(without.body.access_token)).status).toBe(403)
  })
})

test('a refresh that asks for less gets a token that may less, and no ID token without openid', async () => {
  const first = await tokensOf(tenant, 'alice', { scope: `${openId} User.Read GroupMember.Read.All` })
  const { body } = await refresh(tenant, first, { scope: 'User.Read' })
  expect(body).toMatchObject({ scope: 'User.Read' })
  expect(body).not.toHaveProperty('id_token')
  expect((await isMember(body.access_token)).status).toBe(403)
})

test.each([
  ['a scope that Graph does not have', { scope: `${openId} User.Raed` }, 'invalid_client', 650053],
  ['a resource that the directory does not have', { scope: `${openId} ${management}` }, 'invalid_resource', 500011],
  ['everything of Graph beside one scope of it', { scope: `${openId} .default User.Read` }, 'invalid_scope', 70011],
  ['a resource in a parameter', { resource: 'https://graph.microsoft.com' }, 'invalid_request', 901002],
] as const)('a sign-in that names %s goes back to the app as %j', async (_what, query, error, code) => {
  const members = membersOf(await openBrowser(tenant).authorize(query))
  expect(members).toMatchObject({ error, state: 'the-state' })
  expect(members.error_description).toContain(`AADSTS${code}`)
})

test.each([
  ['a scope that Graph does not have', { scope: 'User.Raed' }, 'invalid_client', 650053],
  ['two resources', { scope: `${openId} User.Read ${management}` }, 'invalid_scope', 28000],
  ['everything of Graph beside one scope of it', { scope: `.default User.Read` }, 'invalid_scope', 70011],
  ['a resource in a parameter', { resource: 'https://graph.microsoft.com' }, 'invalid_request', 901002],
] as const)('a token asked for with %s is refused', async (_what, form, error, code) => {
  const browser = openBrowser(tenant)
  const redeemed = await redeem(tenant, await browser.signIn('alice'), form)
  expect(redeemed.body).toMatchObject({ error, error_codes: [code] })
  const refreshed = await refresh(tenant, await tokensOf(tenant, 'alice'), form)
  expect(refreshed.body).toMatchObject({ error, error_codes: [code] })
})

test.each([
  'https://graph.microsoft.com/GroupMember.Read.All',
  `${graphId}/GroupMember.Read.All`,
  'groupmember.read.all',
  '.default',
  `${graphId}/.default`,
  'https://graph.microsoft.com/.default',
])('Graph takes the token of a person that was asked for as %s', async scope => {
  const { body } = await tokensOf(tenant, 'alice', { scope: `${openId} ${scope}` })
  expect((await isMember(body.access_token)).body.value).toEqual([tenant.groups.access])
})

test('the app may name Graph by its id, and itself in capitals', async () => {
  expect((await askAppToken(tenant, { scope: `${graphId}/.default` })).status).toBe(200)
  const named = { client_id: tenant.clientId.toUpperCase() }
  expect((await askAppToken(tenant, named)).status).toBe(200)
  const first = await tokensOf(tenant, 'alice')
  expect((await refresh(tenant, first, named)).status).toBe(200)
  const header = Buffer.from(`${named.client_id}:${encodeURIComponent(tenant.clientSecret)}`).toString('base64')
  const inHeader = { client_id: undefined, client_secret: undefined }
  expect((await askAppToken(tenant, inHeader, { authorization: `Basic ${header}` })).status).toBe(200)
})

test.each(['.default', 'https://vault.azure.net/.default', `${graphId}/.default User.Read`])(
  'the app itself gets nothing for %s',
  async scope => {
    expect((await askAppToken(tenant, { scope })).body).toMatchObject({ error: 'invalid_scope', error_codes: [70011] })
  },
)
