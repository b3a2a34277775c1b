import { describe, expect, test } from 'vitest'
import { createPeopleSearch } from '../../../src/entra/directory/people-search.ts'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'

const id = '0d92f7b4-51c3-4e8f-a7d6-3b9c1e5f8a42'
const row = { id: id.toUpperCase(), displayName: 'Ben Okafor', userPrincipalName: 'ben@contoso.example' }
const ben = { objectId: id, name: 'Ben Okafor', username: 'ben@contoso.example' }
const fields = '$select=id,displayName,userPrincipalName'

/** A directory that answers like this, and what it was asked. */
function openSearch(answer: unknown = { value: [row] }) {
  const calls: [path: string, options: unknown][] = []
  const call = async (path: string, _token: string, options?: unknown) => {
    calls.push([decodeURIComponent(path), options])
    if (answer instanceof Error) throw answer
    return answer
  }
  const { find } = createPeopleSearch({ call } as never)
  return { find: (wanted: string) => find('token', wanted), calls }
}

describe('a search', () => {
  test('for a name asks for the beginnings of words of it, and of addresses', async () => {
    const at = openSearch()
    expect(await at.find('  Ben\n"Oka" ')).toEqual({ people: [ben], areMore: false })
    const search = ['displayName', 'userPrincipalName', 'mail'].map(field => `"${field}:Ben Oka"`).join(' OR ')
    expect(at.calls).toEqual([[`/users?$search=${search}&${fields}&$top=11`, { consistency: 'eventual' }]])
  })

  test.each([
    ['Zoë O’Neill-Brandt_2', 'Zoë O Neill-Brandt_2'],
    ["o'neill@", "o'neill@"],
    ['a\\"b:c', 'a b c'],
  ])('for %s keeps what belongs to names', async (wanted, words) => {
    const at = openSearch()
    await at.find(wanted)
    expect(at.calls[0]?.[0]).toContain(`"displayName:${words}"`)
  })

  test('without any letter asks nothing', async () => {
    const at = openSearch()
    expect([await at.find(' "&" '), at.calls]).toEqual([{ people: [], areMore: false }, []])
  })

  test('for an address compares it as a whole, whatever signs are in it', async () => {
    const at = openSearch()
    await at.find(" o'neill#EXT#@contoso.example ")
    const value = "'o''neill#EXT#@contoso.example'"
    expect(at.calls).toEqual([
      [`/users?$filter=userPrincipalName eq ${value} or mail eq ${value}&${fields}&$top=11`, {}],
    ])
  })

  test('for an object id reads that person, in whatever case', async () => {
    const at = openSearch(row)
    expect(await at.find(` ${id.toUpperCase()} `)).toEqual({ people: [ben], areMore: false })
    expect(at.calls).toEqual([[`/users/${id}?${fields}`, undefined]])
  })

  test('for an object id that nobody has finds nobody, and believes no answer about somebody else', async () => {
    const nobody = { people: [], areMore: false }
    expect(await openSearch(new GraphRefusal('Request_ResourceNotFound', { status: 404 })).find(id)).toEqual(nobody)
    expect(await openSearch({ ...row, id: id.replace('0d', '1d') }).find(id)).toEqual(nobody)
    await expect(openSearch(new GraphRefusal('x', { status: 403 })).find(id)).rejects.toThrow('x')
    await expect(openSearch({ ...row, id: 'ben' }).find(id)).rejects.toThrow('shape')
  })

  test('shows ten, and says that there are more', async () => {
    const rows = Array.from({ length: 11 }, (_, index) => ({ ...row, displayName: `Ben ${index}` }))
    const found = await openSearch({ value: rows }).find('ben')
    expect([found.people.length, found.areMore]).toEqual([10, true])
    expect((await openSearch({ value: rows.slice(1) }).find('ben')).areMore).toBe(false)
  })

  test('names people without a name by their address, and those without either by their id', async () => {
    const rows = [
      { ...row, displayName: null },
      { ...row, displayName: '', userPrincipalName: null },
    ]
    expect((await openSearch({ value: rows }).find('ben')).people).toEqual([
      { ...ben, name: ben.username },
      { objectId: id, name: id, username: '' },
    ])
  })

  test('believes no list with a row of another shape', async () => {
    await expect(openSearch({ value: [row, {}] }).find('ben')).rejects.toThrow('shape')
  })
})
