import { tenantId } from '../ids.ts'
import type { Application, ServicePrincipal, Web } from './rows.ts'

type Known = { id: string; appId: string; createdDateTime: string; displayName: string }

/** What Graph makes of a wish for a registration: everything that the wish leaves out has its usual value. */
export function newApplication({ web, ...wish }: Record<string, unknown>, known: Known): Application {
  return {
    deletedDateTime: null,
    addIns: [],
    api: {
      acceptMappedClaims: null,
      knownClientApplications: [],
      oauth2PermissionScopes: [],
      preAuthorizedApplications: [],
      requestedAccessTokenVersion: null,
    },
    applicationTemplateId: null,
    appRoles: [],
    certification: null,
    defaultRedirectUri: null,
    description: null,
    disabledByMicrosoftStatus: null,
    groupMembershipClaims: null,
    identifierUris: [],
    info: { logoUrl: null, marketingUrl: null, privacyStatementUrl: null, supportUrl: null, termsOfServiceUrl: null },
    isDeviceOnlyAuthSupported: null,
    isFallbackPublicClient: null,
    keyCredentials: [],
    notes: null,
    optionalClaims: null,
    parentalControlSettings: { countriesBlockedForMinors: [], legalAgeGroupRule: 'Allow' },
    passwordCredentials: [],
    publicClient: { redirectUris: [] },
    publisherDomain: 'contoso.example',
    requestSignatureVerification: null,
    requiredResourceAccess: [],
    samlMetadataUrl: null,
    serviceManagementReference: null,
    servicePrincipalLockConfiguration: null,
    signInAudience: 'AzureADandPersonalMicrosoftAccount',
    spa: { redirectUris: [] },
    tags: [],
    tokenEncryptionKeyId: null,
    uniqueName: null,
    verifiedPublisher: { addedDateTime: null, displayName: null, verifiedPublisherId: null },
    ...wish,
    ...known,
    web: webOf(web as Partial<Web> | undefined),
  }
}

const noImplicitGrant = { enableAccessTokenIssuance: false, enableIdTokenIssuance: false }

/** The part for web apps, with what a wish leaves out as it was before. */
export function webOf(wish: Partial<Web> = {}, before: Partial<Web> = {}): Web {
  const { implicitGrantSettings: wished, ...rest } = wish
  const redirectUris = wish.redirectUris ?? before.redirectUris ?? []
  return {
    homePageUrl: null,
    logoutUrl: null,
    ...before,
    ...rest,
    redirectUris,
    implicitGrantSettings: { ...noImplicitGrant, ...before.implicitGrantSettings, ...wished },
    redirectUriSettings: redirectUris.map(uri => ({ uri, index: null })),
  }
}

/** The app as it stands in this tenant, for a registration of this tenant. */
export function newServicePrincipal(wish: Record<string, unknown>, application: Application, id: string) {
  return followed(
    {
      ...principalOf({ id, appId: application.appId, displayName: application.displayName }),
      createdDateTime: application.createdDateTime,
      ...wish,
    },
    application,
  )
}

/** The service principal with what it takes over from its registration, whenever that changes. */
export function followed(principal: ServicePrincipal, application: Application): ServicePrincipal {
  const { displayName, appRoles, web, signInAudience, appId, identifierUris, info } = application
  return {
    ...principal,
    appDisplayName: displayName,
    appDescription: application.description,
    appRoles,
    displayName,
    homepage: web.homePageUrl,
    info,
    logoutUrl: web.logoutUrl,
    replyUrls: web.redirectUris,
    servicePrincipalNames: [appId, ...(identifierUris as string[])],
    signInAudience,
  }
}

/** A service principal with nothing in it but its name. */
export function principalOf(known: { id: string; appId: string; displayName: string }): ServicePrincipal {
  return {
    deletedDateTime: null,
    accountEnabled: true,
    addIns: [],
    alternativeNames: [],
    appDescription: null,
    appDisplayName: known.displayName,
    applicationTemplateId: null,
    appOwnerOrganizationId: tenantId,
    appRoleAssignmentRequired: false,
    appRoles: [],
    description: null,
    disabledByMicrosoftStatus: null,
    homepage: null,
    info: null,
    keyCredentials: [],
    loginUrl: null,
    logoutUrl: null,
    notes: null,
    notificationEmailAddresses: [],
    oauth2PermissionScopes: [],
    passwordCredentials: [],
    preferredSingleSignOnMode: null,
    preferredTokenSigningKeyThumbprint: null,
    replyUrls: [],
    resourceSpecificApplicationPermissions: [],
    samlSingleSignOnSettings: null,
    servicePrincipalNames: [known.appId],
    servicePrincipalType: 'Application',
    signInAudience: 'AzureADMyOrg',
    tags: [],
    tokenEncryptionKeyId: null,
    verifiedPublisher: { addedDateTime: null, displayName: null, verifiedPublisherId: null },
    ...known,
  }
}
