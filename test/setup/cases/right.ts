import type { GroupOfGate } from '../../../src/setup/facts/gate.ts'
import { activeOf, assignedTo, eligibleOf, ids, inDays, person, policyOn, rulesOf, valueIn } from '../sound.ts'
import {
  approver,
  asUser,
  both,
  type Case,
  inConditions,
  inDirectory,
  inGrant,
  inGroup,
  inRegistration,
  inUsers,
  leavingOut,
  list,
  roleGate,
  withRules,
} from './changes.ts'

/** What is no fault, each with the check that could take it for one. */
export const rightCases: Case[] = [
  [
    'all security groups and roles in the token',
    'group-claims',
    inRegistration(each => Object.assign(each, { groupMembershipClaims: 'SecurityGroup, DirectoryRole' })),
  ],
  [
    'people who are assigned by themselves',
    'claims-overage',
    ({ assigned }) => {
      const people = Array.from({ length: 300 }, (_, n) => ({ ...assignedTo(`person ${n}`), principalType: 'User' }))
      list(assigned).push(...people)
    },
  ],
  [
    'somebody in as many groups as a token lists',
    'claims-overage',
    both(
      inRegistration(each => Object.assign(each, { groupMembershipClaims: 'SecurityGroup' })),
      facts =>
        Object.assign(facts, {
          groupsOfPeople: [{ id: ids.ben, groups: { value: Array.from({ length: 200 }, String) } }],
        }),
    ),
  ],
  [
    'an activation as the only trace of PIM',
    'group-under-pim',
    inGroup(group => {
      group.policy = { value: { isChanged: false, rules: new Map() } }
      group.eligible = { value: [] }
    }),
  ],
  [
    'a second policy on the administrators’ context that does not ask every time',
    'administrators-sign-in-frequency',
    ({ policies }) => void list(policies).unshift(policyOn('c2')),
  ],
  [
    'a policy whose strength is not shown beside a strong one',
    'policy-strength',
    ({ policies }) => {
      const unseen = policyOn('c1')
      Object.assign(unseen.grantControls as object, { authenticationStrength: undefined })
      list(policies).unshift(unseen)
    },
  ],
  [
    'a strict door where it is expected',
    'assignment-required',
    ({ assigned }, expected) => {
      list(assigned).pop()
      expected.frontDoor = 'strict'
    },
  ],
  [
    'a strict door without a standing group',
    'standing-group',
    ({ assigned }, expected) => {
      list(assigned).pop()
      expected.frontDoor = 'strict'
    },
  ],
  [
    'nobody who turns on access here, and no door named',
    'standing-group',
    ({ assigned }, expected) => {
      list(assigned).pop()
      delete expected.frontDoor
      expected.features.selfService = false
    },
  ],
  [
    'an open door, and only gates assigned',
    'standing-group',
    ({ assigned, enterpriseApp }, expected) => {
      list(assigned).pop()
      delete expected.frontDoor
      Object.assign(valueIn<object>(enterpriseApp), { appRoleAssignmentRequired: false })
    },
  ],
  [
    'another assigned group, and no door named',
    'standing-group',
    (_facts, expected) => {
      delete expected.frontDoor
      delete expected.standingGroupId
    },
  ],
  [
    'a helpful door whose standing group nobody could look up',
    'standing-group',
    (_facts, expected) => {
      delete expected.standingGroupId
    },
  ],
  [
    'a group that is assigned with its role and without',
    'groups-assigned',
    ({ assigned, gates }) => {
      Object.assign((gates[0] as GroupOfGate).gate, { role: 'Payments.Access' })
      list(assigned).push(assignedTo(ids.members, ids.role))
    },
  ],
  [
    'a group with the role of a gate',
    'role-given-directly',
    both(roleGate, ({ assigned }) => void list(assigned).push(assignedTo(ids.members, ids.role))),
  ],
  [
    'a person with a role of no gate',
    'role-given-directly',
    both(
      roleGate,
      ({ assigned }) => void list(assigned).push({ ...assignedTo(ids.ben, ids.mail), principalType: 'User' }),
    ),
  ],
  [
    'an old secret beside the certificate in use',
    'secret-expired',
    both(
      (_facts, expected) => Object.assign(expected, { credential: 'certificate' }),
      inRegistration(each => Object.assign(each, { passwordCredentials: [{ endDateTime: inDays(-1) }] })),
    ),
  ],
  [
    'a secret that runs out beside the certificate in use',
    'secret-expiring',
    both(
      (_facts, expected) => Object.assign(expected, { credential: 'certificate' }),
      inRegistration(each => Object.assign(each, { passwordCredentials: [{ endDateTime: inDays(1) }] })),
    ),
  ],
  [
    'an old certificate beside the secret in use',
    'certificate-expiring',
    inRegistration(each => Object.assign(each, { keyCredentials: [{ endDateTime: inDays(-1) }] })),
  ],
  [
    'a secret without an end',
    'secret-expiring',
    inRegistration(each => Object.assign(each, { passwordCredentials: [{ endDateTime: null }] })),
  ],
  [
    'two secrets',
    'many-secrets',
    inRegistration(each => void each.passwordCredentials.push({ endDateTime: inDays(60) })),
  ],
  [
    'several members through PIM',
    'members-outside-pim',
    inGroup(({ members, active }) => {
      list(members).push(person(ids.lena))
      list(active).push(activeOf(ids.lena))
    }),
  ],
  [
    'a strength with a password beside the passkey',
    'policy-strength',
    inGrant({ authenticationStrength: { id: 'x', allowedCombinations: ['password, FIDO2'] } }),
  ],
  ['a left-out group of others', 'policy-scope', leavingOut({ value: { ids: [ids.lena], isWhole: true } })],
  ['a left-out group that is gone', 'policy-scope', leavingOut({ missing: 'Gone.' })],
  [
    'a policy that leaves out nobody beside one of which that is not certain',
    'policy-scope',
    both(leavingOut({ unseen: 'No.', remedy: 'Yes.' }), ({ policies }, expected) => {
      const others = ['c1', 'c2'].map(policyOn)
      for (const { conditions } of others) Object.assign(conditions.users as object, { excludeGroups: [] })
      list(policies).push(...others)
      delete expected.emergency
    }),
  ],
  [
    'a policy for browsers and programs',
    'policy-conditions',
    inConditions({ clientAppTypes: ['browser', 'mobileappsanddesktopclients'] }),
  ],
  ['a policy that names no clients', 'policy-conditions', inConditions({ clientAppTypes: [] })],
  [
    'administrators whom nobody wants to be asked every time',
    'administrators-sign-in-frequency',
    ({ policies }, expected) => {
      Object.assign(list(policies)[1] as object, { sessionControls: null })
      expected.everyTime = []
    },
  ],
  [
    'a policy that is about no applications',
    'context-policy',
    ({ policies }) => {
      const other = policyOn('c1')
      other.conditions.applications = null
      list(policies).unshift(other)
    },
  ],
  [
    'a context in capitals',
    'context-policy',
    (_facts, expected) => {
      expected.gates = expected.gates.map(gate => ({ ...gate, context: gate.context?.toUpperCase() ?? '' }))
    },
  ],
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
  [
    'conditions that are shown empty',
    'policy-conditions',
    inConditions({ servicePrincipalRiskLevels: [], clientApplications: null }),
  ],
  [
    'an app role of a gate without a group, which a group holds',
    'role-given-directly',
    both(roleGate, ({ assigned }) => void list(assigned).push(assignedTo(ids.standing, ids.role))),
  ],
  [
    'a secret that was made a moment ago',
    'secret-expired',
    inRegistration(each =>
      Object.assign(each, { passwordCredentials: [{ startDateTime: inDays(0) + 60_000, endDateTime: inDays(90) }] }),
    ),
  ],
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
