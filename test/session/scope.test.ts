import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { ending, keyIn, scopeOf } from '../../src/session/scope.ts'
import { good } from '../config/good.ts'

const scopeWith = (settings: Partial<typeof good> = {}) => scopeOf(loadConfig({ ...good, ...settings }))
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
