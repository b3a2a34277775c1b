import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { ending, keyIn, scopeOf } from '../../src/session/scope.ts'
import { good } from '../config/good.ts'

const scopeWith = (settings: object = {}) => scopeOf(loadConfig({ ...good, ...settings }))
const here = scopeWith()
const another = '00000000-1111-4222-8333-444444444444'

describe('the marks', () => {
  test('of an installation are short', () => {
    expect([here.app, here.gates.members]).toEqual([
      expect.stringMatching(/^[\w-]{16}$/),
      expect.stringMatching(/^[\w-]{16}$/),
    ])
  })

  test('stay the same from release to release: all that is in Redis and in browsers carries them', () => {
    expect(here).toMatchObject({ app: 'KdhL-G8xQa9V72bf', gates: { members: 'qIAdTkeA8JoiUOuh' } })
  })

  test('come with the tenant of the installation', () => {
    expect(here.tenantId).toBe(good.ENTRA_TENANT_ID)
  })

  test.for([
    ['another tenant', { ENTRA_TENANT_ID: another }, { app: false, members: false }],
    ['another client', { ENTRA_CLIENT_ID: another }, { app: false, members: false }],
    ['another group', { ACCESS_GROUP_ID: another }, { app: true, members: false }],
    ['another secret', { SESSION_SECRET: `${good.SESSION_SECRET}-later` }, { app: true, members: true }],
  ] as const)(
    'of an installation with %s are the same or others, as it should be',
    ([_what, settings, same], { expect }) => {
      const there = scopeWith(settings)
      const members = there.gates.members === here.gates.members
      expect({ app: there.app === here.app, members }).toEqual(same)
    },
  )
})

describe('the mark of a gate', () => {
  const { entra } = loadConfig(good)
  const markOf = (of: { groupId?: string; role?: string }, name = 'operators') =>
    scopeOf({ entra, gates: [{ name, title: name, selfService: false, ...of }] }).gates[name]
  const [groupId, role] = [good.ACCESS_GROUP_ID, 'Payments.Operate']

  test('comes under its name', () => {
    const { gates } = scopeWith({ ADMIN_GROUP_ID: another, AUDITOR_GROUP_ID: '00000000-1111-4222-8333-666666666666' })
    expect(gates).toEqual({
      members: here.gates.members,
      administrators: expect.stringMatching(/^[\w-]{16}$/),
      auditors: expect.stringMatching(/^[\w-]{16}$/),
    })
    expect(new Set(Object.values(gates)).size).toBe(3)
  })

  test('is that of its group, whichever gate the group is given to', () => {
    expect([markOf({ groupId }), markOf({ groupId }, 'members')]).toEqual([here.gates.members, here.gates.members])
  })

  test('is another with a role, with another role, and with a role alone', () => {
    const ways = [{ groupId }, { groupId, role }, { groupId, role: 'Payments.Read' }, { role }, { role: groupId }]
    expect(new Set(ways.map(way => markOf(way))).size).toBe(ways.length)
  })

  test('stays the same from release to release also where it has a role', () => {
    expect([markOf({ groupId, role }), markOf({ role })]).toEqual(['V-uaujxcf8F_n3T6', 'DATqn53TUUaS4TzZ'])
  })

  test('comes under its name at a gate called constructor', () => {
    expect(markOf({ groupId }, 'constructor')).toBe(here.gates.members)
  })
})

describe('a key in Redis', () => {
  test('ends with the mark of what it is about', () => {
    expect(keyIn({ prefix: 'test:', about: 'mark' }, 'note', 'name')).toBe('test:note:name:mark')
  })

  test('that is about nothing in particular ends with its name', () => {
    expect(keyIn({ prefix: 'test:' }, 'note', 'name')).toBe('test:note:name')
  })

  test.for([
    ['mark', ':mark'],
    [undefined, ''],
  ] as const)('ends, for the mark %s, with "%s"', ([mark, expected], { expect }) => {
    expect(ending(mark)).toBe(expected)
  })
})
