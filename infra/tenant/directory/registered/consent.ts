import { graphPermissions } from '../permissions.ts'
import { graphAppId, graphItself } from './graph-itself.ts'
import type { Application, AppRoleAssignment, Grant, ServicePrincipal } from './rows.ts'
import { opaqueId } from './rows.ts'

/** Permissions of Graph by name. */
export type Permitted = { delegated: readonly string[]; application: readonly string[] }

/** What the app needs with all its parts on, but not every application permission: an app is not given those unasked. */
export const usuallyPermitted: Permitted = {
  delegated: [
    'openid',
    'profile',
    'offline_access',
    'User.Read',
    'User.ReadBasic.All',
    'GroupMember.Read.All',
    'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
    'PrivilegedEligibilitySchedule.Read.AzureADGroup',
    'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
    'RoleManagementPolicy.Read.AzureADGroup',
  ],
  application: ['PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All'],
}

/** The permissions as an app's registration declares them. Without an id a permission cannot be declared. */
export function declared({ delegated, application }: Permitted): Application['requiredResourceAccess'] {
  const entries = (names: readonly string[], type: 'Scope' | 'Role') =>
    names.flatMap(name => {
      const id = graphPermissions.find(each => each.name === name)?.[type === 'Scope' ? 'delegated' : 'application']
      return id ? [{ id, type }] : []
    })
  const resourceAccess = [...entries(delegated, 'Scope'), ...entries(application, 'Role')]
  return resourceAccess.length > 0 ? [{ resourceAppId: graphAppId, resourceAccess }] : []
}

/** An administrator's consent to delegated permissions, for everybody. */
export const consentFor = (client: ServicePrincipal, delegated: readonly string[], id = opaqueId()): Grant => ({
  id,
  clientId: client.id,
  consentType: 'AllPrincipals',
  principalId: null,
  resourceId: graphItself.id,
  scope: delegated.join(' '),
})

/** An application permission that an administrator gave to an app. Throws when Graph has none of that name. */
export function permissionOf(client: ServicePrincipal, name: string, createdDateTime: string): AppRoleAssignment {
  const role = graphItself.appRoles.find(({ value }) => value === name)
  if (!role) throw new Error(`Graph has no application permission ${name}`)
  return {
    id: opaqueId(),
    deletedDateTime: null,
    appRoleId: role.id,
    createdDateTime,
    principalDisplayName: client.displayName,
    principalId: client.id,
    principalType: 'ServicePrincipal',
    resourceDisplayName: graphItself.displayName,
    resourceId: graphItself.id,
  }
}
