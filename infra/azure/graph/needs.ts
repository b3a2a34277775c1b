/** A request, as far as its needs depend on it. */
export type Asked = { method: string; path: string; body?: unknown }

type Need = { at: RegExp; read: string; write: string; role: string }

const pimAdministrator =
  'owner of the group, Privileged Role Administrator (for a group that roles can be assigned to) or Groups Administrator (for others)'

/**
 * What Graph asks of a caller, by the address; the first that fits counts. Delegated and application permissions have the
 * same names here. Source: https://learn.microsoft.com/graph/permissions-reference, and the page of each call.
 */
const needs: readonly Need[] = [
  {
    at: /^\/identity\/conditionalAccess\/authenticationContextClassReferences/,
    read: 'Policy.Read.ConditionalAccess or AuthenticationContext.Read.All',
    write: 'Policy.ReadWrite.ConditionalAccess and AuthenticationContext.ReadWrite.All',
    role: 'Conditional Access Administrator',
  },
  {
    at: /^\/identity\/conditionalAccess/,
    read: 'Policy.Read.All',
    write: 'Policy.Read.All and Policy.ReadWrite.ConditionalAccess',
    role: 'Conditional Access Administrator',
  },
  {
    at: /^\/policies\/authenticationStrengthPolicies/,
    read: 'Policy.Read.All or Policy.Read.AuthenticationMethod',
    write: 'Policy.ReadWrite.ConditionalAccess',
    role: 'Conditional Access Administrator',
  },
  {
    at: /^\/policies\/roleManagementPolic/,
    read: 'RoleManagementPolicy.Read.AzureADGroup',
    write: 'RoleManagementPolicy.ReadWrite.AzureADGroup',
    role: pimAdministrator,
  },
  {
    at: /^\/identityGovernance\/privilegedAccess\/group\/eligibility/,
    read: 'PrivilegedEligibilitySchedule.Read.AzureADGroup',
    write: 'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
    role: pimAdministrator,
  },
  {
    at: /^\/identityGovernance\/privilegedAccess\/group\/assignment/,
    read: 'PrivilegedAssignmentSchedule.Read.AzureADGroup',
    write: 'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
    role: pimAdministrator,
  },
  {
    at: /^\/directory\/administrativeUnits/,
    read: 'AdministrativeUnit.Read.All',
    write: 'AdministrativeUnit.ReadWrite.All',
    role: 'Privileged Role Administrator',
  },
  {
    at: /^\/groups\/[^/]+\/members/,
    read: 'GroupMember.Read.All',
    write: 'GroupMember.ReadWrite.All',
    role: 'Groups Administrator, or owner of the group',
  },
  {
    at: /^\/groups/,
    read: 'Group.Read.All or GroupMember.Read.All',
    write: 'Group.ReadWrite.All',
    role: 'Groups Administrator',
  },
  {
    at: /^\/users/,
    read: 'User.Read.All or User.ReadBasic.All',
    write: 'User.ReadWrite.All',
    role: 'Directory Readers',
  },
  { at: /^\/organization/, read: 'User.Read or Organization.Read.All', write: '', role: 'Directory Readers' },
  {
    at: /\/appRoleAssign/,
    read: 'Application.Read.All',
    write: 'AppRoleAssignment.ReadWrite.All and Application.Read.All',
    role: 'Privileged Role Administrator (for permissions of Graph) or Cloud Application Administrator',
  },
  {
    at: /^\/oauth2PermissionGrants/,
    read: 'Directory.Read.All',
    write: 'DelegatedPermissionGrant.ReadWrite.All',
    role: 'Privileged Role Administrator',
  },
  {
    at: /^\/(applications|servicePrincipals)/,
    read: 'Application.Read.All',
    write: 'Application.ReadWrite.All',
    role: 'Cloud Application Administrator',
  },
]

/** What may be missing, as a sentence. Graph does not say which of the two it is. */
export function whatIsMissing({ method, path, body }: Asked): string {
  const need = needs.find(({ at }) => at.test(path))
  if (!need) return ''
  const isRoleAssignable = (body as { isAssignableToRole?: unknown } | undefined)?.isAssignableToRole === true
  if (isRoleAssignable)
    return sentence('Group.ReadWrite.All and RoleManagement.ReadWrite.Directory', 'Privileged Role Administrator')
  return sentence(method === 'GET' ? need.read : need.write, need.role)
}

const sentence = (permission: string, role: string): string =>
  `The token lacks the permission ${permission}; or the person whose token it is lacks the role: ${role}.`
