import { describe, expect, test } from 'vitest'
import { setupChecks } from '../../src/setup/checks.ts'
import type { ExpectedTenant } from '../../src/setup/expected.ts'
import type { AccessPolicy } from '../../src/setup/facts/conditional-access.ts'
import type { Fact } from '../../src/setup/facts/fact.ts'
import type { SetupFacts } from '../../src/setup/facts/facts.ts'
import type { GroupOfGate } from '../../src/setup/facts/gate.ts'
import type { Registration } from '../../src/setup/facts/registration.ts'
import {
  activeOf,
  assignedTo,
  eligibleOf,
  grantOf,
  ids,
  inDays,
  judgedAll,
  nestedGroup,
  person,
  policyOn,
  rulesOf,
  soundExpected,
  soundFacts,
  valueIn,
} from './sound.ts'

type Change = (facts: SetupFacts, expected: ExpectedTenant) => void
type Case = [what: string, check: string, change: Change]

const inRegistration =
  (change: (registration: Registration) => void): Change =>
  ({ application }) =>
    change(valueIn<Registration>(application))
/** Changes the group of the gate for members. */
const inGroup =
  (change: (group: GroupOfGate) => void): Change =>
  ({ gates }) =>
    change(gates[0] as GroupOfGate)
const inDirectory = (properties: object): Change =>
  inGroup(({ group }) => Object.assign(valueIn<object>(group), properties))
const withRules = (wish: Parameters<typeof rulesOf>[0], approvers: GroupOfGate['approvers'] = []): Change =>
  inGroup(group => {
    group.policy = { value: { isChanged: true, rules: rulesOf({ context: 'c1', ...wish }) } }
    group.approvers = approvers
  })
/** Changes the policy on the members’ context. */
const inPolicy =
  (change: (policy: AccessPolicy) => void): Change =>
  ({ policies }) =>
    change(valueIn<AccessPolicy[]>(policies)[0] as AccessPolicy)
const inGrant = (properties: object): Change =>
  inPolicy(({ grantControls }) => Object.assign(grantControls as object, properties))
const inUsers = (properties: object): Change =>
  inPolicy(({ conditions }) => Object.assign(conditions.users as object, properties))
const inConditions = (properties: object): Change => inPolicy(({ conditions }) => Object.assign(conditions, properties))
const list = <T>(fact: Fact<T[]>): T[] => valueIn<T[]>(fact)
const approver = { '@odata.type': '#microsoft.graph.singleUser', userId: ids.lena }
const asUser = (able: string[]) => [{ kind: 'user' as const, id: ids.lena, able: { value: able } }]
const roleGate: Change = (_facts, expected) => {
  expected.gates = [...expected.gates, { name: 'payers', title: 'Payers', role: 'Payments.Access', selfService: false }]
}
const both =
  (...changes: Change[]): Change =>
  (facts, expected) => {
    for (const change of changes) change(facts, expected)
  }

