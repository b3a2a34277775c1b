import type { ConditionalAccessPolicy } from '@microsoft/microsoft-graph-types'
import { expect, test } from 'vitest'
import { nothingKnown } from '../../../infra/azure/model/known.ts'
import { changeOf } from '../../../infra/azure/things/policy-bodies.ts'
import { narrowedBy, viewOf } from '../../../infra/azure/things/policy-view.ts'
import { phishingResistant } from '../../../infra/azure/things/strength.ts'

const sound: ConditionalAccessPolicy = {
  state: 'enabled',
  conditions: {
    clientAppTypes: ['all'],
    applications: { includeAuthenticationContextClassReferences: ['c1'] },
    users: { includeUsers: ['All'], excludeRoles: [] },
    locations: null,
    signInRiskLevels: [],
  },
  grantControls: { operator: 'OR', builtInControls: [], authenticationStrength: { id: phishingResistant.id } },
}

test('a strength in whose place something else is enough becomes a demand beside it', () => {
  const builtInControls = ['compliantDevice' as const]
  const weak = { ...sound, grantControls: { ...sound.grantControls, builtInControls } }
  const seen = viewOf(weak, nothingKnown())
  expect(seen.strength).toBe('Phishing-resistant MFA or compliantDevice')
  const change = changeOf(weak, { wanted: { ...seen, strength: phishingResistant.name }, known: nothingKnown() })
  expect(change.grantControls).toMatchObject({ operator: 'AND', builtInControls })
})

test('a strength beside which something else is demanded is right', () => {
  const both = {
    ...sound,
    grantControls: { ...sound.grantControls, operator: 'AND', builtInControls: ['compliantDevice' as const] },
  }
  expect(viewOf(both, nothingKnown()).strength).toBe(phishingResistant.name)
})

test('a policy without further conditions counts everywhere', () => {
  expect(narrowedBy(sound)).toEqual([])
})

test.each([
  ['locations', { locations: { includeLocations: ['All'], excludeLocations: ['AllTrusted'] } }],
  ['clientAppTypes', { clientAppTypes: ['browser'] }],
  ['excludeRoles', { users: { includeUsers: ['All'], excludeRoles: ['x'] } }],
  ['signInRiskLevels', { signInRiskLevels: ['high'] }],
])('%s are conditions under which it does not count', (name, conditions) => {
  const policy = { ...sound, conditions: { ...sound.conditions, ...conditions } } as ConditionalAccessPolicy
  expect(narrowedBy(policy)).toEqual([name])
})
