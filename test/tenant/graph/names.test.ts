import { afterAll, afterEach, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { appToken, callGraph, oidOf, personToken } from './kit.ts'

const tenant = await startTenant()
afterEach(() => tenant.reset())
afterAll(() => tenant.close())
const lena = `/users/${oidOf(tenant, 'lena')}`
const ben = `/users/${oidOf(tenant, 'ben')}`
const group = `/groups/${tenant.groups.access}`
const nobody = '/users/00000000-0000-4000-8000-000000000000'
const asBen = (scopes: string) => () => personToken(tenant, 'ben', scopes)
const asApp = (permission: string) => () => appToken(tenant, [permission])

test.each([
  ['oneself', '/me', asBen('User.Read'), 200],
  ['oneself without the scope', '/me', asBen('GroupMember.Read.All'), 403],
  ['the app itself', '/me', asApp('User.Read.All'), 400],
  ['oneself by id', ben, asBen('User.Read'), 200],
  ['somebody', lena, asBen('User.ReadBasic.All'), 200],
  ['somebody by name', '/users/lena@contoso.example', asBen('User.ReadBasic.All'), 200],
  ['somebody without the scope', lena, asBen('User.Read'), 403],
  ['somebody, by the app', lena, asApp('User.Read.All'), 200],
  ['nobody', nobody, asBen('User.ReadBasic.All'), 404],
  ['a group', group, asBen('GroupMember.Read.All'), 200],
  ['a group without the scope', group, asBen('User.ReadBasic.All'), 403],
  ['no group', '/groups/00000000-0000-4000-8000-000000000000', asApp('Group.Read.All'), 404],
] as const)('%s (%s) is answered', async (_who, path, token, status) => {
  expect((await callGraph(tenant, path, { token: await token() })).status).toBe(status)
})

test('no more is told than was asked for', async () => {
  const token = await personToken(tenant, 'ben', 'User.ReadBasic.All GroupMember.Read.All')
  const { body } = await callGraph(tenant, `${lena}?$select=displayName,userPrincipalName`, { token })
  const context = `${tenant.graphBase}/$metadata#users/$entity`
  expect(body).toEqual({
    '@odata.context': context,
    displayName: 'Lena Fischer',
    userPrincipalName: 'lena@contoso.example',
  })
  const { displayName } = (await callGraph(tenant, `${group}?$select=displayName`, { token })).body
  expect(displayName).toBe('Payments administrators')
})
