import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { grantControlsOf, type AccessPolicy as Policy } from '../../infra/tenant/directory/access-policies.ts'
import { strengthIds } from '../../infra/tenant/directory/strengths.ts'
import { startTenant, type Tenant } from '../../infra/tenant/start.ts'
import { setupChecks } from '../../src/setup/checks.ts'
import type { ExpectedTenant } from '../../src/setup/expected.ts'
import { operatorOf } from '../tenant/applications/kit.ts'
import { clockAt } from '../tenant/sign-in/browser.ts'
import { lookAt, namesOf, type Overlay, oidIn, seededAddresses, seededExpected } from './seeded.ts'

const inHand = clockAt('2026-03-02T12:00:00Z')
const tenant = await startTenant({ clock: inHand.clock, ...seededAddresses })
afterAll(() => tenant.close())
beforeEach(() => {
  inHand.back()
  tenant.reset()
})
const { groups, clientId, applications, conditionalAccess } = tenant

type At = { expected: ExpectedTenant & { gates: ExpectedTenant['gates'][number][] }; overlay?: Overlay }
type Seeded = [what: string, check: string, make: (at: At) => unknown]

const register = (wish: Parameters<typeof applications.change>[1]) => () => applications.change(clientId, wish)
const inWeb = (wish: object) => () =>
  applications.change(clientId, { web: { ...applications.registered(clientId)?.web, ...wish } as never })
const enterprise = (wish: Parameters<typeof applications.changePrincipal>[1]) => () =>
  applications.changePrincipal(clientId, wish)
const secretEnding = (...days: number[]) =>
  register({
    passwordCredentials: days.map(day => ({
      ...{ customKeyIdentifier: null, displayName: null, hint: 'abc', secretText: null },
      keyId: `00000000-0000-4000-8000-${String(day + 500).padStart(12, '0')}`,
      startDateTime: '2025-01-01T00:00:00Z',
      endDateTime: new Date(inHand.clock().getTime() + day * 86_400_000).toISOString(),
    })),
  })
const signingKey = {
  ...{ customKeyIdentifier: null, displayName: null, key: 'AA==', type: 'AsymmetricX509Cert', usage: 'Sign' },
  keyId: '00000000-0000-4000-8000-000000000900',
  startDateTime: '2025-01-01T00:00:00Z',
  endDateTime: '2030-01-01T00:00:00Z',
}
const assignment = (wish: object) => {
  const row = applications.roleAssignments.all().find(each => each.principalId === groups.access)
  return applications.roleAssignments.put({ ...(row as NonNullable<typeof row>), ...wish })
}
const unassign = (group: string) => () => {
  for (const { id, principalId } of applications.roleAssignments.all())
    if (principalId === group) applications.roleAssignments.remove(id)
}
const permit = (kind: 'delegated' | 'application', change: (names: readonly string[]) => readonly string[]) => () =>
  applications.permit(clientId, { [kind]: change(applications.permittedTo(clientId)[kind]) })
const inGroup =
  (wish: object) =>
  (at: At): void => {
    at.overlay = (path, answer) =>
      path.startsWith(`/groups/${groups.access}?`) ? { ...(answer as object), ...wish } : undefined
  }
const policy = (change: (before: Policy) => Partial<Policy>) => () => {
  const [before] = conditionalAccess.policies.all()
  if (!before) throw new Error('the tenant has a policy')
  conditionalAccess.policies.put({ ...before, ...change(before) })
}
const inUsers = (wish: object) =>
  policy(({ conditions }) => ({ conditions: { ...conditions, users: { ...conditions.users, ...wish } as never } }))
const inGrant = (wish: object) =>
  policy(({ grantControls }) => ({ grantControls: { ...grantControls, ...wish } as never }))
const context = (wish: object) => () => {
  const [before] = conditionalAccess.contexts.all()
  conditionalAccess.contexts.put({ ...(before as NonNullable<typeof before>), ...wish })
}
const approval = (approvers: string[], more: string[] = []) =>
  tenant.setPolicy({ approval: { approvers, groups: more } })

