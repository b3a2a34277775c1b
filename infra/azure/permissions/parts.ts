import type { GraphPermission, PermissionKind } from './graph-permissions.ts'

/** The parts of the application that are on, as far as permissions go. */
export type Features = {
  roster: boolean
  notifications: boolean
  selfService: boolean
  administration: boolean
  findings: boolean
  /** Whether there are auditors. They see who has access, and so need what that page needs. */
  auditors: boolean
}

export type Part = {
  /** The part as docs/permissions.md calls it. */
  part: string
  isOn: (features: Features) => boolean
  kind: PermissionKind
  permissions: readonly GraphPermission[]
}

const always = () => true
const roster = ['PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All'] as const
const ownAccess = [
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
  'PrivilegedEligibilitySchedule.Read.AzureADGroup',
  'RoleManagementPolicy.Read.AzureADGroup',
] as const
const names = ['User.ReadBasic.All', 'GroupMember.Read.All'] as const
const isWhoHasAccessOn = ({ administration, auditors }: Features) => administration || auditors

/** What each part of the application needs at Graph, and no more: the table of docs/permissions.md, row by row. */
export const parts: readonly Part[] = [
  { part: 'signing in', isOn: always, kind: 'delegated', permissions: ['openid', 'profile', 'offline_access'] },
  { part: 'roster', isOn: ({ roster }) => roster, kind: 'application', permissions: roster },
  {
    part: 'notifications',
    isOn: ({ notifications }) => notifications,
    kind: 'application',
    permissions: [...roster, 'Group.Read.All'],
  },
  { part: 'turning on access', isOn: ({ selfService }) => selfService, kind: 'delegated', permissions: ownAccess },
  { part: 'names of approvers', isOn: ({ selfService }) => selfService, kind: 'delegated', permissions: names },
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
    part: 'names of people in the trail',
    isOn: ({ roster }) => roster,
    kind: 'application',
    permissions: ['User.Read.All'],
  },
  {
    part: 'who has access',
    isOn: features => isWhoHasAccessOn(features) && features.roster,
    kind: 'application',
    permissions: [...roster, 'PrivilegedEligibilitySchedule.Read.AzureADGroup'],
  },
  {
    part: 'who has access',
    isOn: features => isWhoHasAccessOn(features) && !features.roster,
    kind: 'delegated',
    permissions: [...ownAccess, ...names],
  },
  {
    part: 'people in more than 200 groups',
    isOn: always,
    kind: 'delegated',
    permissions: ['User.Read', 'GroupMember.Read.All'],
  },
  { part: 'when a client secret runs out', isOn: always, kind: 'application', permissions: ['Application.Read.All'] },
  {
    part: 'the daily check of the set-up',
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
  },
]

/** The permissions of a kind that the parts which are on need, each once, in the order of the parts. */
export const permissionsOf = (features: Features, kind: PermissionKind): GraphPermission[] => [
  ...new Set(parts.flatMap(part => (part.kind === kind && part.isOn(features) ? part.permissions : []))),
]
