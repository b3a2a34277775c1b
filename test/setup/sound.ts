import { setupChecks } from '../../src/setup/checks.ts'
import type { ExpectedGate, ExpectedTenant } from '../../src/setup/expected.ts'
import type { AccessPolicy } from '../../src/setup/facts/conditional-access.ts'
import { UnseenFact } from '../../src/setup/facts/fact.ts'
import type { SetupFacts } from '../../src/setup/facts/facts.ts'
import type { GroupOfGate } from '../../src/setup/facts/gate.ts'
import type { Judged } from '../../src/setup/finding.ts'

const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
export const ids = {
  client: id(1),
  tenant: id(2),
  principal: id(3),
  graph: id(4),
  members: id(10),
  administrators: id(11),
  standing: id(12),
  emergency: id(13),
  ada: id(20),
  ben: id(21),
  lena: id(22),
  roster: id(30),
  memberships: id(31),
  mail: id(32),
  role: id(40),
}

export const now = new Date('2026-03-02T12:00:00Z')
export const inDays = (days: number): number => now.getTime() + days * 24 * 3_600_000
const soon = new Date(inDays(1)).toISOString()

/** What the tenant should be like, with everything known. */
export const soundExpected = (): ExpectedTenant => ({
  tenantId: ids.tenant,
  clientId: ids.client,
  baseUrl: 'https://admin.example.com',
  credential: 'secret',
  frontDoor: 'helpful',
  standingGroupId: ids.standing,
  emergency: [ids.emergency],
  owners: [ids.ada],
  features: {
    roster: true,
    notifications: false,
    selfService: true,
    administration: true,
    people: true,
    findings: true,
  },
  gates: [
    gateNamed('members', ids.members, 'c1'),
    { ...gateNamed('administrators', ids.administrators, 'c2'), permanent: [ids.ada] },
  ],
})

const gateNamed = (name: string, groupId: string, context: string): ExpectedGate & { groupId: string } => ({
  name,
  title: name,
  groupId,
  context,
  selfService: true,
  permanent: [],
})

const everyPermission = [
  'openid profile offline_access User.Read GroupMember.Read.All User.ReadBasic.All RoleManagementPolicy.Read.AzureADGroup',
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup PrivilegedEligibilitySchedule.Read.AzureADGroup',
  'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
].join(' ')

/** A tenant in which everything was seen, and everything is as it should be. */
export const soundFacts = (): SetupFacts => ({
  now,
  application: {
    value: {
      id: id(5),
      appId: ids.client,
      signInAudience: 'AzureADMyOrg',
      groupMembershipClaims: 'ApplicationGroup',
      isFallbackPublicClient: null,
      web: {
        redirectUris: ['https://admin.example.com/auth/callback', 'https://admin.example.com/auth/signed-out'],
        logoutUrl: 'https://admin.example.com/auth/front-channel-logout',
        implicitGrantSettings: { enableIdTokenIssuance: false, enableAccessTokenIssuance: false },
      },
      spa: { redirectUris: [] },
      publicClient: { redirectUris: [] },
      optionalClaims: {
        idToken: ['sid', 'login_hint', 'auth_time'].map(name => ({ name, additionalProperties: [] })),
      },
      appRoles: [{ id: ids.role, value: 'Payments.Access', isEnabled: true, allowedMemberTypes: ['User'] }],
      passwordCredentials: [{ endDateTime: inDays(90) }],
      keyCredentials: [],
    },
  },
  federated: { value: 0 },
  enterpriseApp: {
    value: {
      id: ids.principal,
      accountEnabled: true,
      appOwnerOrganizationId: ids.tenant,
      appRoleAssignmentRequired: true,
    },
  },
  assigned: { value: [ids.members, ids.administrators, ids.standing].map(group => assignedTo(group)) },
  otherAssigned: [{ id: ids.standing, members: { value: [person(ids.ben)] } }],
  graphApp: {
    value: {
      id: ids.graph,
      appRoles: [
        { id: ids.roster, value: 'PrivilegedAssignmentSchedule.Read.AzureADGroup' },
        { id: ids.memberships, value: 'GroupMember.Read.All' },
        { id: id(33), value: 'PrivilegedEligibilitySchedule.Read.AzureADGroup' },
        { id: ids.mail, value: 'Mail.Read' },
      ],
    },
  },
  granted: { value: [ids.roster, ids.memberships, id(33)].map(grantOf) },
  consents: { value: [{ consentType: 'AllPrincipals', resourceId: ids.graph, scope: everyPermission }] },
  gates: [
    groupOfGate('members', ids.members, 'c1'),
    {
      ...groupOfGate('administrators', ids.administrators, 'c2'),
      gate: { ...gateNamed('administrators', ids.administrators, 'c2'), permanent: [ids.ada] },
      members: { value: [person(ids.ada)] },
      active: { value: [{ ...activeOf(ids.ada), endDateTime: null }] },
    },
  ],
  groupsOfPeople: [],
  contexts: { value: ['c1', 'c2'].map(context => ({ id: context, isAvailable: true })) },
  policies: { value: [policyOn('c1'), { ...policyOn('c2'), sessionControls: everyTime }] },
  leftOut: [{ id: ids.emergency, name: 'Emergency access', members: { value: { ids: [], isWhole: true } } }],
  strengths: { value: [{ id: id(50), displayName: 'Ours', allowedCombinations: ['fido2', 'password,hardwareOath'] }] },
  plans: { value: [{ name: 'AAD_PREMIUM_P2', status: 'enabled' }] },
})

