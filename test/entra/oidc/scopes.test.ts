import { describe, expect, test } from 'vitest'
import { administrationPermissions, parametersFor, signInAnew } from '../../../src/entra/oidc/scopes.ts'

const claimsOf = (claims?: string) => JSON.parse(parametersFor({ claims }).claims ?? '')
const capability = { xms_cc: { values: ['cp1'] } }

test('a sign-in asks for no more than who somebody is', () => {
  expect(parametersFor(undefined)).toStrictEqual({ scope: 'openid profile offline_access' })
})

test('a token for the groups asks for the permission to list them', () => {
  expect(parametersFor('groups')).toStrictEqual({
    scope: 'openid profile offline_access User.Read GroupMember.Read.All',
  })
})

test('a token for giving other people access asks for that alone, and for the checks', () => {
  const { scope, claims } = parametersFor({ work: 'administration', claims: '{"access_token":{"acrs":1}}' })
  expect(scope?.split(' ')).toEqual(['openid', 'profile', 'offline_access', ...administrationPermissions])
  expect(JSON.parse(claims ?? '')).toEqual({ access_token: { acrs: 1, ...capability } })
  expect(parametersFor({ work: 'own-access' })).toEqual(parametersFor({}))
})

describe('a token for PIM', () => {
  test('asks for the permissions that the documents name, and no others', () => {
    expect(parametersFor({}).scope?.split(' ')).toEqual([
      'openid',
      'profile',
      'offline_access',
      'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
      'PrivilegedEligibilitySchedule.Read.AzureADGroup',
      'RoleManagementPolicy.Read.AzureADGroup',
      'User.ReadBasic.All',
      'GroupMember.Read.All',
    ])
  })
  test('says that we understand claims challenges', () => {
    expect(claimsOf()).toEqual({ access_token: capability })
  })
  test('says so too where the person signs in anew', () => {
    expect(claimsOf(signInAnew)).toEqual({ access_token: capability })
  })
  test('asks for the checks that PIM wants, beside that', () => {
    const acrs = { essential: true, value: 'c1' }
    expect(claimsOf(JSON.stringify({ access_token: { acrs }, id_token: { acrs } }))).toEqual({
      access_token: { acrs, ...capability },
      id_token: { acrs },
    })
  })
})
