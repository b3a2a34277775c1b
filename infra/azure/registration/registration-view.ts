import type { OptionalClaim } from '@microsoft/microsoft-graph-types'
import { graphAppId, type PermissionKind } from '../permissions/graph-permissions.ts'
import { permissionsOf } from '../permissions/parts.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'
import type { Registration } from './find-registration.ts'
import type { GraphItself } from './graph-itself.ts'
import { addressesOf, claimNames, featuresOf } from './wished-registration.ts'

/** A registration as a plan shows it. Lists are sorted, because their order means nothing. */
export type RegistrationView = {
  name: string
  signIn: string
  redirectUris: string[]
  logoutUrl: string
  homePageUrl: string
  groupClaims: string
  optionalClaims: string[]
  implicitTokens: string[]
  roles: string[]
  delegatedPermissions: string[]
  applicationPermissions: string[]
}

const lists = ['redirectUris', 'optionalClaims', 'roles', 'delegatedPermissions', 'applicationPermissions'] as const

/** What the wish says of the registration. */
export function wishedView(wish: TenantWish): RegistrationView {
  const { redirectUris, logoutUrl, homePageUrl } = addressesOf(wish)
  const features = featuresOf(wish)
  return {
    name: wish.name,
    signIn: 'AzureADMyOrg',
    redirectUris: redirectUris.toSorted(),
    logoutUrl,
    homePageUrl,
    groupClaims: 'ApplicationGroup',
    optionalClaims: [...claimNames].toSorted(),
    implicitTokens: [],
    roles: wish.gates.flatMap(({ role }) => role ?? []).toSorted(),
    delegatedPermissions: permissionsOf(features, 'delegated').toSorted(),
    applicationPermissions: permissionsOf(features, 'application').toSorted(),
  }
}

/** What stands in the tenant. */
export function viewOf(registration: Registration, itself: GraphItself): RegistrationView {
  const { displayName, signInAudience, web, groupMembershipClaims, optionalClaims, appRoles } = registration
  const { enableIdTokenIssuance, enableAccessTokenIssuance } = web?.implicitGrantSettings ?? {}
  return {
    name: displayName ?? '',
    signIn: signInAudience ?? '',
    redirectUris: [...(web?.redirectUris ?? [])].toSorted(),
    logoutUrl: web?.logoutUrl ?? '',
    homePageUrl: web?.homePageUrl ?? '',
    groupClaims: groupMembershipClaims ?? 'None',
    optionalClaims: (optionalClaims?.idToken ?? []).map(nameOf).toSorted(),
    implicitTokens: [...(enableIdTokenIssuance ? ['id'] : []), ...(enableAccessTokenIssuance ? ['access'] : [])],
    roles: (appRoles ?? []).flatMap(({ value, isEnabled }) => (value && isEnabled ? [value] : [])).toSorted(),
    delegatedPermissions: declared(registration, 'delegated', itself),
    applicationPermissions: declared(registration, 'application', itself),
  }
}

const nameOf = ({ name }: OptionalClaim): string => name ?? ''

function declared({ requiredResourceAccess }: Registration, kind: PermissionKind, itself: GraphItself): string[] {
  const type = kind === 'delegated' ? 'Scope' : 'Role'
  return (requiredResourceAccess ?? [])
    .filter(({ resourceAppId }) => resourceAppId === graphAppId)
    .flatMap(({ resourceAccess }) => resourceAccess ?? [])
    .flatMap(each => (each.type === type && each.id ? [itself.nameOf(each.id, kind)] : []))
    .toSorted()
}

/** The wish, together with what stands in lists beside it. A registration that was named by its id keeps its name. */
export function withWish(before: RegistrationView | undefined, wish: RegistrationView): RegistrationView {
  if (!before) return wish
  const joined = lists.map(list => [list, [...new Set([...before[list], ...wish[list]])].toSorted()])
  return { ...wish, ...Object.fromEntries(joined), name: before.name }
}

/** What stands in lists beside the wish: a sentence each. */
export function beside(before: RegistrationView, wish: RegistrationView): string[] {
  const extra = (list: (typeof lists)[number]) => before[list].filter(each => !wish[list].includes(each))
  const of = `of the registration ${before.name}`
  return [
    ...extra('redirectUris').map(uri => `the redirect URI ${uri} ${of}`),
    ...extra('optionalClaims').map(claim => `the optional claim ${claim} ${of}`),
    ...extra('roles').map(role => `the app role ${role} ${of}`),
    ...extra('delegatedPermissions').map(name => `the delegated permission ${name} ${of}, which nothing here needs`),
    ...extra('applicationPermissions').map(
      name => `the application permission ${name} ${of}, which nothing here needs`,
    ),
  ]
}
