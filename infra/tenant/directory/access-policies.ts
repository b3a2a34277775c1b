import { groups, guidFrom } from './ids.ts'
import { strengthIds } from './strengths.ts'

export const policyStates = ['enabled', 'disabled', 'enabledForReportingButNotEnforced'] as const

export type PolicyUsers = {
  includeUsers: readonly string[]
  excludeUsers: readonly string[]
  includeGroups: readonly string[]
  excludeGroups: readonly string[]
  includeRoles: readonly string[]
  excludeRoles: readonly string[]
  includeGuestsOrExternalUsers: object | null
  excludeGuestsOrExternalUsers: object | null
}

export type PolicyApplications = {
  includeApplications: readonly string[]
  excludeApplications: readonly string[]
  includeUserActions: readonly string[]
  includeAuthenticationContextClassReferences: readonly string[]
  applicationFilter: object | null
}

export type PolicyConditions = {
  applications: PolicyApplications | null
  users: PolicyUsers | null
  [other: string]: unknown
}

export type GrantControls = {
  operator: 'AND' | 'OR'
  builtInControls: readonly string[]
  customAuthenticationFactors: readonly string[]
  termsOfUse: readonly string[]
  /** Graph shows the whole strength here. */
  authenticationStrength: { id: string } | null
}

export type SessionControls = {
  signInFrequency?: { isEnabled?: boolean | null; frequencyInterval?: string | null } | null
  [other: string]: unknown
}

/** A Conditional Access policy as Graph keeps it. */
export type AccessPolicy = {
  id: string
  templateId: string | null
  displayName: string
  createdDateTime: string
  modifiedDateTime: string | null
  state: (typeof policyStates)[number]
  conditions: PolicyConditions
  grantControls: GrantControls | null
  sessionControls: SessionControls | null
}

/** What a policy says where its author said nothing. */
export const usersOf = (given: Partial<PolicyUsers>): PolicyUsers => ({
  includeUsers: [],
  excludeUsers: [],
  includeGroups: [],
  excludeGroups: [],
  includeRoles: [],
  excludeRoles: [],
  includeGuestsOrExternalUsers: null,
  excludeGuestsOrExternalUsers: null,
  ...given,
})

export const applicationsOf = (given: Partial<PolicyApplications>): PolicyApplications => ({
  includeApplications: [],
  excludeApplications: [],
  includeUserActions: [],
  includeAuthenticationContextClassReferences: [],
  applicationFilter: null,
  ...given,
})

export const grantControlsOf = (given: Partial<GrantControls>): GrantControls => ({
  operator: 'OR',
  builtInControls: [],
  customAuthenticationFactors: [],
  termsOfUse: [],
  authenticationStrength: null,
  ...given,
})

export const conditionsOf = (given: Partial<PolicyConditions>): PolicyConditions => ({
  userRiskLevels: [],
  signInRiskLevels: [],
  servicePrincipalRiskLevels: [],
  insiderRiskLevels: null,
  clientAppTypes: ['all'],
  platforms: null,
  locations: null,
  devices: null,
  clientApplications: null,
  authenticationFlows: null,
  ...given,
  applications: given.applications ? applicationsOf(given.applications) : null,
  users: given.users ? usersOf(given.users) : null,
})

/** The policy of the usual tenant: c1 takes a phishing-resistant sign-in of everybody but the emergency accounts. */
export const seededPolicy: AccessPolicy = {
  id: guidFrom('policy on c1'),
  templateId: null,
  displayName: 'Gatehouse: phishing-resistant sign-in',
  createdDateTime: '2025-09-01T08:00:00Z',
  modifiedDateTime: null,
  state: 'enabled',
  conditions: conditionsOf({
    applications: applicationsOf({ includeAuthenticationContextClassReferences: ['c1'] }),
    users: usersOf({ includeUsers: ['All'], excludeGroups: [groups.emergency] }),
  }),
  grantControls: grantControlsOf({ authenticationStrength: { id: strengthIds.phishingResistant } }),
  sessionControls: null,
}
