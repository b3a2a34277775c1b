import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { openTenant } from '../open-tenant.ts'
import { claimsIn, membersOf, openBrowser, refresh, tokensOf } from '../sign-in/browser.ts'
import { appToken, callGraph, oidOf, personToken } from './kit.ts'

const { tenant, forward } = await openTenant()
const { access, administrators, staff } = tenant.groups
const me = '/me/checkMemberGroups'
const scopes = 'User.Read GroupMember.Read.All'

const check = (token: string, groupIds: unknown = [access], path = me) =>
  callGraph(tenant, path, { token, method: 'POST', body: { groupIds } })
const answerTo = async (token: string, groupIds?: string[]) => (await check(token, groupIds)).body.value

test('of the groups asked about it names those the person is in', async () => {
  const { body } = await check(await personToken(tenant, 'ada', scopes), [access, administrators, randomUUID(), staff])
  expect(body).toEqual({
    '@odata.context': `${tenant.graphBase}/$metadata#Collection(Edm.String)`,
    value: [access, administrators, staff],
  })
  expect(await answerTo(await personToken(tenant, 'ben', scopes))).toEqual([])
  expect(await answerTo(await personToken(tenant, 'mona', scopes))).toEqual([access])
})

test('membership through another group counts, though a token with assigned groups does not show it', async () => {
  tenant.set({ nestedMembers: ['oskar'] })
  const first = await tokensOf(tenant, 'oskar', { scope: `openid profile ${scopes}` })
  expect(await answerTo(first.body.access_token)).toEqual([access])
  expect(claimsIn(first)).not.toHaveProperty('groups')
  tenant.set({ groupMembershipClaims: 'SecurityGroup' })
  expect(claimsIn(await tokensOf(tenant, 'oskar')).groups).toContain(access)
})

test('it lags behind like the members, each way', async () => {
  tenant.set({ membersLagSeconds: 10 })
  const token = await personToken(tenant, 'ben', scopes)
  tenant.assign('ben', { minutes: 10, reason: 'quarterly report' })
  expect(await answerTo(token)).toEqual([])
  forward({ seconds: 10 })
  expect(await answerTo(token)).toEqual([access])
  tenant.end('ben')
  expect(await answerTo(token)).toEqual([access])
  forward({ seconds: 10 })
  expect(await answerTo(token)).toEqual([])
})

test.each([
  ['no list', 'x', 400],
  ['something that is no id', ['x'], 400],
  ['twenty ids', Array.from({ length: 20 }, randomUUID), 200],
  ['twenty-one ids', Array.from({ length: 21 }, randomUUID), 400],
])('asked about %s', async (_what, groupIds, status) => {
  expect((await check(await personToken(tenant, 'alice', scopes), groupIds)).status).toBe(status)
})

test.each([
  ['User.Read', 403],
  ['GroupMember.Read.All', 200],
  ['GroupMember.ReadBasic.All', 200],
  ['User.Read.All', 200],
  ['Directory.Read.All', 200],
  ['https://graph.microsoft.com/GroupMember.Read.All', 200],
  ['', 403],
])('a person’s token with the scope %s gets %d', async (scope, status) => {
  const reply = await check(await personToken(tenant, 'alice', scope))
  expect(reply.status).toBe(status)
  if (status === 403) expect(reply.body.error.code).toBe('Authorization_RequestDenied')
})

test.each([
  [['User.Read.All', 'GroupMember.Read.All'], 200],
  [['GroupMember.Read.All'], 403],
  [['User.Read.All'], 403],
])('the app with %j gets %d about somebody, and never has a me', async (permissions, status) => {
  const token = await appToken(tenant, permissions)
  const reply = await check(token, [access], `/users/${oidOf(tenant, 'alice')}/checkMemberGroups`)
  expect(reply.status).toBe(status)
  if (status === 200) expect(reply.body.value).toEqual([access])
  expect((await check(token)).status).toBe(400)
})

test('about others a person needs a second scope, and an unknown user is not found', async () => {
  const others = `/users/${oidOf(tenant, 'alice')}/checkMemberGroups`
  expect((await check(await personToken(tenant, 'ben', scopes), [access], others)).status).toBe(403)
  const token = await personToken(tenant, 'ben', `${scopes} User.ReadBasic.All`)
  expect((await check(token, [access], others)).body.value).toEqual([access])
  expect((await check(token, [access], '/users/alice@contoso.example/checkMemberGroups')).body.value).toEqual([access])
  expect((await check(token, [access], `/users/${randomUUID()}/checkMemberGroups`)).status).toBe(404)
})

test('a scope asked for at refresh is in the token, and what was not asked for then is not', async () => {
  const first = await tokensOf(tenant, 'alice')
  expect((await check(first.body.access_token)).status).toBe(403)
  const second = await refresh(tenant, first, { scope: 'openid offline_access GroupMember.Read.All' })
  expect(second.body.scope).toBe('openid GroupMember.Read.All')
  expect((await check(second.body.access_token)).status).toBe(200)
})

test('where consent is missing, asking fails and not asking gives a token without the scope', async () => {
  const first = await tokensOf(tenant, 'alice', { scope: `openid offline_access ${scopes}` })
  tenant.set({ consentMissing: ['GroupMember.Read.All'] })
  const asking = await refresh(tenant, first, { scope: scopes })
  expect(asking.body).toMatchObject({
    error: 'invalid_grant',
    suberror: 'consent_required',
    error_codes: [65001],
  })
  const silent = await refresh(tenant, first)
  expect(silent.body.scope).toBe('openid User.Read')
  expect((await check(silent.body.access_token)).status).toBe(403)
  expect((await check(first.body.access_token)).status).toBe(200)
})

test('where consent is missing a sign-in ends on a page, and without pages is consent_required', async () => {
  tenant.set({ consentMissing: ['GroupMember.Read.All'] })
  const browser = openBrowser(tenant)
  expect((await browser.signIn('alice', { scope: `openid ${scopes}` })).text).toContain('AADSTS90094')
  await browser.signIn('alice')
  const silent = await browser.authorize({ scope: `openid ${scopes}`, prompt: 'none' })
  expect(membersOf(silent)).toMatchObject({ error: 'consent_required' })
})
