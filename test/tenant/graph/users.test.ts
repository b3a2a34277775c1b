import { describe, expect, test } from 'vitest'
import { openTenant } from '../open-tenant.ts'
import { callGraph, keysIn, oidOf, personToken } from './kit.ts'

const { tenant } = await openTenant()
const eventual = { consistencylevel: 'eventual' }

async function users(query: Record<string, string>, { headers = {}, scope = 'User.ReadBasic.All' } = {}) {
  const token = await personToken(tenant, 'ada', scope)
  return callGraph(tenant, `/users?${new URLSearchParams(query)}`, { token, headers })
}
const found = async (query: Record<string, string>, headers = {}) =>
  keysIn(tenant, (await users(query, { headers })).body.value)

describe('the list of people', () => {
  test('is searched for the beginnings of words of a name, and of an address', async () => {
    expect(await found({ $search: '"displayName:oka be"' }, eventual)).toEqual(['ben'])
    expect(await found({ $search: '"displayName:ben" OR "userPrincipalName:lena@"' }, eventual)).toEqual([
      'ben',
      'lena',
    ])
    expect(await found({ $search: '"displayName:kafor"' }, eventual)).toEqual([])
  })

  test('takes filters that compare, that name several, and that ask for a beginning', async () => {
    expect(await found({ $filter: "userPrincipalName eq 'BEN@contoso.example' or mail eq 'x'" })).toEqual(['ben'])
    expect(await found({ $filter: `id in ('${oidOf(tenant, 'ben')}','${oidOf(tenant, 'mona')}')` })).toEqual([
      'ben',
      'mona',
    ])
    expect(await found({ $filter: "startswith(displayName,'Le')" })).toEqual(['lena'])
    expect(await found({ $filter: "mail eq 'guido.ferrante@fabrikam.example'" })).toEqual(['guido'])
  })

  test('keeps a joint within quotes, and a quote within a value, in the value', async () => {
    tenant.set({ displayNames: { oskar: "O'Neill or Brandt" } })
    expect(await found({ $filter: "displayName eq 'O''Neill or Brandt'" })).toEqual(['oskar'])
  })

  test.each([
    ['a search without the header', { $search: '"displayName:ben"' }, {}],
    ['a search without a property', { $search: 'ben' }, eventual],
    ['a search of a property that cannot be searched', { $search: '"city:ben"' }, eventual],
    ['a filter of another operator', { $filter: "displayName ne 'Ben'" }, {}],
    ['a filter that mixes joints', { $filter: "mail eq 'a' or mail eq 'b' and id eq 'c'" }, {}],
    ['a filter on an unknown property', { $filter: "city eq 'Bonn'" }, {}],
    ['a skip', { $skip: '5' }, {}],
  ])('refuses %s', async (_what, query, headers) => {
    const { status, body } = await users(query as Record<string, string>, { headers })
    expect([status, body.error.code]).toEqual([400, 'Request_UnsupportedQuery'])
  })

  test('is not for everybody', async () => {
    expect((await users({ $filter: "mail eq 'x'" }, { scope: 'User.Read' })).status).toBe(403)
  })
})
