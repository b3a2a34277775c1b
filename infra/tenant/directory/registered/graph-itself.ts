import { guidFrom } from '../ids.ts'
import { graphPermissions } from '../permissions.ts'
import { principalOf } from './new-rows.ts'
import type { AppRoleRow, PermissionScope, ServicePrincipal } from './rows.ts'

export const graphAppId = '00000003-0000-0000-c000-000000000000'

/** Microsoft's own tenant, to which Graph belongs. */
const microsoft = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a'

/** Delegated permissions that a person may consent to without an administrator. */
const forEverybody = [
  'openid',
  'profile',
  'email',
  'offline_access',
  'User.Read',
  'User.ReadBasic.All',
  'Policy.Read.ConditionalAccess',
]

/** Microsoft Graph as it stands in every tenant, with its permissions by their true ids. */
export const graphItself: ServicePrincipal = {
  ...principalOf({ id: guidFrom('service principal of Graph'), appId: graphAppId, displayName: 'Microsoft Graph' }),
  appOwnerOrganizationId: microsoft,
  signInAudience: 'AzureADMultipleOrgs',
  createdDateTime: '2020-01-01T00:00:00.000Z',
  appRoles: graphPermissions.flatMap(({ name, application }) => (application ? [roleRow(name, application)] : [])),
  oauth2PermissionScopes: graphPermissions.flatMap(({ name, delegated }) =>
    delegated ? [scopeRow(name, delegated)] : [],
  ),
}

function roleRow(name: string, id: string): AppRoleRow {
  return {
    allowedMemberTypes: ['Application'],
    description: name,
    displayName: name,
    id,
    isEnabled: true,
    origin: 'Application',
    value: name,
  }
}

function scopeRow(name: string, id: string): PermissionScope {
  return {
    adminConsentDescription: name,
    adminConsentDisplayName: name,
    id,
    isEnabled: true,
    type: forEverybody.includes(name) ? 'User' : 'Admin',
    userConsentDescription: name,
    userConsentDisplayName: name,
    value: name,
  }
}
