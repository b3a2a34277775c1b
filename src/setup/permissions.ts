import type { SetupFeatures } from './expected.ts'

/** A part of the application, and what it needs of Graph. Optional permissions may be missing: then less is seen. */
type Need = {
  part: string
  isOn: (features: SetupFeatures) => boolean
  kind: 'delegated' | 'application'
  permissions: readonly string[]
  optional?: true
}

const roster = ['PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All']
const ownAccess = [
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
  'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  'RoleManagementPolicy.Read.AzureADGroup',
]
const names = ['User.ReadBasic.All', 'GroupMember.Read.All']
const always = () => true

/** What each part needs, as docs/permissions.md says it. */
export const permissionNeeds: readonly Need[] = [
  { part: 'signing in', isOn: always, kind: 'delegated', permissions: ['openid', 'profile', 'offline_access'] },
  {
    part: 'people in more than 200 groups',
    isOn: always,
    kind: 'delegated',
    permissions: ['User.Read', 'GroupMember.Read.All'],
  },
  { part: 'the roster', isOn: ({ roster }) => roster, kind: 'application', permissions: roster },
  {
    part: 'notifications',
    isOn: ({ notifications }) => notifications,
    kind: 'application',
    permissions: [...roster, 'Group.Read.All'],
  },
  {
    part: 'turning on access',
    isOn: ({ selfService }) => selfService,
    kind: 'delegated',
    permissions: [...ownAccess, ...names],
  },
  {
    part: 'giving access',
    isOn: ({ administration }) => administration,
    kind: 'delegated',
    permissions: [
      'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
      'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
      'RoleManagementPolicy.Read.AzureADGroup',
      'User.ReadBasic.All',
    ],
  },
  {
    part: 'who has access',
    isOn: ({ people, roster }) => people && roster,
    kind: 'application',
    // Without it the page reads who could have access with the token of its visitor.
    permissions: ['PrivilegedEligibilitySchedule.Read.AzureADGroup'],
    optional: true,
  },
  {
    part: 'who has access',
    isOn: ({ people, roster }) => people && !roster,
    kind: 'delegated',
    permissions: [...ownAccess, ...names],
  },
  {
    part: 'names in the trail',
    isOn: ({ roster }) => roster,
    kind: 'application',
    permissions: ['User.Read.All'],
    optional: true,
  },
  {
    part: 'when a client secret runs out',
    isOn: always,
    kind: 'application',
    permissions: ['Application.Read.All'],
    optional: true,
  },
  {
    part: 'the daily check',
    isOn: ({ findings }) => findings,
    kind: 'application',
    permissions: [
      'Application.Read.All',
      'Policy.Read.All',
      'AuthenticationContext.Read.All',
      'RoleManagementPolicy.Read.AzureADGroup',
      'GroupMember.Read.All',
      'PrivilegedAssignmentSchedule.Read.AzureADGroup',
      'PrivilegedEligibilitySchedule.Read.AzureADGroup',
      'Directory.Read.All',
    ],
    optional: true,
  },
  // Entra's own consent page adds it, and it shows an address that the token names anyway.
  { part: 'signing in', isOn: always, kind: 'delegated', permissions: ['email'], optional: true },
]

/** The permissions that may be there: those that a part which is on needs, or could use. */
export const allowedPermissions = (features: SetupFeatures, kind: Need['kind']): ReadonlySet<string> =>
  new Set(permissionNeeds.flatMap(need => (need.kind === kind && need.isOn(features) ? need.permissions : [])))

/**
 * The permissions that are missing, by the parts that cannot work without them. A wider application permission serves
 * instead of a narrow one. A delegated one is asked for by its name, so nothing serves instead.
 */
export function missingPermissions(features: SetupFeatures, kind: Need['kind'], present: ReadonlySet<string>) {
  const serves = (name: string) =>
    present.has(name) || (kind === 'application' && (wider[name] ?? []).some(each => present.has(each)))
  return permissionNeeds
    .filter(need => need.kind === kind && !need.optional && need.isOn(features))
    .map(({ part, permissions }) => ({ part, permissions: permissions.filter(name => !serves(name)) }))
    .filter(({ permissions }) => permissions.length > 0)
}

const wider: Record<string, readonly string[]> = {
  'PrivilegedAssignmentSchedule.Read.AzureADGroup': ['PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup'],
  'PrivilegedEligibilitySchedule.Read.AzureADGroup': ['PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup'],
  'GroupMember.Read.All': ['Group.Read.All', 'GroupMember.ReadWrite.All', 'Group.ReadWrite.All'],
  'Group.Read.All': ['Group.ReadWrite.All'],
}