const wrongCases: Case[] = [
  ['no registration', 'application-exists', facts => Object.assign(facts, { application: { missing: 'Gone.' } })],
  [
    'another tenant’s registration',
    'tenant-id',
    ({ enterpriseApp }) => Object.assign(valueIn<object>(enterpriseApp), { appOwnerOrganizationId: ids.ben }),
  ],
  [
    'other tenants’ accounts',
    'single-tenant',
    inRegistration(each => Object.assign(each, { signInAudience: 'AzureADMultipleOrgs' })),
  ],
  ['no callback', 'redirect-uris', inRegistration(({ web }) => void web.redirectUris.shift())],
  ['no address after sign-out', 'redirect-uris', inRegistration(({ web }) => void web.redirectUris.pop())],
  [
    'a redirect URI without TLS',
    'redirect-uris-safe',
    inRegistration(({ web }) => void web.redirectUris.push('http://old.example.com/auth/callback')),
  ],
  [
    'a redirect URI for any host',
    'redirect-uris-safe',
    inRegistration(({ web }) => void web.redirectUris.push('https://*.example.com/auth/callback')),
  ],
  ['no logout URL', 'logout-url', inRegistration(({ web }) => Object.assign(web, { logoutUrl: null }))],
  [
    'another logout URL',
    'logout-url',
    inRegistration(({ web }) => Object.assign(web, { logoutUrl: 'https://admin.example.com/auth/sign-out' })),
  ],
  [
    'implicit ID tokens',
    'implicit-grant-off',
    inRegistration(({ web }) => Object.assign(web.implicitGrantSettings as object, { enableIdTokenIssuance: true })),
  ],
  [
    'implicit access tokens',
    'implicit-grant-off',
    inRegistration(({ web }) =>
      Object.assign(web.implicitGrantSettings as object, { enableAccessTokenIssuance: true }),
    ),
  ],
  [
    'a single-page application',
    'public-client-off',
    inRegistration(each => Object.assign(each, { spa: { redirectUris: ['https://admin.example.com'] } })),
  ],
  [
    'a mobile application',
    'public-client-off',
    inRegistration(each => Object.assign(each, { publicClient: { redirectUris: ['msal://auth'] } })),
  ],
  ['public flows', 'public-client-off', inRegistration(each => Object.assign(each, { isFallbackPublicClient: true }))],
  ['no group claims', 'group-claims', inRegistration(each => Object.assign(each, { groupMembershipClaims: null }))],
  [
    'claims of roles alone',
    'group-claims',
    inRegistration(each => Object.assign(each, { groupMembershipClaims: 'DirectoryRole' })),
  ],
  [
    'names of groups in place of ids',
    'group-claims',
    inRegistration(each =>
      each.optionalClaims?.idToken.push({ name: 'groups', additionalProperties: ['cloud_displayname'] }),
    ),
  ],
  [
    'groups in place of roles',
    'group-claims',
    inRegistration(each =>
      each.optionalClaims?.idToken.push({ name: 'groups', additionalProperties: ['emit_as_roles'] }),
    ),
  ],
  [
    'more assigned groups than a token lists',
    'claims-overage',
    ({ assigned }) => {
      list(assigned).push(...Array.from({ length: 198 }, (_, n) => assignedTo(`group ${n}`)))
    },
  ],
  [
    'somebody in more groups than a token lists',
    'claims-overage',
    both(
      inRegistration(each => Object.assign(each, { groupMembershipClaims: 'SecurityGroup' })),
      facts =>
        Object.assign(facts, {
          groupsOfPeople: [{ id: ids.ben, groups: { value: Array.from({ length: 201 }, String) } }],
        }),
    ),
  ],
  ['no sid', 'optional-claims', inRegistration(each => void each.optionalClaims?.idToken.shift())],
  ['no optional claims', 'optional-claims', inRegistration(each => Object.assign(each, { optionalClaims: null }))],
  [
    'a gate whose role is not there',
    'app-role-exists',
    both(
      roleGate,
      inRegistration(each => Object.assign(each, { appRoles: [] })),
    ),
  ],
  [
    'a gate whose role is off',
    'app-role-exists',
    both(
      roleGate,
      inRegistration(({ appRoles }) => Object.assign(appRoles[0] as object, { isEnabled: false })),
    ),
  ],
  [
    'a gate whose role is for applications',
    'app-role-exists',
    both(
      roleGate,
      inRegistration(({ appRoles }) => Object.assign(appRoles[0] as object, { allowedMemberTypes: ['Application'] })),
    ),
  ],
  [
    'no certificate where one is used',
    'credential-present',
    (_facts, expected) => Object.assign(expected, { credential: 'certificate' }),
  ],
  [
    'no federation where it is used',
    'credential-present',
    (_facts, expected) => Object.assign(expected, { credential: 'federated' }),
  ],
  ['no secret', 'credential-present', inRegistration(each => Object.assign(each, { passwordCredentials: [] }))],
  [
    'an expired secret',
    'secret-expired',
    inRegistration(each => Object.assign(each, { passwordCredentials: [{ endDateTime: inDays(-1) }] })),
  ],
  [
    'a secret that ends now',
    'secret-expired',
    inRegistration(each => Object.assign(each, { passwordCredentials: [{ endDateTime: inDays(0) }] })),
  ],
  [
    'a secret with 30 days left',
    'secret-expiring',
    inRegistration(each => Object.assign(each, { passwordCredentials: [{ endDateTime: inDays(30) }] })),
  ],
  [
    'three secrets',
    'many-secrets',
    inRegistration(each =>
      Object.assign(each, { passwordCredentials: [40, 50, 60].map(days => ({ endDateTime: inDays(days) })) }),
    ),
  ],
  [
    'a certificate with 30 days left',
    'certificate-expiring',
    both(
      (_facts, expected) => Object.assign(expected, { credential: 'certificate' }),
      inRegistration(each => Object.assign(each, { keyCredentials: [{ endDateTime: inDays(30) }] })),
    ),
  ],
  [
    'an expired certificate',
    'certificate-expiring',
    both(
      (_facts, expected) => Object.assign(expected, { credential: 'certificate' }),
      inRegistration(each => Object.assign(each, { keyCredentials: [{ endDateTime: inDays(-3) }] })),
    ),
  ],
  [
    'no enterprise application',
    'enterprise-app',
    facts => Object.assign(facts, { enterpriseApp: { missing: 'Gone.' } }),
  ],
  [
    'sign-in turned off',
    'enterprise-app',
    ({ enterpriseApp }) => Object.assign(valueIn<object>(enterpriseApp), { accountEnabled: false }),
  ],
  [
    'an open door where a helpful one is expected',
    'assignment-required',
    ({ enterpriseApp }) => Object.assign(valueIn<object>(enterpriseApp), { appRoleAssignmentRequired: false }),
  ],
  [
    'a helpful door where a strict one is expected',
    'assignment-required',
    (_facts, expected) => Object.assign(expected, { frontDoor: 'strict' }),
  ],
  ['a group that is not assigned', 'groups-assigned', ({ assigned }) => void list(assigned).splice(0, 1)],
  [
    'a group that is assigned without its role',
    'groups-assigned',
    ({ gates }) => Object.assign((gates[0] as GroupOfGate).gate, { role: 'Payments.Access' }),
  ],
  ['a standing group that is not assigned', 'standing-group', ({ assigned }) => void list(assigned).pop()],
  [
    'people who turn on access and cannot sign in',
    'standing-group',
    ({ assigned }, expected) => {
      list(assigned).pop()
      delete expected.frontDoor
      delete expected.standingGroupId
    },
  ],
  [
    'a person with the role of a gate',
    'role-given-directly',
    both(roleGate, ({ assigned }) => {
      list(assigned).push({ ...assignedTo(ids.ben, ids.role), principalType: 'User', principalDisplayName: 'Ben' })
    }),
  ],
  [
    'a group in the group of a gate',
    'nested-groups',
    inGroup(({ members }) => void list(members).push(nestedGroup('x'))),
  ],
  [
    'a group in another assigned group',
    'nested-groups',
    facts => Object.assign(facts, { otherAssigned: [{ id: ids.standing, members: { value: [nestedGroup('x')] } }] }),
  ],
  ['a roster without its permission', 'permissions-missing', ({ granted }) => void list(granted).shift()],
  [
    'notifications without their permission',
    'permissions-missing',
    (_facts, { features }) => Object.assign(features, { notifications: true }),
  ],
  [
    'permissions of another resource alone',
    'permissions-missing',
    ({ granted }) => {
      for (const row of list(granted)) row.resourceId = ids.lena
    },
  ],
  [
    'a scope that nobody consented to',
    'consent-missing',
    ({ consents }) => Object.assign(list(consents)[0] as object, { scope: 'openid profile' }),
  ],
  [
    'a consent of one person alone',
    'consent-missing',
    ({ consents }) => Object.assign(list(consents)[0] as object, { consentType: 'Principal' }),
  ],
  [
    'an application permission too many',
    'permissions-too-many',
    ({ granted }) => void list(granted).push(grantOf(ids.mail)),
  ],
  [
    'a permission without a name',
    'permissions-too-many',
    ({ granted }) => void list(granted).push(grantOf('5f8c59db-677d-491f-a6b8-5f174b11ec1d')),
  ],
  [
    'a scope too many',
    'permissions-too-many',
    ({ consents }) => list(consents).push({ consentType: 'AllPrincipals', resourceId: ids.graph, scope: 'Mail.Send' }),
  ],
  [
    'a group that is not there',
    'group-exists',
    inGroup(group => Object.assign(group, { group: { missing: 'Gone.' } })),
  ],
  ['a group for mail', 'group-kind', inDirectory({ securityEnabled: false })],
  ['a dynamic group', 'group-kind', inDirectory({ groupTypes: ['DynamicMembership'] })],
  ['a group with a rule', 'group-kind', inDirectory({ membershipRule: 'user.country -eq "FR"' })],
  ['a synchronised group', 'group-kind', inDirectory({ onPremisesSyncEnabled: true })],
  [
    'a group that PIM never saw',
    'group-under-pim',
    inGroup(group => {
      group.policy = { value: { isChanged: false, rules: rulesOf({ context: 'c1' }) } }
      group.active = { value: [] }
      group.eligible = { value: [] }
      group.members = { value: [] }
    }),
  ],
  ['a group that is not protected', 'group-protected', inDirectory({ isAssignableToRole: null })],
  ['an owner whom nobody named', 'group-owners', inGroup(({ owners }) => void list(owners).push(person(ids.ben)))],
  [
    'six owners',
    'group-owners',
    both(
      (_facts, expected) => {
        delete expected.owners
      },
      inGroup(group => Object.assign(group, { owners: { value: ['a', 'b', 'c', 'd', 'e', 'f'].map(person) } })),
    ),
  ],
  [
    'a member past PIM',
    'members-outside-pim',
    inGroup(({ members }) => void list(members).push({ ...person(ids.lena), displayName: 'Lena' })),
  ],
  [
    'a member without an end',
    'permanent-members',
    inGroup(({ active }) => Object.assign(list(active)[0] as object, { endDateTime: null })),
  ],
  [
    'an eligibility without an end',
    'permanent-eligibilities',
    inGroup(({ eligible }) => void list(eligible).push(eligibleOf(ids.lena, null))),
  ],
  [
    'no context on activation',
    'activation-context',
    inGroup(group => Object.assign(group, { policy: { value: { isChanged: true, rules: rulesOf({}) } } })),
  ],
  [
    'another context on activation',
    'activation-context',
    ({ gates }) => Object.assign((gates[0] as GroupOfGate).gate, { activationContext: 'c2' }),
  ],
  ['an activation of nine hours', 'activation-length', withRules({ hours: 'PT9H' })],
  [
    'an activation longer than was said',
    'activation-length',
    ({ gates }) => Object.assign((gates[0] as GroupOfGate).gate, { activationHours: 4 }),
  ],
  [
    'an activation without an end',
    'activation-length',
    inGroup(({ policy }) =>
      valueIn<{ rules: Map<string, unknown> }>(policy).rules.set('expiration_enduser_assignment', {
        isExpirationRequired: false,
        maximumDuration: null,
      }),
    ),
  ],
  ['no justification', 'activation-justification', withRules({ demands: ['Ticketing'] })],
  [
    'MFA beside a context',
    'activation-mfa-conflict',
    withRules({ demands: ['justification', 'multiFactorAuthentication'] }),
  ],
  ['approval without an approver', 'approvers', withRules({ approvers: [] })],
  ['a disabled approver', 'approvers', withRules({ approvers: [approver] }, asUser([]))],
  [
    'an approver’s group without anybody',
    'approvers',
    withRules({ approvers: [{ '@odata.type': '#microsoft.graph.groupMembers', groupId: ids.standing }] }, [
      { kind: 'group', id: ids.standing, able: { value: [] } },
    ]),
  ],
  [
    'the person themselves as only approver',
    'approvers',
    withRules({ approvers: [{ id: ids.ben }] }, [{ kind: 'user', id: ids.ben, able: { value: [ids.ben] } }]),
  ],
  [
    'a context that is not published',
    'context-published',
    ({ contexts }) => Object.assign(list(contexts)[0] as object, { isAvailable: false }),
  ],
  ['a context that is not there', 'context-published', ({ contexts }) => void list(contexts).shift()],
  ['no policy on a context', 'context-policy', ({ policies }) => void list(policies).shift()],
  ['a policy that is off', 'context-policy', inPolicy(policy => Object.assign(policy, { state: 'disabled' }))],
  [
    'a policy that only reports',
    'policy-report-only',
    inPolicy(policy => Object.assign(policy, { state: 'enabledforreportingbutnotenforced' })),
  ],
  [
    'multifactor in place of a strength',
    'policy-strength',
    inGrant({ builtInControls: ['mfa'], authenticationStrength: null }),
  ],
  [
    'a compliant device in place of a strength',
    'policy-strength',
    inGrant({ builtInControls: ['compliantdevice'], authenticationStrength: null }),
  ],
  ['a policy that blocks', 'policy-strength', inGrant({ builtInControls: ['block'], authenticationStrength: null })],
  [
    'a policy that demands nothing',
    'policy-strength',
    inPolicy(policy => Object.assign(policy, { grantControls: null })),
  ],
  [
    'the strength for any second factor',
    'policy-strength',
    inGrant({ authenticationStrength: { id: '00000000-0000-0000-0000-000000000002' } }),
  ],
  [
    'the passwordless strength',
    'policy-strength',
    inGrant({ authenticationStrength: { id: '00000000-0000-0000-0000-000000000003' } }),
  ],
  [
    'a strength of the tenant’s own with a weak combination',
    'policy-strength',
    inGrant({ authenticationStrength: { id: '00000000-0000-4000-8000-000000000050' } }),
  ],
  [
    'a strength whose name promises more than its combinations',
    'policy-strength',
    inGrant({
      authenticationStrength: { id: 'x', displayName: 'Phishing-resistant MFA', allowedCombinations: ['fido2', 'sms'] },
    }),
  ],
  ['a control in place of the strength', 'policy-grant-or', inGrant({ builtInControls: ['compliantdevice'] })],
  ['terms of use in place of the strength', 'policy-grant-or', inGrant({ termsOfUse: ['x'] })],
  ['a policy about the group of a gate', 'policy-scope', inUsers({ includeUsers: [], includeGroups: [ids.members] })],
  ['a policy about some', 'policy-scope', inUsers({ includeUsers: [ids.ben] })],
  [
    'a policy that leaves out the group of a gate',
    'policy-scope',
    inUsers({ excludeGroups: [ids.emergency, ids.members] }),
  ],
  ['a policy that leaves out who can turn on access', 'policy-scope', inUsers({ excludeUsers: [ids.ben] })],
  ['a policy that leaves out a role', 'policy-scope', inUsers({ excludeRoles: ['x'] })],
  ['a policy that leaves out guests', 'policy-scope', inUsers({ excludeGuestsOrExternalUsers: {} })],
  ['a policy for some platforms', 'policy-conditions', inConditions({ platforms: { includePlatforms: ['iOS'] } })],
  ['a policy for risky sign-ins', 'policy-conditions', inConditions({ signInRiskLevels: ['high'] })],
  ['a policy for old clients', 'policy-conditions', inConditions({ clientAppTypes: ['exchangeactivesync'] })],
  [
    'an emergency group that is not left out',
    'emergency-accounts-excluded',
    inUsers({ excludeUsers: [ids.lena], excludeGroups: [] }),
  ],
  [
    'nobody left out, and no emergency group known',
    'emergency-accounts-excluded',
    both(inUsers({ excludeGroups: [] }), (_facts, expected) => {
      delete expected.emergency
    }),
  ],
  [
    'a second policy that locks out',
    'emergency-accounts-excluded',
    ({ policies }) => {
      const other = policyOn('c1')
      Object.assign(other.conditions.users as object, { excludeGroups: [] })
      list(policies).push(other)
    },
  ],
  [
    'administrators who are not asked every time',
    'administrators-sign-in-frequency',
    ({ policies }) => Object.assign(list(policies)[1] as object, { sessionControls: null }),
  ],
  [
    'administrators who are asked every few hours',
    'administrators-sign-in-frequency',
    ({ policies }) =>
      Object.assign(list(policies)[1] as object, {
        sessionControls: { signInFrequency: { isEnabled: true, frequencyInterval: 'timebased' } },
      }),
  ],
  [
    'a licence that ran out',
    'licence',
    ({ plans }) => Object.assign(list(plans)[0] as object, { status: 'suspended' }),
  ],
  [
    'PIM without a licence',
    'licence',
    inGroup(group =>
      Object.assign(group, { active: { unseen: 'No.', remedy: 'Pay.', refusal: 'AadPremiumLicenseRequired' } }),
    ),
  ],
]

