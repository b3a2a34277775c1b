import { kind } from './kind.ts'

/** What values must be is checked where policies are read: see conditional-access/policy-body.ts. */
export const policyKinds = {
  authenticationContext: kind('authenticationContextClassReference', 'id:string! displayName description isAvailable'),
  strength: kind(
    'authenticationStrengthPolicy',
    `id:string! allowedCombinations:[string]! createdDateTime description displayName:string! modifiedDateTime
     policyType requirementsSatisfied combinationConfigurations`,
  ),
  combinations: kind('updateAllowedCombinations', 'allowedCombinations:[string]!'),
  accessPolicy: kind(
    'conditionalAccessPolicy',
    'id deletedDateTime createdDateTime description displayName:string! modifiedDateTime state:string! templateId',
    { conditions: 'accessConditions', grantControls: 'accessGrant', sessionControls: 'accessSession' },
  ),
  accessConditions: kind(
    'conditionalAccessConditionSet',
    `authenticationFlows clientApplications clientAppTypes:[string]! devices insiderRiskLevels locations platforms
     servicePrincipalRiskLevels:[string]! signInRiskLevels:[string]! userRiskLevels:[string]!`,
    { applications: 'accessApplications', users: 'accessUsers' },
  ),
  accessApplications: kind(
    'conditionalAccessApplications',
    `applicationFilter excludeApplications:[string]! includeApplications:[string]!
     includeAuthenticationContextClassReferences:[string]! includeUserActions:[string]!`,
  ),
  accessUsers: kind(
    'conditionalAccessUsers',
    `excludeGroups:[string]! excludeGuestsOrExternalUsers excludeRoles:[string]! excludeUsers:[string]!
     includeGroups:[string]! includeGuestsOrExternalUsers includeRoles:[string]! includeUsers:[string]!`,
  ),
  accessGrant: kind(
    'conditionalAccessGrantControls',
    'builtInControls:[string]! customAuthenticationFactors:[string]! operator termsOfUse:[string]!',
    { authenticationStrength: 'strength' },
  ),
  accessSession: kind(
    'conditionalAccessSessionControls',
    'applicationEnforcedRestrictions cloudAppSecurity disableResilienceDefaults persistentBrowser secureSignInSession',
    { signInFrequency: 'signInFrequency' },
  ),
  signInFrequency: kind(
    'signInFrequencySessionControl',
    'isEnabled:boolean authenticationType frequencyInterval type value',
  ),
  subscribedSku: kind(
    'subscribedSku',
    `id accountId accountName appliesTo capabilityStatus consumedUnits prepaidUnits servicePlans skuId skuPartNumber
     subscriptionIds`,
  ),
  organization: kind(
    'organization',
    `id deletedDateTime assignedPlans businessPhones city country countryLetterCode createdDateTime
     defaultUsageLocation displayName marketingNotificationEmails mobileDeviceManagementAuthority
     onPremisesLastSyncDateTime onPremisesSyncEnabled partnerTenantType postalCode preferredLanguage privacyProfile
     provisionedPlans securityComplianceNotificationMails securityComplianceNotificationPhones state street
     technicalNotificationMails tenantType verifiedDomains branding certificateBasedAuthConfiguration extensions`,
  ),
}
