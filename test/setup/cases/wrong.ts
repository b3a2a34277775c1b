import type { GroupOfGate } from '../../../src/setup/facts/gate.ts'
import {
  activeOf,
  assignedTo,
  eligibleOf,
  grantOf,
  ids,
  inDays,
  nestedGroup,
  person,
  policyOn,
  rulesOf,
  valueIn,
} from '../sound.ts'
import {
  approver,
  asUser,
  both,
  type Case,
  inConditions,
  inDirectory,
  inGrant,
  inGroup,
  inPolicy,
  inRegistration,
  inUsers,
  leavingOut,
  list,
  roleGate,
  withRules,
} from './changes.ts'

/** Faults of a tenant, each with the check that names it. */
export const wrongCases: Case[] = [
  [
    'a policy that leaves out guests as policies once did',
    'policy-scope',
    inUsers({ excludeUsers: ['guestsorexternalusers'] }),
  ],
  [
    'a policy that leaves out a group that nobody named for an emergency',
    'policy-scope',
    inUsers({ excludeGroups: [ids.emergency, ids.standing] }),
  ],
  [
    'a policy that leaves out an account that nobody named for an emergency',
    'policy-scope',
    inUsers({ excludeUsers: [ids.lena] }),
  ],
  ['a policy for browsers alone', 'policy-conditions', inConditions({ clientAppTypes: ['browser'] })],
  ['a policy with a condition that is new', 'policy-conditions', inConditions({ agentIdRiskLevels: 'high' })],
  [
    'a control and a strength, and no operator',
    'policy-grant-or',
    inGrant({ operator: null, builtInControls: ['compliantdevice'] }),
  ],
  [
    'administrators whom only a policy for some asks every time',
    'administrators-sign-in-frequency',
    ({ policies }) => {
      const [asking, other] = [policyOn('c2'), policyOn('c2')]
      asking.sessionControls = { signInFrequency: { isEnabled: true, frequencyInterval: 'everytime' } }
      Object.assign(asking.conditions.users as object, { includeUsers: [ids.lena] })
      list(policies).splice(1, 1, asking, other)
    },
  ],
  [
    'an app role that another group holds',
    'role-given-directly',
    both(roleGate, ({ assigned }, expected) => {
      Object.assign(expected.gates[2] as object, { groupId: ids.members })
      list(assigned).push(assignedTo(ids.members, ids.role), assignedTo(ids.standing, ids.role))
    }),
  ],
  [
    'a permission that one person consented to for themselves',
    'permissions-too-many',
    ({ consents }) =>
      void list(consents).push({ consentType: 'Principal', resourceId: ids.graph, scope: 'openid Mail.ReadWrite' }),
  ],
  [
    'an application permission of another resource than Graph',
    'permissions-too-many',
    ({ granted }) => void list(granted).push({ ...grantOf(ids.mail), resourceId: ids.standing }),
  ],
  [
    'a secret whose time has not come',
    'secret-expired',
    inRegistration(each =>
      Object.assign(each, { passwordCredentials: [{ startDateTime: inDays(1), endDateTime: inDays(90) }] }),
    ),
  ],
  [
    'somebody whom nobody named and who can turn on being an owner',
    'group-owners',
    inGroup(({ eligibleOwners }) => void list(eligibleOwners).push({ ...eligibleOf(ids.ben), accessId: 'owner' })),
  ],
  [
    'no group claims, and only some gates open by roles',
    'group-claims',
    both(
      roleGate,
      inRegistration(each => Object.assign(each, { groupMembershipClaims: null })),
    ),
  ],
  [
    'one of two emergency accounts that is not left out',
    'emergency-accounts-excluded',
    (_facts, expected) => Object.assign(expected, { emergency: [ids.emergency, ids.lena] }),
  ],
  [
    'a group whose only people in PIM have no start',
    'group-under-pim',
    inGroup(group => {
      group.policy = { value: { isChanged: false, rules: rulesOf({ context: 'c1' }) } }
      group.active = { value: [{ ...activeOf(ids.ben), startDateTime: null, endDateTime: null }] as never }
      group.eligible = { value: [] }
    }),
  ],
  [
    'neither a registration nor an enterprise application',
    'application-exists',
    facts => Object.assign(facts, { application: { missing: 'Gone.' }, enterpriseApp: { missing: 'Gone.' } }),
  ],
  [
    'administrators who share their context with auditors alone, and are not asked every time',
    'administrators-sign-in-frequency',
    ({ policies }, expected) => {
      Object.assign(list(policies)[1] as object, { sessionControls: null })
      expected.gates = [...expected.gates, { name: 'auditors', title: 'a', context: 'c2', selfService: false }]
    },
  ],
  [
    'a context that somebody wants to be asked every time',
    'administrators-sign-in-frequency',
    (_facts, expected) => Object.assign(expected, { everyTime: ['c1'] }),
  ],
  ...['platforms', 'locations', 'devices', 'authenticationFlows', 'insiderRiskLevels'].map(
    (name): Case => [`a policy with the condition ${name}`, 'policy-conditions', inConditions({ [name]: {} })],
  ),
  ['a policy for risky people', 'policy-conditions', inConditions({ userRiskLevels: ['high'] })],
  ['a custom control in place of the strength', 'policy-grant-or', inGrant({ customAuthenticationFactors: ['x'] })],
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
  [
    'a left-out group with somebody who can turn on access',
    'policy-scope',
    leavingOut({ value: { ids: [ids.lena, ids.ben], isWhole: false } }),
  ],
  [
    'a left-out group with the group of a gate',
    'policy-scope',
    leavingOut({ value: { ids: [ids.members], isWhole: true } }),
  ],
  [
    'a left-out group that may itself turn on access',
    'policy-scope',
    inGroup(({ eligible }) => void list(eligible).push(eligibleOf(ids.emergency))),
  ],
  ['a policy that leaves out a role', 'policy-scope', inUsers({ excludeRoles: ['x'] })],
  ['a policy that leaves out guests', 'policy-scope', inUsers({ excludeGuestsOrExternalUsers: {} })],
  ['a policy for some platforms', 'policy-conditions', inConditions({ platforms: { includePlatforms: ['iOS'] } })],
  ['a policy for risky sign-ins', 'policy-conditions', inConditions({ signInRiskLevels: ['high'] })],
  ['a policy for old clients', 'policy-conditions', inConditions({ clientAppTypes: ['exchangeactivesync'] })],
  ['an emergency group that is not left out', 'emergency-accounts-excluded', inUsers({ excludeGroups: [] })],
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
