import { graphPermissions } from './directory/permissions.ts'

// Under its own name, oidc-provider would tie offline_access to a consent page.
export const offlineScope = 'tenant_offline'

const openIdScopes = ['openid', 'profile', 'email', 'offline_access']

/** The delegated permissions of Graph, but those of OpenID Connect. */
export const graphScopes: readonly string[] = [
  ...graphPermissions.flatMap(({ name, delegated }) => (delegated && !openIdScopes.includes(name) ? [name] : [])),
  'GroupMember.ReadBasic.All',
]

/** All permissions of Graph that were consented to. */
export const defaultScope = '.default'

/** Graph's addresses and its id; the tenant's own Graph is at the tenant, which may have a name that no network knows. */
const ofGraph =
  /^(?:https:\/\/graph\.microsoft\.com|00000003-0000-0000-c000-000000000000|http:\/\/127\.0\.0\.1:\d+|https:\/\/\w+\.invalid)\/+/i

/** Scopes by their short names: Graph's may be written with Graph's address or id in front, and in any case. */
export const shortScopes = (scope: string): string[] =>
  scope
    .split(' ')
    .filter(Boolean)
    .map(each => {
      const short = each.replace(ofGraph, '')
      return graphScopes.find(known => known.toLowerCase() === short.toLowerCase()) ?? short
    })

/**
 * The AADSTS number that refuses the scopes asked for a person; undefined for scopes that make a token. Several
 * resources may be named to sign in, though this tenant has no other than Graph; a token is for one alone.
 */
export function scopeFault(scope: string, where: 'authorize' | 'token'): number | undefined {
  const asked = shortScopes(scope).filter(each => !openIdScopes.includes(each))
  const resources = new Set(asked.map(each => (each.includes('/') ? each.slice(0, each.lastIndexOf('/')) : 'graph')))
  if (where === 'token' && resources.size > 1) return 28000
  if (asked.some(each => each.includes('/'))) return 500011
  if (asked.includes(defaultScope) && asked.length > 1) return 70011
  return asked.every(each => each === defaultScope || graphScopes.includes(each)) ? undefined : 650053
}
