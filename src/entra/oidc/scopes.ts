const signInScope = 'openid profile offline_access'
/** Graph permissions for turning on one's own access. A sign-in does not ask for them, so it never waits for their consent. */
const pimScope = [
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
  'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  'RoleManagementPolicy.Read.AzureADGroup',
  'User.ReadBasic.All',
  'GroupMember.Read.All',
].join(' ')
/**
 * Graph permissions for giving other people access. They are asked for where an administrator does so, and nowhere else:
 * a token that may change other people's access is not made before.
 */
export const administrationPermissions: readonly string[] = [
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
  'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
  'RoleManagementPolicy.Read.AzureADGroup',
  'User.ReadBasic.All',
]
/** Graph permissions for asking which groups a person is in. Needed only where a token cannot list the groups. */
const groupsScope = 'User.Read GroupMember.Read.All'

/** Claims that ask for nothing. No claim asks for a second factor as such: the person signs in anew, and the tenant's policy demands it. */
export const signInAnew = '{}'
/** The work for which a token for PIM is made: turning on one's own access, or giving other people access. */
export type PimWork = 'own-access' | 'administration'
/**
 * A token for PIM, besides the identity; for a person's own access, unless `work` says otherwise. `claims`: the checks that
 * Entra must have made for the token, as JSON text.
 */
export type ForPim = { claims?: string | undefined; work?: PimWork | undefined }
/** The use of a token, besides the identity. */
export type TokenPurpose = ForPim | 'groups' | undefined

/** The parameters that tell Entra what a token is for. */
export const parametersFor = (purpose: TokenPurpose): Record<string, string> => ({
  scope: scopeFor(purpose),
  ...(typeof purpose === 'object' && { claims: withCapabilities(purpose.claims) }),
})

function scopeFor(purpose: TokenPurpose): string {
  if (purpose === undefined) return signInScope
  if (purpose === 'groups') return `${signInScope} ${groupsScope}`
  return `${signInScope} ${purpose.work === 'administration' ? administrationPermissions.join(' ') : pimScope}`
}

/** Adds the client capability cp1, with which Graph's claims challenges reach us. Source: entra/identity-platform/claims-challenge. */
function withCapabilities(claims = '{}'): string {
  const wish = JSON.parse(claims) as { access_token?: object }
  return JSON.stringify({ ...wish, access_token: { ...wish.access_token, xms_cc: { values: ['cp1'] } } })
}
