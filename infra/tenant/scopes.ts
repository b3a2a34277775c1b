// Under its own name, oidc-provider would tie offline_access to a consent page.
export const offlineScope = 'tenant_offline'

/** Delegated permissions of Graph that the app may ask for. */
export const graphScopes = [
  'User.Read',
  'GroupMember.Read.All',
  'User.ReadBasic.All',
  'User.Read.All',
  'GroupMember.ReadBasic.All',
  'Group.Read.All',
  'Directory.Read.All',
  'PrivilegedAssignmentSchedule.Read.AzureADGroup',
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
  'PrivilegedAssignmentSchedule.Remove.AzureADGroup',
  'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
  'PrivilegedEligibilitySchedule.Remove.AzureADGroup',
  'RoleManagementPolicy.Read.AzureADGroup',
  'RoleManagementPolicy.ReadWrite.AzureADGroup',
]

/** Scopes by their short names: Graph's may be written with the address of Graph in front. */
export const shortScopes = (scope: string): string[] =>
  scope
    .split(' ')
    .filter(Boolean)
    .map(each => each.replace('https://graph.microsoft.com/', ''))
