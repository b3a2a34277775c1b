const scope = 'openid profile offline_access'
/** What turning on one's own access takes at Graph. Asked for only where that is done: signing in never waits for consent to it. */
const pimScope = [
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
  'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  'RoleManagementPolicy.Read.AzureADGroup',
  'User.ReadBasic.All',
  'GroupMember.Read.All',
].join(' ')
/** Which groups somebody is in, asked of Graph in their name. Asked for only where a token cannot list them. */
const groupsScope = 'User.Read GroupMember.Read.All'
/** No claim asks for a second factor as such: the person signs in anew, and the tenant's policy sees to it. */
export const signInAnew = '{}'
/** Beside identity, a token for PIM is wanted; `claims` is what Entra must have checked for it, as JSON. */
export type ForPim = { claims?: string | undefined }
/** What a token is for, beside saying who somebody is. */
export type Purpose = ForPim | 'groups' | undefined
function scopeFor(purpose: Purpose): string {
  if (purpose === undefined) return scope
  return `${scope} ${purpose === 'groups' ? groupsScope : pimScope}`
}
/** Said with each request for such a token, so that Graph's claims challenges reach us. */
const withCapabilities = (claims = '{}'): string => {
  const wish = JSON.parse(claims) as { access_token?: object }
  return JSON.stringify({ ...wish, access_token: { ...wish.access_token, xms_cc: { values: ['cp1'] } } })
}
/** What every request for a token says of what it is for. */
export const parametersFor = (purpose: Purpose): Record<string, string> => ({
  scope: scopeFor(purpose),
  ...(typeof purpose === 'object' && { claims: withCapabilities(purpose.claims) }),
})
