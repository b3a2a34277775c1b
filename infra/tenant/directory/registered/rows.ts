import { randomBytes } from 'node:crypto'

/** What Graph calls the role of an assignment without any role: it lets somebody in and puts nothing into tokens. */
export const noRole = '00000000-0000-0000-0000-000000000000'

/** Ids of assignments and consents are no GUIDs. */
export const opaqueId = (): string => randomBytes(32).toString('base64url')

export type AppRoleRow = {
  allowedMemberTypes: string[]
  description: string | null
  displayName: string | null
  id: string
  isEnabled: boolean
  origin: string
  value: string | null
}

export type PermissionScope = {
  adminConsentDescription: string | null
  adminConsentDisplayName: string | null
  id: string
  isEnabled: boolean
  type: string
  userConsentDescription: string | null
  userConsentDisplayName: string | null
  value: string
}

export type PasswordCredential = {
  customKeyIdentifier: null
  displayName: string | null
  endDateTime: string
  hint: string
  keyId: string
  secretText: null
  startDateTime: string
}

export type KeyCredential = {
  customKeyIdentifier: string | null
  displayName: string | null
  endDateTime: string
  /** The certificate (DER, base64). Graph shows it only to whoever selects it. */
  key: string
  keyId: string
  startDateTime: string
  type: string
  usage: string
}

export type OptionalClaim = { name: string; source: string | null; essential: boolean; additionalProperties: string[] }
type OptionalClaims = { idToken: OptionalClaim[]; accessToken: OptionalClaim[]; saml2Token: OptionalClaim[] }

export type Web = {
  homePageUrl: string | null
  logoutUrl: string | null
  redirectUris: string[]
  implicitGrantSettings: { enableAccessTokenIssuance: boolean; enableIdTokenIssuance: boolean }
  redirectUriSettings: { uri: string; index: number | null }[]
}

/** An app as registered. A row of Graph, with nothing left out. */
export type Application = {
  id: string
  appId: string
  displayName: string
  uniqueName: string | null
  signInAudience: string
  groupMembershipClaims: string | null
  optionalClaims: OptionalClaims | null
  web: Web
  appRoles: AppRoleRow[]
  requiredResourceAccess: { resourceAppId: string; resourceAccess: { id: string; type: string }[] }[]
  passwordCredentials: PasswordCredential[]
  keyCredentials: KeyCredential[]
  createdDateTime: string
  [more: string]: unknown
}

/** An app as it stands in this tenant: Graph itself is one. */
export type ServicePrincipal = {
  id: string
  appId: string
  displayName: string
  accountEnabled: boolean
  appRoleAssignmentRequired: boolean
  appRoles: AppRoleRow[]
  oauth2PermissionScopes: PermissionScope[]
  [more: string]: unknown
}

/** A role of an app, given to a person, a group or an app. */
export type AppRoleAssignment = {
  id: string
  deletedDateTime: null
  appRoleId: string
  createdDateTime: string
  principalDisplayName: string
  principalId: string
  principalType: 'User' | 'Group' | 'ServicePrincipal'
  resourceDisplayName: string
  resourceId: string
}

/** Consent to delegated permissions: of an administrator for everybody, or of or for one person. */
export type Grant = {
  id: string
  clientId: string
  consentType: string
  principalId: string | null
  resourceId: string
  scope: string
}

/** Somebody outside whose tokens an app may bring instead of a credential of its own. */
export type FederatedCredential = {
  id: string
  /** The object id of the app. */
  application: string
  name: string
  issuer: string
  subject: string
  audiences: string[]
  description: string | null
}

/** An owner of an app or a service principal (`object`, by object id). */
export type Ownership = { id: string; object: string; owner: string }

export const ownership = (object: string, owner: string): Ownership => ({ id: `${object}/${owner}`, object, owner })