const seeded: Seeded[] = [
  [
    'the registration is gone',
    'application-exists',
    ({ expected }) => Object.assign(expected, { clientId: groups.staff }),
  ],
  ['it is another tenant’s', 'tenant-id', enterprise({ appOwnerOrganizationId: groups.staff } as never)],
  ['it takes accounts of others', 'single-tenant', register({ signInAudience: 'AzureADMultipleOrgs' })],
  ['its callback is another', 'redirect-uris', inWeb({ redirectUris: ['http://localhost:3000/auth/signed-out'] })],
  [
    'an old address is still there',
    'redirect-uris-safe',
    inWeb({ redirectUris: [...seededAddresses.redirectUris, 'http://old.example.com/auth/callback'] }),
  ],
  ['there is no logout URL', 'logout-url', inWeb({ logoutUrl: null })],
  [
    'implicit grant is on',
    'implicit-grant-off',
    inWeb({ implicitGrantSettings: { enableIdTokenIssuance: true, enableAccessTokenIssuance: false } }),
  ],
  [
    'a page in the browser is registered',
    'public-client-off',
    register({ spa: { redirectUris: ['http://localhost:3000'] } }),
  ],
  ['tokens list no groups', 'group-claims', register({ groupMembershipClaims: null })],
  ['tokens list roles alone', 'group-claims', register({ groupMembershipClaims: 'DirectoryRole' })],
  ['tokens lack sid', 'optional-claims', register({ optionalClaims: null })],
  [
    '200 more groups are assigned',
    'claims-overage',
    () => {
      for (let n = 0; n < 200; n++)
        assignment({ id: `more ${n}`, principalId: oidIn(tenant, 'mona').slice(0, -3) + String(n + 100) })
    },
  ],
  [
    'tokens list all groups, and somebody is in more than 200',
    'claims-overage',
    register({ groupMembershipClaims: 'SecurityGroup' }),
  ],
  [
    'a gate names a role that is off',
    'app-role-exists',
    ({ expected }) => {
      const [role] = applications.registered(clientId)?.appRoles ?? []
      applications.change(clientId, { appRoles: [{ ...(role as NonNullable<typeof role>), isEnabled: false }] })
      expected.gates.push({ name: 'payers', title: 'Payers', role: role?.value ?? '', selfService: false })
    },
  ],
  [
    'there is no certificate',
    'credential-present',
    ({ expected }) => Object.assign(expected, { credential: 'certificate' }),
  ],
  [
    'its only key is one to sign with',
    'credential-present',
    ({ expected }) => {
      Object.assign(expected, { credential: 'certificate' })
      applications.change(clientId, { keyCredentials: [signingKey] })
    },
  ],
  ['the secret has expired', 'secret-expired', secretEnding(-1)],
  ['the secret runs out in ten days', 'secret-expiring', secretEnding(10)],
  ['there are three secrets', 'many-secrets', secretEnding(40, 50, 60)],
  ['the enterprise application is off', 'enterprise-app', enterprise({ accountEnabled: false } as never)],
  [
    'everybody may sign in at a strict door',
    'assignment-required',
    ({ expected }) => Object.assign(expected, { frontDoor: 'strict' }),
  ],
  ['the group is not assigned', 'groups-assigned', unassign(groups.access)],
  [
    'who turns on access cannot sign in',
    'standing-group',
    ({ expected }) => {
      applications.changePrincipal(clientId, { appRoleAssignmentRequired: true })
      for (const group of [tenant.managedGroups.operators, groups.auditors]) unassign(group)()
      expected.gates = expected.gates.slice(0, 2)
    },
  ],
  [
    'a person holds the role directly',
    'role-given-directly',
    ({ expected }) => {
      const [role] = applications.registered(clientId)?.appRoles ?? []
      assignment({ id: 'direct', principalId: oidIn(tenant, 'ben'), principalType: 'User', appRoleId: role?.id })
      expected.gates.push({ name: 'payers', title: 'Payers', role: role?.value ?? '', selfService: false })
    },
  ],
  ['a group is in the group', 'nested-groups', () => tenant.set({ nestedMembers: ['lena'] })],
  ['the roster lost a permission', 'permissions-missing', permit('application', names => names.slice(1))],
  [
    'a permission is too much',
    'permissions-too-many',
    permit('application', names => [...names, 'Group.ReadWrite.All']),
  ],
  ['a scope is too much', 'permissions-too-many', permit('delegated', names => [...names, 'Directory.Read.All'])],
  [
    'a consent is missing',
    'consent-missing',
    permit('delegated', names => names.filter(name => name !== 'User.ReadBasic.All')),
  ],
  [
    'the group is gone',
    'group-exists',
    ({ expected }) =>
      Object.assign(expected, { gates: [{ ...expected.gates[0], groupId: '0f0e0d0c-0b0a-4908-8706-050403020100' }] }),
  ],
  [
    'the group is dynamic',
    'group-kind',
    inGroup({ groupTypes: ['DynamicMembership'], membershipRule: 'user.city -eq "Lyon"' }),
  ],
  [
    'the group is not protected',
    'group-protected',
    inGroup({ isAssignableToRole: null, isManagementRestricted: false }),
  ],
  [
    'a stranger owns the group',
    'group-owners',
    async ({ expected }) => {
      Object.assign(expected, { owners: [oidIn(tenant, 'ada')] })
      const stranger = `${tenant.graphBase}/users/${oidIn(tenant, 'oskar')}`
      const answer = await operatorOf(tenant).post(`/groups/${groups.access}/owners/$ref`, { '@odata.id': stranger })
      expect(answer.status).toBe(204)
    },
  ],
  [
    'the group is not under PIM',
    'group-under-pim',
    at => {
      at.overlay = (path, answer) => {
        const isOfGroup = decodeURIComponent(path).includes(groups.access)
        if (path.includes('ScheduleInstances') && isOfGroup) return []
        if (path.includes(`/groups/${groups.access}/members`)) return []
        return path.includes('PolicyAssignments') && isOfGroup
          ? (answer as { policy: object }[]).map(row => ({
              ...row,
              policy: { ...row.policy, lastModifiedDateTime: null },
            }))
          : undefined
      }
    },
  ],
  ['somebody was added past PIM', 'members-outside-pim', () => tenant.addDirectly('oskar')],
  [
    'somebody is a member without an end',
    'permanent-members',
    ({ expected }) => Object.assign(expected.gates[0] ?? {}, { permanent: [oidIn(tenant, 'ada')] }),
  ],
  [
    'somebody can turn on access without an end',
    'permanent-eligibilities',
    at => {
      at.overlay = (path, answer) =>
        path.includes('eligibilityScheduleInstances')
          ? (answer as object[]).map(row => ({ ...row, endDateTime: null }))
          : undefined
    },
  ],
  ['activation demands no context', 'activation-context', () => tenant.setPolicy({ context: false })],
  ['activation lasts 24 hours', 'activation-length', () => tenant.setPolicy({ maxMinutes: 24 * 60 })],
  ['activation takes no reason', 'activation-justification', () => tenant.setPolicy({ reason: false })],
  ['MFA stands beside the context', 'activation-mfa-conflict', () => tenant.setPolicy({ mfa: true })],
  ['nobody is named as approver', 'approvers', () => approval([])],
  [
    'the approver is disabled',
    'approvers',
    () => {
      approval(['lena'])
      tenant.disable('lena')
    },
  ],
  [
    'the approvers’ group is empty',
    'approvers',
    at => {
      approval([], [groups.auditors])
      at.overlay = path => (path.startsWith(`/groups/${groups.auditors}/members`) ? [] : undefined)
    },
  ],
  ['people approve themselves alone', 'approvers', () => approval(['ben'])],
  ['the context is not published', 'context-published', context({ isAvailable: false })],
  ['no policy is on the context', 'context-policy', () => conditionalAccess.policies.reset()],
  ['the policy is off', 'context-policy', policy(() => ({ state: 'disabled' }))],
  ['the policy only reports', 'policy-report-only', policy(() => ({ state: 'enabledForReportingButNotEnforced' }))],
  [
    'any second factor is enough',
    'policy-strength',
    inGrant({ authenticationStrength: { id: strengthIds.multifactor } }),
  ],
  [
    'the policy demands MFA',
    'policy-strength',
    policy(() => ({ grantControls: grantControlsOf({ builtInControls: ['mfa'] }) })),
  ],
  [
    'a strength of the tenant’s own takes a text message',
    'policy-strength',
    () => {
      const [first] = conditionalAccess.strengths.all()
      const id = groups.staff
      conditionalAccess.strengths.put({
        ...(first as NonNullable<typeof first>),
        id,
        displayName: 'Phishing-resistant',
        policyType: 'custom',
        allowedCombinations: ['fido2', 'password,sms'],
      })
      inGrant({ authenticationStrength: { id } })()
    },
  ],
  ['a device is enough', 'policy-grant-or', inGrant({ builtInControls: ['compliantDevice'] })],
  ['the policy is about the group', 'policy-scope', inUsers({ includeUsers: [], includeGroups: [groups.access] })],
  ['the policy leaves out the group', 'policy-scope', inUsers({ excludeGroups: [groups.emergency, groups.access] })],
  [
    'the policy leaves out a group of many, people of the gates among them',
    'policy-scope',
    ({ expected }) => {
      delete expected.emergency
      inUsers({ excludeGroups: [groups.emergency, groups.staff] })()
    },
  ],
  [
    'the policy is for phones',
    'policy-conditions',
    policy(({ conditions }) => ({ conditions: { ...conditions, platforms: { includePlatforms: ['iOS'] } } })),
  ],
  ['nobody is left out', 'emergency-accounts-excluded', inUsers({ excludeGroups: [] })],
  [
    'administrators are not asked every time',
    'administrators-sign-in-frequency',
    ({ expected }) => Object.assign(expected, { everyTime: ['c1'] }),
  ],
  [
    'the licence is gone',
    'licence',
    at => {
      at.overlay = (path, answer) =>
        path === '/subscribedSkus'
          ? (answer as object[]).map(row => ({ ...row, capabilityStatus: 'Suspended' }))
          : undefined
    },
  ],
]

