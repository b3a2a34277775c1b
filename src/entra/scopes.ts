const scope = 'openid profile offline_access'
/** What turning on one's own access takes at Graph. Asked for only where that is done: signing in never waits for consent to it. */
const pimScope = [
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
  'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  'RoleManagementPolicy.Read.AzureADGroup',
  'User.ReadBasic.All',
  'GroupMember.Read.All',
].join(' ')
/** No claim asks for a second factor as such: the person signs in anew, and the tenant's policy sees to it. */
export const signInAnew = '{}'
/** Beside identity, a token for PIM is wanted; `claims` is what Entra must have checked for it, as JSON. */
export type ForPim = { claims?: string | undefined }
const scopeFor = (forPim: ForPim | undefined) => (forPim ? `${scope} ${pimScope}` : scope)
/** Said with each request for such a token, so that Graph's claims challenges reach us. */
const withCapabilities = (claims = '{}'): string => {
  const wish = JSON.parse(claims) as { access_token?: object }
  return JSON.stringify({ ...wish, access_token: { ...wish.access_token, xms_cc: { values: ['cp1'] } } })
}
/** What every request for a token says of what it is for. */
export const parametersFor = (forPim: ForPim | undefined): Record<string, string> => ({
  scope: scopeFor(forPim),
  ...(forPim && { claims: withCapabilities(forPim.claims) }),
})
