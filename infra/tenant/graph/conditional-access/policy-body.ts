import * as z from 'zod'
import { policyStates } from '../../directory/access-policies.ts'

// Names are checked before; this says what the values must be. A list is never null, a block may be.
const list = z.array(z.string()).optional()
const block = z.record(z.string(), z.unknown()).nullish()
const groupIds = z.array(z.guid()).optional()
const userIds = z.array(z.union([z.guid(), z.enum(['All', 'None', 'GuestsOrExternalUsers'])])).optional()
const risks = z.array(z.enum(['low', 'medium', 'high', 'hidden', 'none'])).optional()

const users = z.looseObject({
  includeUsers: userIds,
  excludeUsers: userIds,
  includeGroups: groupIds,
  excludeGroups: groupIds,
  includeRoles: groupIds,
  excludeRoles: groupIds,
  includeGuestsOrExternalUsers: block,
  excludeGuestsOrExternalUsers: block,
})

const applications = z.looseObject({
  includeApplications: list,
  excludeApplications: list,
  includeUserActions: list,
  includeAuthenticationContextClassReferences: list,
  applicationFilter: block,
})

const clientApps = ['all', 'browser', 'mobileAppsAndDesktopClients', 'exchangeActiveSync', 'easSupported', 'other']

const conditions = z.looseObject({
  users: users.nullish(),
  applications: applications.nullish(),
  clientAppTypes: z.array(z.enum(clientApps)).optional(),
  userRiskLevels: risks,
  signInRiskLevels: risks,
  servicePrincipalRiskLevels: risks,
})

const controls = [
  'block',
  'mfa',
  'compliantDevice',
  'domainJoinedDevice',
  'approvedApplication',
  'compliantApplication',
  'passwordChange',
  'riskRemediation',
]

const grantControls = z.looseObject({
  operator: z.enum(['AND', 'OR']).optional(),
  builtInControls: z.array(z.enum(controls)).optional(),
  customAuthenticationFactors: list,
  termsOfUse: list,
  authenticationStrength: z.looseObject({ id: z.guid() }).nullish(),
})

const signInFrequency = z.looseObject({
  isEnabled: z.boolean().nullish(),
  frequencyInterval: z.enum(['timeBased', 'everyTime']).nullish(),
  authenticationType: z.enum(['primaryAndSecondaryAuthentication', 'secondaryAuthentication']).nullish(),
  type: z.enum(['days', 'hours']).nullish(),
  value: z.number().int().positive().nullish(),
})

export const policyCreation = z.looseObject({
  displayName: z.string().min(1),
  state: z.enum(policyStates),
  conditions,
  grantControls: grantControls.nullish(),
  sessionControls: z.looseObject({ signInFrequency: signInFrequency.nullish() }).nullish(),
})

export const policyChange = policyCreation.partial()
export type PolicyWish = z.output<typeof policyChange>