export const assignedTo = (principalId: string, appRoleId = '00000000-0000-0000-0000-000000000000') => ({
  principalId,
  principalType: 'Group',
  principalDisplayName: null,
  resourceId: ids.principal,
  appRoleId,
})
export const grantOf = (appRoleId: string) => ({
  ...assignedTo(ids.principal, appRoleId),
  principalType: 'ServicePrincipal',
  resourceId: ids.graph,
})
export const person = (id: string) => ({ '@odata.type': '#microsoft.graph.user', id, displayName: null })
export const nestedGroup = (id: string) => ({ '@odata.type': '#microsoft.graph.group', id, displayName: 'Visitors' })
export const activeOf = (principalId: string) => ({
  principalId,
  accessId: 'member',
  assignmentType: 'activated',
  startDateTime: '2026-03-02T08:00:00Z',
  endDateTime: soon as string | null,
})
export const eligibleOf = (principalId: string, endDateTime: string | null = soon) => ({
  principalId,
  accessId: 'member',
  startDateTime: '2026-01-02T08:00:00Z',
  endDateTime,
})

export function groupOfGate(name: string, groupId: string, context: string): GroupOfGate {
  return {
    gate: gateNamed(name, groupId, context),
    group: {
      value: {
        id: groupId,
        displayName: `Payments ${name}`,
        securityEnabled: true,
        groupTypes: [],
        membershipRule: null,
        onPremisesSyncEnabled: null,
        isAssignableToRole: true,
        isManagementRestricted: false,
      },
    },
    owners: { value: [person(ids.ada)] },
    eligibleOwners: { value: [] },
    members: { value: [person(ids.ben)] },
    active: { value: [activeOf(ids.ben)] },
    eligible: { value: [eligibleOf(ids.ben)] },
    policy: { value: { isChanged: true, rules: rulesOf({ context }) } },
    approvers: [],
  }
}

type Wish = { context?: string; hours?: string; demands?: string[]; approvers?: object[] }
/** The rules for turning on access, as Graph shows them. */
export const rulesOf = ({ context, hours = 'PT8H', demands = ['Justification'], approvers }: Wish) =>
  new Map<string, unknown>([
    ['expiration_enduser_assignment', { isExpirationRequired: true, maximumDuration: hours }],
    ['enablement_enduser_assignment', { enabledRules: demands }],
    ['authenticationcontext_enduser_assignment', { isEnabled: context !== undefined, claimValue: context ?? '' }],
    [
      'approval_enduser_assignment',
      {
        setting: {
          isApprovalRequired: approvers !== undefined,
          approvalStages: [{ primaryApprovers: approvers ?? [] }],
        },
      },
    ],
  ])

export const resistant = '00000000-0000-0000-0000-000000000004'
const everyTime = { signInFrequency: { isEnabled: true, frequencyInterval: 'everytime' } }

export const policyOn = (context: string): AccessPolicy => ({
  displayName: `Protects ${context}`,
  state: 'enabled',
  conditions: {
    clientAppTypes: ['all'],
    applications: { includeAuthenticationContextClassReferences: [context] },
    users: {
      includeUsers: ['all'],
      excludeUsers: [],
      includeGroups: [],
      excludeGroups: [ids.emergency],
      excludeRoles: [],
    },
    platforms: null,
    locations: null,
    devices: null,
    userRiskLevels: [],
    signInRiskLevels: [],
  },
  grantControls: {
    operator: 'OR',
    builtInControls: [],
    customAuthenticationFactors: [],
    termsOfUse: [],
    authenticationStrength: { id: resistant },
  },
  sessionControls: null,
})

/** What every check says, by its name. */
export function judgedAll(facts: SetupFacts, expected: ExpectedTenant): Map<string, Judged> {
  return new Map(setupChecks.map(({ name, judge }) => [name, judgedSafely(() => judge(facts, expected))]))
}

function judgedSafely(judge: () => Judged): Judged {
  try {
    return judge()
  } catch (thrown) {
    if (thrown instanceof UnseenFact) return { verdict: 'cannot-tell', what: thrown.message, fix: thrown.remedy }
    throw thrown
  }
}

/** The value of a fact that a test changes. */
export function valueIn<T>(fact: { value: T } | object): T {
  if (!('value' in fact)) throw new Error('a sound tenant has this fact')
  return fact.value as T
}