const rightCases: Case[] = [
  [
    'two secrets while one is changed',
    'secret-expiring',
    inRegistration(each =>
      Object.assign(each, { passwordCredentials: [{ endDateTime: inDays(5) }, { endDateTime: inDays(100) }] }),
    ),
  ],
  [
    'a secret that is over beside one in force',
    'secret-expired',
    inRegistration(each => void each.passwordCredentials.push({ endDateTime: inDays(-5) })),
  ],
  [
    'a secret with 31 days left',
    'secret-expiring',
    inRegistration(each => Object.assign(each, { passwordCredentials: [{ endDateTime: inDays(30) + 1 }] })),
  ],
  [
    'an app of this machine',
    'redirect-uris-safe',
    inRegistration(({ web }) => void web.redirectUris.push('http://localhost:3000/auth/callback')),
  ],
  [
    'all security groups in the token',
    'group-claims',
    inRegistration(each => Object.assign(each, { groupMembershipClaims: 'SecurityGroup' })),
  ],
  [
    'gates of roles alone',
    'group-claims',
    both(
      inRegistration(each => Object.assign(each, { groupMembershipClaims: null })),
      (_facts, expected) => {
        expected.gates = [{ name: 'members', title: 'm', role: 'Payments.Access', selfService: false }]
      },
    ),
  ],
  [
    '200 assigned groups',
    'claims-overage',
    ({ assigned }) => void list(assigned).push(...Array.from({ length: 197 }, (_, n) => assignedTo(`group ${n}`))),
  ],
  [
    'an open door where none is named',
    'assignment-required',
    ({ enterpriseApp }, expected) => {
      delete expected.frontDoor
      Object.assign(valueIn<object>(enterpriseApp), { appRoleAssignmentRequired: false })
    },
  ],
  [
    'a group with its role',
    'groups-assigned',
    ({ assigned, gates }) => {
      Object.assign((gates[0] as GroupOfGate).gate, { role: 'Payments.Access' })
      list(assigned)[0] = assignedTo(ids.members, ids.role)
    },
  ],
  [
    'a person who is let in without a role',
    'role-given-directly',
    both(roleGate, ({ assigned }) => void list(assigned).push({ ...assignedTo(ids.ben), principalType: 'User' })),
  ],
  [
    'a wider permission',
    'permissions-missing',
    ({ graphApp }) =>
      Object.assign(valueIn<{ appRoles: object[] }>(graphApp).appRoles[0] as object, {
        id: ids.roster,
        value: 'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
      }),
  ],
  [
    'permissions of the daily check',
    'permissions-too-many',
    ({ graphApp }) =>
      Object.assign(valueIn<{ appRoles: object[] }>(graphApp).appRoles[3] as object, {
        id: ids.mail,
        value: 'Policy.Read.All',
      }),
  ],
  [
    'a group in a restricted unit',
    'group-protected',
    inDirectory({ isAssignableToRole: false, isManagementRestricted: true }),
  ],
  [
    'a group that nobody wanted protected',
    'group-protected',
    both(inDirectory({ isAssignableToRole: false }), ({ gates }) =>
      Object.assign((gates[0] as GroupOfGate).gate, { unprotected: true }),
    ),
  ],
  [
    'an eligibility as the only trace of PIM',
    'group-under-pim',
    inGroup(group => {
      group.policy = { value: { isChanged: false, rules: new Map() } }
      group.active = { value: [] }
    }),
  ],
  [
    'five owners whom nobody named',
    'group-owners',
    both(
      (_facts, expected) => {
        delete expected.owners
      },
      inGroup(group => Object.assign(group, { owners: { value: ['a', 'b', 'c', 'd', 'e'].map(person) } })),
    ),
  ],
  [
    'an application as member',
    'members-outside-pim',
    inGroup(
      ({ members }) =>
        void list(members).push({ ...person(ids.lena), '@odata.type': '#microsoft.graph.servicePrincipal' }),
    ),
  ],
  [
    'an end that nobody wanted',
    'permanent-eligibilities',
    both(
      ({ gates }) => Object.assign((gates[0] as GroupOfGate).gate, { permanentlyEligible: [ids.lena] }),
      inGroup(({ eligible }) => void list(eligible).push(eligibleOf(ids.lena, null))),
    ),
  ],
  [
    'no justification wanted',
    'activation-justification',
    both(withRules({ demands: [] }), ({ gates }) =>
      Object.assign((gates[0] as GroupOfGate).gate, { justification: false }),
    ),
  ],
  [
    'MFA without a context',
    'activation-mfa-conflict',
    inGroup(group =>
      Object.assign(group, {
        policy: {
          value: { isChanged: true, rules: rulesOf({ demands: ['MultiFactorAuthentication'] }) },
        },
      }),
    ),
  ],
  ['an approver', 'approvers', withRules({ approvers: [approver] }, asUser([ids.lena]))],
  [
    'the person themselves and another',
    'approvers',
    withRules({ approvers: [approver, { userId: ids.ben }] }, [
      { kind: 'user', id: ids.ben, able: { value: [ids.ben] } },
      ...asUser([ids.lena]),
    ]),
  ],
  [
    'two approvers seen, and one who is not',
    'approvers',
    withRules({ approvers: [approver] }, [
      { kind: 'user', id: 'x', able: { unseen: 'No.', remedy: 'Yes.' } },
      { kind: 'group', id: 'y', able: { value: [ids.ben, ids.lena] } },
    ]),
  ],
  [
    'a policy that reports beside one in force',
    'policy-report-only',
    ({ policies }) => void list(policies).push({ ...policyOn('c1'), state: 'enabledforreportingbutnotenforced' }),
  ],
  [
    'a weak policy beside a strong one',
    'policy-strength',
    ({ policies }) => {
      const weak = policyOn('c1')
      Object.assign(weak.grantControls as object, { builtInControls: ['mfa'], authenticationStrength: null })
      list(policies).unshift(weak)
    },
  ],
  [
    'a strength of the tenant’s own',
    'policy-strength',
    inGrant({ authenticationStrength: { id: 'x', allowedCombinations: ['fido2', 'windowsHelloForBusiness'] } }),
  ],
  [
    'a control beside the strength',
    'policy-grant-or',
    inGrant({ operator: 'AND', builtInControls: ['compliantdevice'] }),
  ],
  ['a policy for browsers', 'policy-conditions', inConditions({ clientAppTypes: ['browser'] })],
  [
    'somebody left out, and no emergency group known',
    'emergency-accounts-excluded',
    both(inUsers({ excludeGroups: ['x'] }), (_facts, expected) => {
      delete expected.emergency
    }),
  ],
  [
    'administrators who share the context of others',
    'administrators-sign-in-frequency',
    ({ policies }, expected) => {
      Object.assign(list(policies)[1] as object, { sessionControls: null })
      expected.gates = expected.gates.map(gate => ({ ...gate, context: 'c1' }))
    },
  ],
  [
    'a licence for governance',
    'licence',
    ({ plans }) => Object.assign(list(plans)[0] as object, { name: 'Entra_Identity_Governance', status: 'warning' }),
  ],
]

