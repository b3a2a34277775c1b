import { describe, expect, test } from 'vitest'
import { permissionsOf } from '../../infra/azure/permissions/parts.ts'
import type { SetupFeatures } from '../../src/setup/expected.ts'
import { allowedPermissions, missingPermissions } from '../../src/setup/permissions.ts'

const names = ['roster', 'notifications', 'selfService', 'administration', 'findings'] as const
const wishes: SetupFeatures[] = Array.from({ length: 2 ** names.length }, (_, bits) => {
  const on = Object.fromEntries(names.map((name, place) => [name, Boolean(bits & (1 << place))]))
  return { ...on, people: on.administration } as SetupFeatures
})

/** What is set up for these features must be found neither missing nor too many. */
describe.each(['delegated', 'application'] as const)('%s permissions that are set up', kind => {
  test.each(wishes)('%j', features => {
    const granted = permissionsOf({ ...features, auditors: false }, kind)
    expect(missingPermissions(features, kind, new Set(granted))).toEqual([])
    expect(granted.filter(name => !allowedPermissions(features, kind).has(name))).toEqual([])
  })
})

test('nothing more is allowed than what is set up, but for the address that Entra’s consent page adds', () => {
  for (const features of wishes) {
    const granted = new Set<string>(permissionsOf({ ...features, auditors: false }, 'delegated'))
    const more = [...allowedPermissions(features, 'delegated')].filter(name => !granted.has(name))
    expect(more).toEqual(['email'])
  }
})
