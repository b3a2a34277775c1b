import { kind } from './kind.ts'

/** Apps, their credentials and what is assigned to them: names and types from the documentation of Graph v1.0. */
export const applicationKinds = {
  application: kind(
    'application',
    `id:string! deletedDateTime addIns:[object]! appId:string applicationTemplateId:string appRoles:[object]!
     authenticationBehaviors certification createdByAppId createdDateTime:dateTime defaultRedirectUri:string
     description:string disabledByMicrosoftStatus:string displayName:string groupMembershipClaims:string
     identifierUris:[string]! isDeviceOnlyAuthSupported:boolean isDisabled:boolean isFallbackPublicClient:boolean
     keyCredentials:[object]! logo managerApplications nativeAuthenticationApisEnabled notes:string
     oauth2RequirePostResponse:boolean! passwordCredentials:[object]! publisherDomain:string
     requestSignatureVerification requiredResourceAccess:[object]! samlMetadataUrl:string
     serviceManagementReference:string servicePrincipalLockConfiguration:object signInAudience:string tags:[string]!
     tokenEncryptionKeyId:guid uniqueName:string verifiedPublisher:object api:object info:object optionalClaims:object
     parentalControlSettings:object publicClient:object spa:object web:object appManagementPolicies createdOnBehalfOf
     extensionProperties federatedIdentityCredentials homeRealmDiscoveryPolicies owners tokenIssuancePolicies
     tokenLifetimePolicies`,
    {
      api: 'apiApplication',
      appRoles: 'appRole',
      info: 'informationalUrl',
      keyCredentials: 'keyCredential',
      optionalClaims: 'optionalClaims',
      passwordCredentials: 'passwordCredential',
      publicClient: 'redirectUris',
      requiredResourceAccess: 'requiredResourceAccess',
      spa: 'redirectUris',
      web: 'webApplication',
    },
  ),
  servicePrincipal: kind(
    'servicePrincipal',
    `id:string! deletedDateTime accountEnabled:boolean addIns:[object]! alternativeNames:[string]!
     appDescription:string appDisplayName:string appId:string applicationTemplateId:string appOwnerOrganizationId:guid
     appRoleAssignmentRequired:boolean! appRoles:[object]! createdByAppId createdDateTime customSecurityAttributes
     description:string disabledByMicrosoftStatus:string displayName:string homepage:string info:object
     isDisabled:boolean keyCredentials:[object]! loginUrl:string logoutUrl:string notes:string
     notificationEmailAddresses:[string]! oauth2PermissionScopes:[object]! passwordCredentials:[object]!
     preferredSingleSignOnMode:string preferredTokenSigningKeyThumbprint:string replyUrls:[string]!
     resourceSpecificApplicationPermissions samlSingleSignOnSettings servicePrincipalNames:[string]!
     servicePrincipalType:string signInAudience:string tags:[string]! tokenEncryptionKeyId:guid verifiedPublisher
     appManagementPolicies appRoleAssignedTo appRoleAssignments claimsMappingPolicies createdObjects
     federatedIdentityCredentials memberOf oauth2PermissionGrants ownedObjects owners transitiveMemberOf`,
    { appRoles: 'appRole', oauth2PermissionScopes: 'permissionScope' },
  ),
  appRole: kind(
    'appRole',
    'allowedMemberTypes:[string]! description:string displayName:string id:guid! isEnabled:boolean! origin value:string',
  ),
  permissionScope: kind(
    'permissionScope',
    `adminConsentDescription:string adminConsentDisplayName:string id:guid! isEnabled:boolean! origin type:string
     userConsentDescription:string userConsentDisplayName:string value:string`,
  ),
  apiApplication: kind(
    'apiApplication',
    `acceptMappedClaims:boolean knownClientApplications:[guid] oauth2PermissionScopes:[object]!
     preAuthorizedApplications:[object] requestedAccessTokenVersion`,
    { oauth2PermissionScopes: 'permissionScope' },
  ),
  informationalUrl: kind(
    'informationalUrl',
    'logoUrl:string marketingUrl:string privacyStatementUrl:string supportUrl:string termsOfServiceUrl:string',
  ),
  redirectUris: kind('redirectUris', 'redirectUris:[string]!'),
  webApplication: kind(
    'webApplication',
    'homePageUrl:string implicitGrantSettings:object logoutUrl:string redirectUris:[string]! redirectUriSettings:[object]!',
    { implicitGrantSettings: 'implicitGrantSettings', redirectUriSettings: 'redirectUriSettings' },
  ),
  implicitGrantSettings: kind(
    'implicitGrantSettings',
    'enableAccessTokenIssuance:boolean enableIdTokenIssuance:boolean',
  ),
  redirectUriSettings: kind('redirectUriSettings', 'uri:string index'),
  optionalClaims: kind('optionalClaims', 'accessToken:[object] idToken:[object] saml2Token:[object]', {
    accessToken: 'optionalClaim',
    idToken: 'optionalClaim',
    saml2Token: 'optionalClaim',
  }),
  optionalClaim: kind('optionalClaim', 'additionalProperties:[string] essential:boolean! name:string! source:string'),
  requiredResourceAccess: kind('requiredResourceAccess', 'resourceAccess:[object]! resourceAppId:string!', {
    resourceAccess: 'resourceAccess',
  }),
  resourceAccess: kind('resourceAccess', 'id:guid! type:string'),
  keyCredential: kind(
    'keyCredential',
    `customKeyIdentifier:string displayName:string endDateTime:dateTime key:string keyId:guid startDateTime:dateTime
     type:string usage:string`,
  ),
  passwordCredential: kind(
    'passwordCredential',
    `customKeyIdentifier:string displayName:string endDateTime:dateTime hint:string keyId:guid secretText:string
     startDateTime:dateTime`,
  ),
  newPassword: kind('addPassword', 'passwordCredential:object', { passwordCredential: 'passwordCredential' }),
  goneKey: kind('removePassword', 'keyId:guid!'),
  federatedCredential: kind(
    'federatedIdentityCredential',
    'id:string! audiences:[string]! description:string issuer:string! name:string! subject:string',
  ),
  appRoleAssignment: kind(
    'appRoleAssignment',
    `id:string! deletedDateTime appRoleId:guid! createdDateTime:dateTime principalDisplayName:string principalId:guid
     principalType:string resourceDisplayName:string resourceId:guid`,
  ),
  grant: kind(
    'oAuth2PermissionGrant',
    'id:string! clientId:string! consentType:string principalId:string resourceId:string! scope:string',
  ),
  reference: kind('directoryObject', ''),
}
