import type { Application, AppRoleRow } from '../../directory/registered/rows.ts'
import { refuse } from '../../refusal.ts'

type Wish = Record<string, unknown>

const bad = (message: string): never => refuse(400, 'Request_BadRequest', message)

const readOnly = [
  'id',
  'appId',
  'createdDateTime',
  'deletedDateTime',
  'publisherDomain',
  'passwordCredentials',
  'verifiedPublisher',
  'certification',
]
const audiences = [
  'AzureADMyOrg',
  'AzureADMultipleOrgs',
  'AzureADandPersonalMicrosoftAccount',
  'PersonalMicrosoftAccount',
]
const membershipClaims = ['None', 'SecurityGroup', 'DirectoryRole', 'ApplicationGroup', 'All']

/** Throws Graph's 400 for a wish that breaks a rule about registrations. `before` is the registration that it changes. */
export function checkWish(wish: Wish, before?: Application): void {
  for (const name of readOnly) if (name in wish) bad(`Property '${name}' is read-only and cannot be set.`)
  if ((!before || 'displayName' in wish) && !wish.displayName) bad("A value is required for property 'displayName'.")
  if ('signInAudience' in wish && !audiences.includes(String(wish.signInAudience)))
    bad("Invalid value specified for property 'signInAudience' of resource 'Application'.")
  checkClaims(wish.groupMembershipClaims)
  checkAddresses((wish.web as { redirectUris?: string[] } | undefined)?.redirectUris ?? [], 'web.redirectUris')
  checkAddresses([(wish.web as { logoutUrl?: string } | undefined)?.logoutUrl ?? []].flat(), 'web.logoutUrl')
  checkResources(wish.requiredResourceAccess as Application['requiredResourceAccess'] | undefined)
  if (wish.appRoles) checkRoles(wish.appRoles as AppRoleRow[], before?.appRoles ?? [])
}

function checkClaims(value: unknown): void {
  const names = value === undefined || value === null ? [] : String(value).split(',')
  if (names.some(name => !membershipClaims.includes(name.trim())))
    bad("Invalid value specified for property 'groupMembershipClaims' of resource 'Application'.")
}

/** Over the network only with TLS; what stays on the machine may do without. */
function checkAddresses(addresses: readonly string[], property: string): void {
  for (const address of addresses) {
    const url = URL.canParse(address) ? new URL(address) : undefined
    const isLocal = url?.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(url.hostname)
    if (!url || address.includes('*') || address.includes('#') || !(url.protocol === 'https:' || isLocal))
      bad(`Invalid value specified for property '${property}' of resource 'Application'.`)
  }
}

function checkResources(wanted: Application['requiredResourceAccess'] = []): void {
  const types = wanted.flatMap(({ resourceAccess = [] }) => resourceAccess.map(({ type }) => type))
  if (types.some(type => type !== 'Scope' && type !== 'Role'))
    bad("Invalid value specified for property 'type' of resource 'ResourceAccess'.")
}

function checkRoles(wanted: readonly AppRoleRow[], before: readonly AppRoleRow[]): void {
  for (const { id, displayName, description, allowedMemberTypes, value } of wanted) {
    if (!id || !displayName || !description || !allowedMemberTypes?.length)
      bad("An app role needs 'id', 'displayName', 'description' and 'allowedMemberTypes'.")
    if (value && /\s/.test(value)) bad("Invalid value specified for property 'value' of resource 'AppRole'.")
  }
  const values = wanted.flatMap(({ value }) => value ?? [])
  if (new Set(values).size < values.length || new Set(wanted.map(({ id }) => id)).size < wanted.length)
    bad('Property appRoles contains duplicate values.')
  for (const old of before) if (old.isEnabled) checkStays(old, wanted)
}

/** A role that is in use neither goes nor changes: it must be disabled first. */
function checkStays(old: AppRoleRow, wanted: readonly AppRoleRow[]): void {
  const now = wanted.find(({ id }) => id === old.id)
  const isSame = now && textOf({ ...now, isEnabled: true }) === textOf(old)
  if (!isSame)
    refuse(
      400,
      'CannotDeleteOrUpdateEnabledEntitlement',
      "Property 'appRoles' cannot be deleted or updated unless it is disabled first.",
    )
}

const textOf = ({ allowedMemberTypes, description, displayName, id, isEnabled, value = null }: AppRoleRow): string =>
  JSON.stringify({ allowedMemberTypes, description, displayName, id, isEnabled, value })