const look = ({ expected, overlay }: At) =>
  lookAt(tenant, { expected, clock: inHand.clock, ...(overlay && { overlay }) })
const fresh = (): At => ({ expected: seededExpected(tenant as Tenant) })

test('in the seeded tenant nothing is wrong, and everything is seen', async () => {
  const found = await look(fresh())
  expect(found.filter(({ verdict }) => verdict !== 'right')).toEqual([])
})

describe('a fault of the tenant is named by its check, and nothing else is wrong', () => {
  test.each(seeded)('%s: %s', async (_what, check, make) => {
    const at = fresh()
    await make(at)
    const found = await look(at)
    expect(namesOf(found, 'wrong')).toEqual([check])
  })

  test('there are more than 40', () => expect(seeded.length).toBeGreaterThan(40))
})

test('people stand in a finding by their object ids, so that a log has no names, unless somebody asks for names', async () => {
  tenant.addDirectly('oskar')
  const saidOf = async (named: boolean) => {
    const found = await lookAt(tenant, { clock: inHand.clock, named })
    return found.find(({ check }) => check === 'members-outside-pim')?.what
  }
  const group = 'The group Payments administrators has members whom PIM does not know'
  expect(await saidOf(false)).toBe(`${group}: ${oidIn(tenant, 'oskar')}.`)
  expect(await saidOf(true)).toBe(`${group}: Oskar Brandt.`)
})