const untoldCases: Case[] = [
  [
    'people in tokens with all groups who are not seen',
    'claims-overage',
    both(
      inRegistration(each => Object.assign(each, { groupMembershipClaims: 'All' })),
      inGroup(group => Object.assign(group, { eligible: { unseen: 'No.', remedy: 'Yes.' } })),
    ),
  ],
  [
    'a member without a start',
    'members-outside-pim',
    inGroup(({ active }) => Object.assign(list(active)[0] as object, { startDateTime: null, endDateTime: null })),
  ],
  [
    'a member without an end, and nobody said whether that is meant',
    'permanent-members',
    both(
      inGroup(({ active }) => Object.assign(list(active)[0] as object, { endDateTime: null })),
      ({ gates }) => {
        delete (gates[0] as GroupOfGate).gate.permanent
      },
    ),
  ],
  [
    'a rule that is missing',
    'activation-length',
    inGroup(group => Object.assign(group, { policy: { value: { isChanged: true, rules: new Map() } } })),
  ],
  ['a duration in months', 'activation-length', withRules({ hours: 'P1M' })],
  [
    'an approver of another kind',
    'approvers',
    withRules({ approvers: [{ '@odata.type': '#microsoft.graph.requestorManager' }] }),
  ],
  [
    'one approver who is not seen',
    'approvers',
    withRules({ approvers: [approver] }, [{ kind: 'user', id: ids.lena, able: { unseen: 'No.', remedy: 'Yes.' } }]),
  ],
  ['a strength that is not shown', 'policy-strength', inGrant({ authenticationStrength: undefined })],
  [
    'a strength that may not be shown beside a control',
    'policy-strength',
    inGrant({ operator: 'AND', builtInControls: ['compliantdevice'], authenticationStrength: null }),
  ],
  ['a strength that nobody knows', 'policy-strength', inGrant({ authenticationStrength: { id: 'x' } })],
  [
    'a context of PIM that is not seen',
    'context-published',
    inGroup(group => Object.assign(group, { policy: { unseen: 'No.', remedy: 'Yes.' } })),
  ],
  ['no licence with a known name', 'licence', ({ plans }) => void list(plans).splice(0)],
]

