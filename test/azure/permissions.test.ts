import { describe, expect, test } from 'vitest'
import {
  type GraphPermission,
  graphPermissions,
  type PermissionKind,
  permissionId,
} from '../../infra/azure/permissions/graph-permissions.ts'
import { type Features, parts, permissionsOf } from '../../infra/azure/permissions/parts.ts'
import { documents } from '../support/documents.ts'

const off: Features = {
  roster: false,
  notifications: false,
  selfService: false,
  administration: false,
  findings: false,
  auditors: false,
}
const named = (cell: string) => cell.match(/(?<=`)[\w.]+(?=`)/g) ?? []

/** The rows of the page: what each says of other rows, such as "those of the roster", is put in its place. */
function rowsOfPage() {
  const rows = [
    ...(documents['docs/permissions.md'] ?? '').matchAll(/^\| (.+?) \| .+? \| (delegated|application) \| (.+) \|$/gm),
  ].map(([, part = '', kind, cell = '']) => ({ part: part.replace(/\[(.+?)\]\(.+?\)/, '$1'), kind, cell }))
  const saidElsewhere = (cell: string) =>
    rows.filter(({ part }) => part !== cell && cell.includes(part)).flatMap(row => named(row.cell))
  return rows.map(({ part, kind, cell }) => ({ part, kind, permissions: [...saidElsewhere(cell), ...named(cell)] }))
}

const sorted = (names: readonly string[]) => [...new Set(names)].toSorted()

test('each part needs what docs/permissions.md says, and no other part exists', () => {
  const ofProgram = parts.map(({ part, kind, permissions }) => ({ part, kind, permissions: sorted(permissions) }))
  expect(ofProgram).toEqual(rowsOfPage().map(row => ({ ...row, permissions: sorted(row.permissions) })))
})

describe('the permissions of an application', () => {
  test('with every part off are those of signing in, of large memberships and of the end of a secret', () => {
    expect(permissionsOf(off, 'delegated')).toEqual([
      'openid',
      'profile',
      'offline_access',
      'User.Read',
      'GroupMember.Read.All',
    ])
    expect(permissionsOf(off, 'application')).toEqual(['Application.Read.All'])
  })

  test.each(['roster', 'notifications', 'selfService', 'administration', 'findings', 'auditors'] as const)(
    'grow with %s',
    feature => {
      const many = (features: Features) =>
        permissionsOf(features, 'delegated').length + permissionsOf(features, 'application').length
      expect(many({ ...off, [feature]: true })).toBeGreaterThan(many(off))
    },
  )

  test('are written down once each', () => {
    const all: Features = {
      roster: true,
      notifications: true,
      selfService: true,
      administration: true,
      findings: true,
      auditors: true,
    }
    for (const kind of ['delegated', 'application'] as const) {
      const names = permissionsOf(all, kind)
      expect(sorted(names)).toEqual(names.toSorted())
    }
  })

  test('let nobody change a membership without a person who asks for it', () => {
    const ofApplication = parts.filter(({ kind }) => kind === 'application').flatMap(({ permissions }) => permissions)
    expect(ofApplication.filter(name => /Write|Remove/.test(name))).toEqual([])
  })
})

test('no two permissions have the same id', () => {
  const ids = Object.values(graphPermissions).flatMap(each => Object.values(each))
  expect(new Set(ids).size).toBe(ids.length)
})

test('every part asks for permissions that exist for its kind', () => {
  const asked = parts.flatMap(({ kind, permissions }) => permissions.map((name): Asked => [name, kind]))
  for (const [name, kind] of asked) expect(permissionId(name, kind)).toMatch(/^[\da-f-]{36}$/)
})
type Asked = [GraphPermission, PermissionKind]

test('a permission that does not exist for a kind is a fault of the program', () => {
  expect(() => permissionId('openid', 'application')).toThrow('openid is no application permission')
})
