import type { Applications } from '../directory/applications.ts'
import { clientId } from '../directory/ids.ts'
import type { Person } from '../directory/people.ts'
import type { Application } from '../directory/registered/rows.ts'
import { defaultScope, offlineScope, shortScopes } from '../scopes.ts'
import type { TenantState } from '../state.ts'
import type { Switches } from '../switches/switches.ts'

/** What a sign-in to an app obeys: what is registered about it. */
export type App = {
  assignmentRequired: boolean
  groupMembershipClaims: 'ApplicationGroup' | 'SecurityGroup' | 'none'
  optionalClaims: NonNullable<Switches['optionalClaims']>
  /** The application permissions that it was given, by name. */
  permissions: readonly string[]
}

type Part = Pick<TenantState, 'applications' | 'switches'>

/** The app with this client id. For the app of the start, switches that are set stand in the place of what is registered. */
export function appAt({ applications, switches }: Part, appId: string): App {
  const application = applications.registered(appId)
  const registered = {
    assignmentRequired: applications.principal(appId)?.appRoleAssignmentRequired ?? false,
    groupMembershipClaims: groupMode(application),
    optionalClaims: claimsOf(application),
    permissions: applications.permittedTo(appId).application,
  }
  if (appId !== clientId) return registered
  return {
    assignmentRequired: switches.assignmentRequired ?? registered.assignmentRequired,
    groupMembershipClaims: switches.groupMembershipClaims ?? registered.groupMembershipClaims,
    optionalClaims: switches.optionalClaims ?? registered.optionalClaims,
    permissions: switches.appPermissions ?? registered.permissions,
  }
}

/** What `groupMembershipClaims` amounts to. Beside another value, assigned groups alone are no longer meant. */
function groupMode(application: Application | undefined): App['groupMembershipClaims'] {
  const named = application?.groupMembershipClaims?.split(',').map(name => name.trim()) ?? []
  if (named.includes('SecurityGroup') || named.includes('All')) return 'SecurityGroup'
  return named.includes('ApplicationGroup') ? 'ApplicationGroup' : 'none'
}

function claimsOf(application: Application | undefined): App['optionalClaims'] {
  const names = application?.optionalClaims?.idToken.map(({ name }) => name) ?? []
  const has = (name: string) => names.includes(name)
  return {
    sid: has('sid'),
    login_hint: has('login_hint'),
    auth_time: has('auth_time'),
    acct: has('acct'),
    acrs: has('acrs'),
  }
}

/** The object ids of the people and groups that are assigned to the app, with a role or without one. */
export function assignedTo({ applications }: { applications: Applications }, appId: string): ReadonlySet<string> {
  const resource = applications.principal(appId)?.id
  const rows = applications.roleAssignments.all().filter(({ resourceId }) => resourceId === resource)
  return new Set(rows.map(({ principalId }) => principalId))
}

/** The delegated permissions of Graph that were consented to for everybody, or for this person. */
export function consentedFor({ applications, switches }: Part, appId: string, { oid }: Person): Set<string> {
  const client = applications.principal(appId)?.id
  const grants = applications.grants
    .all()
    .filter(grant => grant.clientId === client && (grant.consentType === 'AllPrincipals' || grant.principalId === oid))
  const missing = appId === clientId ? switches.consentMissing : []
  const names = grants.flatMap(({ scope }) => shortScopes(scope ?? ''))
  return new Set(names.filter(name => !missing.includes(name)))
}

/** Whether the scopes asked for go beyond what was consented to. Nobody is asked to consent here: an administrator must. */
export function asksTooMuch(state: Part, scope: string, { appId, person }: { appId: string; person: Person }): boolean {
  const consented = consentedFor(state, appId, person)
  return shortScopes(scope).some(name => {
    if (name === defaultScope) return consented.size === 0
    return !consented.has(name === offlineScope ? 'offline_access' : name)
  })
}
