import { applicationKinds } from './kinds/applications.ts'
import { groupKinds } from './kinds/groups.ts'
import { type Kind, kind } from './kinds/kind.ts'
import { policyKinds } from './kinds/policies.ts'

const scheduled = 'id accessId groupId principalId createdDateTime createdUsing modifiedDateTime memberType status'
const inForce = 'id accessId groupId principalId memberType startDateTime endDateTime'
const asked =
  'id accessId groupId principalId action status approvalId completedDateTime createdBy createdDateTime customData ' +
  'isValidationOnly justification targetScheduleId targetSchedule'
const whose = { principal: 'directoryObject', group: 'group' } as const
const schedule = { scheduleInfo: 'schedule' } as const
const rule = (name: string, names: string, of: Record<string, string> = {}) =>
  kind(`unifiedRoleManagementPolicy${name}Rule`, `id ${names}`, { target: 'ruleTarget', ...of })

/**
 * From the documentation of Graph v1.0. People, groups and the application have more properties than this tenant shows:
 * an app may still ask for them.
 */
export const kinds = {
  ...policyKinds,
  assignmentRequest: kind('privilegedAccessGroupAssignmentScheduleRequest', `${asked} activatedUsing`, {
    ...whose,
    ...schedule,
    ticketInfo: 'ticket',
  }),
  eligibilityRequest: kind('privilegedAccessGroupEligibilityScheduleRequest', asked, {
    ...whose,
    ...schedule,
    ticketInfo: 'ticket',
  }),
  assignmentSchedule: kind('privilegedAccessGroupAssignmentSchedule', `${scheduled} assignmentType activatedUsing`, {
    ...whose,
    ...schedule,
  }),
  eligibilitySchedule: kind('privilegedAccessGroupEligibilitySchedule', scheduled, { ...whose, ...schedule }),
  assignmentInstance: kind(
    'privilegedAccessGroupAssignmentScheduleInstance',
    `${inForce} assignmentType assignmentScheduleId activatedUsing`,
    whose,
  ),
  eligibilityInstance: kind(
    'privilegedAccessGroupEligibilityScheduleInstance',
    `${inForce} eligibilityScheduleId`,
    whose,
  ),
  schedule: kind('requestSchedule', 'startDateTime recurrence', { expiration: 'expiration' }),
  expiration: kind('expirationPattern', 'type duration endDateTime'),
  ticket: kind('ticketInfo', 'ticketNumber ticketSystem'),
  approval: kind('approval', 'id', { stages: 'stage' }),
  stage: kind(
    'approvalStage',
    'id assignedToMe displayName justification reviewedBy reviewedDateTime reviewResult status',
  ),
  policyAssignment: kind('unifiedRoleManagementPolicyAssignment', 'id policyId roleDefinitionId scopeId scopeType', {
    policy: 'policy',
  }),
  policy: kind(
    'unifiedRoleManagementPolicy',
    'id displayName description isOrganizationDefault lastModifiedBy lastModifiedDateTime scopeId scopeType',
    { rules: 'rule', effectiveRules: 'rule' },
  ),
  rule: rule('', ''),
  expirationRule: rule('Expiration', 'isExpirationRequired maximumDuration'),
  enablementRule: rule('Enablement', 'enabledRules'),
  contextRule: rule('AuthenticationContext', 'isEnabled claimValue'),
  approvalRule: rule('Approval', '', { setting: 'approvalSettings' }),
  notificationRule: rule(
    'Notification',
    'notificationType notificationLevel notificationRecipients recipientType isDefaultRecipientsEnabled',
  ),
  ruleTarget: kind(
    'unifiedRoleManagementPolicyRuleTarget',
    'caller level operations enforcedSettings inheritableSettings targetObjects',
  ),
  approvalSettings: kind(
    'approvalSettings',
    'approvalMode isApprovalRequired isApprovalRequiredForExtension isRequestorJustificationRequired',
    { approvalStages: 'approvalStage' },
  ),
  approvalStage: kind(
    'unifiedApprovalStage',
    `approvalStageTimeOutInDays escalationTimeInMinutes isApproverJustificationRequired
     isEscalationEnabled`,
    { primaryApprovers: 'approver', escalationApprovers: 'approver' },
  ),
  approver: kind('subjectSet', ''),
  singleUser: kind('singleUser', 'description:string userId:string'),
  groupMembers: kind('groupMembers', 'description:string groupId:string'),
  subscription: kind(
    'subscription',
    `id applicationId changeType clientState creatorId encryptionCertificate encryptionCertificateId
     expirationDateTime includeResourceData latestSupportedTlsVersion lifecycleNotificationUrl notificationQueryOptions
     notificationUrl notificationUrlAppId resource`,
  ),
  membershipQuestion: kind('checkMemberGroups', 'groupIds'),
  nothing: kind('nothing', ''),
  directoryObject: kind('directoryObject', 'id deletedDateTime'),
  ...groupKinds,
  user: kind(
    'user',
    `id deletedDateTime aboutMe accountEnabled ageGroup assignedLicenses assignedPlans authorizationInfo birthday
     businessPhones city companyName consentProvidedForMinor country createdDateTime creationType
     customSecurityAttributes department displayName employeeHireDate employeeId employeeLeaveDateTime employeeOrgData
     employeeType externalUserState externalUserStateChangeDateTime faxNumber givenName hireDate identities
     imAddresses interests isManagementRestricted isResourceAccount jobTitle lastPasswordChangeDateTime
     legalAgeGroupClassification licenseAssignmentStates mail mailboxSettings mailNickname mobilePhone mySite
     officeLocation onPremisesDistinguishedName onPremisesDomainName onPremisesExtensionAttributes
     onPremisesImmutableId onPremisesLastSyncDateTime onPremisesProvisioningErrors onPremisesSamAccountName
     onPremisesSecurityIdentifier onPremisesSyncEnabled onPremisesUserPrincipalName otherMails passwordPolicies
     passwordProfile pastProjects postalCode preferredDataLocation preferredLanguage preferredName provisionedPlans
     proxyAddresses responsibilities schools securityIdentifier serviceProvisioningErrors showInAddressList
     signInActivity signInSessionsValidFromDateTime skills state streetAddress surname usageLocation
     userPrincipalName userType appRoleAssignments directReports manager memberOf ownedObjects sponsors
     transitiveMemberOf`,
  ),
  ...applicationKinds,
} satisfies Record<string, Kind>

/** A list of directory objects may be asked for the properties of people and groups. */
export const derived: Partial<Record<string, readonly Kind[]>> = {
  directoryObject: [kinds.user, kinds.group],
  approver: [kinds.singleUser, kinds.groupMembers],
  rule: [kinds.expirationRule, kinds.enablementRule, kinds.contextRule, kinds.approvalRule, kinds.notificationRule],
}