function judgedAfter(change: Change) {
  const [facts, expected] = [soundFacts(), soundExpected()]
  change(facts, expected)
  return judgedAll(facts, expected)
}
const wrongIn = (judged: ReturnType<typeof judgedAll>) =>
  [...judged].filter(([, { verdict }]) => verdict === 'wrong').map(([name]) => name)

test('a tenant in order: every check is right, and has nothing to mend', () => {
  const judged = judgedAll(soundFacts(), soundExpected())
  expect([...judged].filter(([, { verdict }]) => verdict !== 'right')).toEqual([])
  expect([...judged.values()].filter(({ fix, what }) => fix !== '' || !what.endsWith('.'))).toEqual([])
})

describe('each fault is named by its check, and by no other', () => {
  test.each(wrongCases)('%s: %s', (_what, check, change) => {
    const judged = judgedAfter(change)
    expect(wrongIn(judged)).toEqual([check])
    expect(judged.get(check)).toMatchObject({ what: expect.stringMatching(/\.$/), fix: expect.stringMatching(/.+\.$/) })
  })

  test('and every check has one', () => {
    const named = new Set(wrongCases.map(([, check]) => check))
    expect(setupChecks.map(({ name }) => name).filter(name => !named.has(name))).toEqual([])
  })
})

describe('what is no fault is right', () => {
  test.each(rightCases)('%s: %s', (_what, check, change) => {
    expect(judgedAfter(change).get(check)).toMatchObject({ verdict: 'right', fix: '' })
  })
})