test('with a token that may see nothing, nothing is told, and every finding names the permission that would', async () => {
  const found = await lookAt(tenant, { permissions: ['User.Read'], clock: inHand.clock })
  expect(namesOf(found, 'cannot-tell')).toEqual(setupChecks.map(({ name }) => name))
  for (const { fix } of found) expect(fix).toMatch(/permission [A-Z]\w+(\.\w+)+/)
})

describe('a Graph that answers oddly makes nothing wrong, and breaks nothing', () => {
  const odd: [string, (answer: unknown) => unknown][] = [
    ['null', () => null],
    ['nothing', () => undefined],
    ['a page of HTML', () => '<html>Sign in</html>'],
    ['an empty object', () => ({})],
    ['a number', () => 7],
    ['every property null', answer => nulled(answer)],
    ['every property a text', answer => nulled(answer, 'x')],
    ['a list of lists', answer => (Array.isArray(answer) ? [[]] : [answer])],
  ]
  test.each(odd)('%s', async (_what, lie) => {
    const found = await lookAt(tenant, { clock: inHand.clock, overlay: (_path, answer) => lie(answer) ?? 'cut' })
    expect(found).toHaveLength(setupChecks.length)
    expect(namesOf(found, 'wrong')).toEqual([])
    expect(namesOf(found, 'right')).toEqual([])
  })

  test('it is cut off', async () => {
    tenant.set({ graphDown: true })
    const found = await lookAt(tenant, { clock: inHand.clock })
    expect(namesOf(found, 'cannot-tell')).toHaveLength(setupChecks.length)
  })

  test.each(['camel', 'pascal'] as const)('it spells the words of PIM in %s case', async graphEnumCase => {
    tenant.set({ graphEnumCase })
    expect(namesOf(await look(fresh()), 'wrong')).toEqual([])
  })

  test('it calls approvers by id', async () => {
    tenant.set({ approverSpelling: 'id' })
    approval(['lena', 'ada'])
    expect(namesOf(await look(fresh()), 'wrong')).toEqual([])
  })

  test('it pages everything, one thing a page', async () => {
    tenant.set({ graphPageSize: 1, graphEmptyFirstPage: true })
    expect(namesOf(await look(fresh()), 'wrong')).toEqual([])
  })

  test('it lists members from outside PIM as if PIM knew them', async () => {
    tenant.addDirectly('oskar')
    tenant.set({ directMembersInInstances: true })
    const found = await look(fresh())
    expect(namesOf(found, 'wrong')).toEqual([])
    expect(namesOf(found, 'cannot-tell')).toContain('members-outside-pim')
  })
})

/** An answer with the same properties, all of them empty. */
function nulled(answer: unknown, value: unknown = null): unknown {
  if (Array.isArray(answer)) return answer.length > 0 ? answer.map(row => nulled(row, value)) : [value]
  return Object.fromEntries(Object.keys((answer ?? {}) as object).map(name => [name, value]))
}
