import { appRoles, clientId, guidFrom } from '../ids.ts'
import { type ManagedGroup, managedGroups, managedKeys, managedNames } from '../managed.ts'
import { oidFor } from '../people.ts'
import { consentFor, declared, type Permitted, permissionOf } from './consent.ts'
import { newApplication, newServicePrincipal } from './new-rows.ts'
import {
  type Application,
  type AppRoleAssignment,
  type AppRoleRow,
  noRole,
  type OptionalClaim,
  opaqueId,
  ownership,
  type ServicePrincipal,
} from './rows.ts'

/** What differs from one start of the tenant to the next. */
export type SeedWish = {
  redirectUris: readonly string[]
  frontChannelLogoutUrl: string | undefined
  permitted: Permitted
}

/** The app that is registered from the start, with everything that belongs to it but its secret. */
export function seeded(wish: SeedWish, now: Date) {
  const createdDateTime = now.toISOString()
  const application = applicationFrom(wish, createdDateTime)
  const principal = newServicePrincipal({}, application, guidFrom(`service principal ${clientId}`))
  return {
    application,
    principal,
    roleAssignments: [
      ...managedKeys.map(group => entry(principal, group, createdDateTime)),
      ...wish.permitted.application.map(name => permissionOf(principal, name, createdDateTime)),
    ],
    grants: wish.permitted.delegated.length > 0 ? [consentFor(principal, wish.permitted.delegated)] : [],
    owners: [application, principal].map(({ id }) => ownership(id, oidFor('ada'))),
  }
}

function applicationFrom({ redirectUris, frontChannelLogoutUrl, permitted }: SeedWish, createdDateTime: string) {
  const wish: Partial<Application> = {
    signInAudience: 'AzureADMyOrg',
    groupMembershipClaims: 'ApplicationGroup',
    optionalClaims: {
      idToken: ['sid', 'login_hint', 'auth_time', 'acct'].map(optionalClaim),
      accessToken: [],
      saml2Token: [],
    },
    appRoles: Object.entries(appRoles).map(([value, id]) => roleRow(value, id)),
    requiredResourceAccess: declared(permitted),
  }
  const web = { redirectUris: [...redirectUris], logoutUrl: frontChannelLogoutUrl ?? null }
  return newApplication(
    { ...wish, web },
    { id: guidFrom(`application ${clientId}`), appId: clientId, displayName: 'Gatehouse', createdDateTime },
  )
}

const optionalClaim = (name: string): OptionalClaim => ({
  name,
  source: null,
  essential: false,
  additionalProperties: [],
})

const roleRow = (value: string, id: string): AppRoleRow => ({
  allowedMemberTypes: ['User'],
  description: value,
  displayName: value,
  id,
  isEnabled: true,
  origin: 'Application',
  value,
})

/** A managed group may enter the app, and so tokens name it. */
function entry(principal: ServicePrincipal, group: ManagedGroup, createdDateTime: string): AppRoleAssignment {
  return {
    id: opaqueId(),
    deletedDateTime: null,
    appRoleId: noRole,
    createdDateTime,
    principalDisplayName: managedNames[group],
    principalId: managedGroups[group],
    principalType: 'Group',
    resourceDisplayName: principal.displayName,
    resourceId: principal.id,
  }
}