describe('what is not certain is not told', () => {
  test.each(untoldCases)('%s: %s', (_what, check, change) => {
    const judged = judgedAfter(change)
    expect(judged.get(check)).toMatchObject({ verdict: 'cannot-tell', fix: expect.stringMatching(/.+\.$/) })
    expect(wrongIn(judged)).toEqual([])
  })
})

test('a fault at one gate counts although another gate cannot be seen', () => {
  const judged = judgedAfter(
    both(withRules({ hours: 'PT9H' }), ({ gates }) => {
      ;(gates[1] as GroupOfGate).policy = { unseen: 'No.', remedy: 'Yes.' }
    }),
  )
  expect(judged.get('activation-length')?.verdict).toBe('wrong')
})

test('a name from the tenant cannot command a terminal', () => {
  const judged = judgedAfter(
    inGroup(group => {
      const members = list(group.members)
      members.push({ ...person(ids.lena), displayName: '\u001b[2JLena\n\u202e' })
      group.active = { value: [activeOf(ids.ben)] }
    }),
  )
  expect(judged.get('members-outside-pim')?.what).toBe(
    'The group Payments members has members whom PIM does not know: [2JLena.',
  )
})

test('names are stable words, each once, and every check says why it matters', () => {
  const names = setupChecks.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  for (const { name, why } of setupChecks) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/)
    expect(why).toMatch(/^[A-Z].*\.$/)
  }
})
