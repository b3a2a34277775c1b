import { kind } from './kind.ts'

/** Groups and administrative units: names and types from the documentation of Graph v1.0. */
export const groupKinds = {
  group: kind(
    'group',
    `id:string! deletedDateTime accessType allowExternalSenders:boolean assignedLabels assignedLicenses
     autoSubscribeNewMembers:boolean classification:string createdDateTime:dateTime description:string displayName:string
     expirationDateTime:dateTime groupTypes:[string]! hasMembersWithLicenseErrors:boolean hideFromAddressLists:boolean
     hideFromOutlookClients:boolean infoCatalogs:[string]! isArchived:boolean isAssignableToRole:boolean
     isManagementRestricted:boolean isSubscribedByMail:boolean licenseProcessingState mail:string mailEnabled:boolean
     mailNickname:string membershipRule:string membershipRuleProcessingState:string onPremisesDomainName
     onPremisesLastSyncDateTime onPremisesNetBiosName onPremisesProvisioningErrors onPremisesSamAccountName
     onPremisesSecurityIdentifier onPremisesSyncEnabled:boolean preferredDataLocation:string preferredLanguage:string
     proxyAddresses:[string]! renewedDateTime:dateTime resourceBehaviorOptions:[string]!
     resourceProvisioningOptions:[string]! securityEnabled:boolean securityIdentifier:string serviceProvisioningErrors
     theme:string uniqueName:string unseenCount visibility:string appRoleAssignments memberOf members owners
     permissionGrants settings transitiveMemberOf transitiveMembers`,
  ),
  unit: kind(
    'administrativeUnit',
    `id:string! deletedDateTime description:string displayName:string isMemberManagementRestricted:boolean
     membershipRule:string membershipRuleProcessingState:string membershipType:string visibility:string extensions
     members scopedRoleMembers`,
  ),
}
