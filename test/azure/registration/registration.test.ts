import { describe, expect, test } from 'vitest'
import type { Registration } from '../../../infra/azure/registration/find-registration.ts'
import { gatesWished } from '../wished.ts'
import { atTenant, fresh } from './at-tenant.ts'

const roles = gatesWished({
  members: { role: 'Payments.Access' },
  operators: { role: 'Payments.Operate', group: 'Payments operators' },
})

const noSwitch = { selfService: undefined }
const strict = {
  frontDoor: 'strict',
  standingGroup: undefined,
  features: { administration: true },
  gates: gatesWished({ members: noSwitch, administrators: noSwitch, auditors: noSwitch }),
}

describe.each([
  ['a secret', {}],
  ['gates with roles', { gates: roles }],
  ['the strict front door', strict],
])('with %s', (_what, fields) => {
  test('everything is made, and a second run plans nothing', async () => {
    await using at = await atTenant()
    const { lines } = await at.plan(fresh(fields))
    expect(new Set(lines.map(({ action }) => action))).toEqual(new Set(['create']))
    await at.apply(fresh(fields))
    expect(await at.plan(fresh(fields))).toMatchObject({ lines: [] })
  })
})

test('the registration has the addresses, the claims and the roles that the application needs', async () => {
  await using at = await atTenant()
  const { application } = await at.apply(fresh({ gates: roles }))
  const made = await at.ask<Registration>(`/applications/${application?.id}`)
  expect(made).toMatchObject({
    displayName: 'Fresh',
    signInAudience: 'AzureADMyOrg',
    groupMembershipClaims: 'ApplicationGroup',
    web: {
      homePageUrl: 'https://admin.example.com/',
      logoutUrl: 'https://admin.example.com/auth/front-channel-logout',
      redirectUris: ['https://admin.example.com/auth/callback', 'https://admin.example.com/auth/signed-out'],
      implicitGrantSettings: { enableIdTokenIssuance: false, enableAccessTokenIssuance: false },
    },
  })
  expect(made.optionalClaims?.idToken?.map(({ name }) => name)).toEqual(['auth_time', 'login_hint', 'sid'])
  expect(made.appRoles?.map(({ value, allowedMemberTypes }) => [value, allowedMemberTypes])).toEqual([
    ['Payments.Access', ['User']],
    ['Payments.Operate', ['User']],
  ])
})

test('only who is assigned may sign in: the group of each gate, with its role where it has one, and the standing group', async () => {
  await using at = await atTenant()
  await at.apply(fresh({ gates: roles }))
  const { lines } = await at.plan(fresh({ gates: roles, name: 'Another' }))
  expect(lines.find(({ object }) => object === 'groups assigned to Another')?.after).toEqual([
    { who: 'Access administrators' },
    { who: 'Access auditors' },
    { who: 'Gatehouse sign-in' },
    { who: 'Payments administrators', role: 'Payments.Access' },
    { who: 'Payments operators', role: 'Payments.Operate' },
  ])
})

test('with the strict front door the standing group is not assigned', async () => {
  await using at = await atTenant()
  const { lines } = await at.plan(fresh(strict))
  expect(JSON.stringify(lines)).not.toContain('Gatehouse sign-in')
  expect(lines.find(({ object }) => object.startsWith('enterprise'))?.after).toMatchObject({ assignmentRequired: true })
})

describe('what stands beside', () => {
  /** A tenant where somebody added to what the program made. */
  async function addedTo(fields: object = {}) {
    const at = await atTenant()
    const ids = await at.apply(fresh(fields))
    const { id } = ids.application as { id: string }
    const made = await at.ask<Registration>(`/applications/${id}`)
    return { at, ids, id, made }
  }

  test('is left in its lists, and said', async () => {
    const { at, id, made } = await addedTo()
    await using _ = at
    const extra = { id: '0f0f0f0f-1111-4222-8333-444444444444', displayName: 'Other', description: 'Other' }
    await at.graph().patch(`/applications/${id}`, {
      web: { ...made.web, redirectUris: [...(made.web?.redirectUris ?? []), 'https://other.example.com/callback'] },
      optionalClaims: {
        ...made.optionalClaims,
        idToken: [...(made.optionalClaims?.idToken ?? []), { name: 'ipaddr' }],
      },
      appRoles: [{ ...extra, value: 'Other', allowedMemberTypes: ['User'], isEnabled: true }],
    })
    await at.settle()
    const wish = fresh({ baseUrl: 'https://new.example.com', gates: roles })
    await at.apply(wish)
    const after = await at.ask<Registration>(`/applications/${id}`)
    expect(after.web?.redirectUris).toEqual([
      'https://admin.example.com/auth/callback',
      'https://admin.example.com/auth/signed-out',
      'https://new.example.com/auth/callback',
      'https://new.example.com/auth/signed-out',
      'https://other.example.com/callback',
    ])
    expect(after.optionalClaims?.idToken?.map(({ name }) => name)).toContain('ipaddr')
    expect(after.appRoles?.map(({ value }) => value)).toEqual(['Other', 'Payments.Access', 'Payments.Operate'])
    const { lines, left } = await at.plan(wish)
    expect(lines).toEqual([])
    expect(left).toEqual(
      expect.arrayContaining([
        'the redirect URI https://other.example.com/callback of the registration Fresh',
        'the optional claim ipaddr of the registration Fresh',
        'the app role Other of the registration Fresh',
      ]),
    )
  })

  test('permissions of another resource stay, too', async () => {
    const { at, id, made } = await addedTo()
    await using _ = at
    const other = {
      resourceAppId: 'c5393580-f805-4401-95e8-94b7a6ef2fc2',
      resourceAccess: [{ id: '594c1fb6-4f81-4475-ae41-0c394909246c', type: 'Role' }],
    }
    await at.graph().patch(`/applications/${id}`, {
      requiredResourceAccess: [...(made.requiredResourceAccess ?? []), other],
    })
    await at.settle()
    await at.apply(fresh({ features: { roster: true, notifications: true, selfService: true, administration: true } }))
    const after = await at.ask<Registration>(`/applications/${id}`)
    expect(after.requiredResourceAccess).toContainEqual(other)
  })

  test('groups and people that somebody assigned stay assigned', async () => {
    const { at, ids } = await addedTo()
    await using _ = at
    const body = {
      principalId: at.tenant.managedGroups.operators,
      resourceId: ids.servicePrincipal,
      appRoleId: '00000000-0000-0000-0000-000000000000',
    }
    await at.graph().act(`/servicePrincipals/${ids.servicePrincipal}/appRoleAssignedTo`, body)
    await at.settle()
    expect(await at.plan(fresh())).toEqual({ lines: [], left: ['Payments operators is assigned to Fresh'] })
  })

  test('owners stay owners', async () => {
    const { at, id } = await addedTo({ owners: ['ada@contoso.example'] })
    await using _ = at
    const lena = at.tenant.people.find(({ key }) => key === 'lena')
    const reference = { '@odata.id': `${at.tenant.graphBase}/directoryObjects/${lena?.oid}` }
    await at.graph().act(`/applications/${id}/owners/$ref`, reference)
    await at.settle()
    const { lines, left } = await at.plan(fresh())
    expect({ lines, left }).toEqual({ lines: [], left: ['lena@contoso.example owns the registration Fresh'] })
  })

  test('a disabled enterprise application stays disabled, and that is said', async () => {
    const { at, ids } = await addedTo()
    await using _ = at
    await at.graph().patch(`/servicePrincipals/${ids.servicePrincipal}`, { accountEnabled: false })
    await at.settle()
    const { lines, left } = await at.plan(fresh())
    expect(lines).toEqual([])
    expect(left).toEqual(['the enterprise application Fresh is disabled: nobody can sign in until somebody enables it'])
  })
})

describe('what somebody changed is put right', () => {
  test.each([
    ['the logout URL', { web: { logoutUrl: 'https://admin.example.com/elsewhere' } }],
    ['the audience', { signInAudience: 'AzureADMultipleOrgs' }],
    ['the groups in tokens', { groupMembershipClaims: 'SecurityGroup' }],
    ['tokens straight from the sign-in', { web: { implicitGrantSettings: { enableIdTokenIssuance: true } } }],
    ['a redirect URI', { web: { redirectUris: ['https://admin.example.com/auth/signed-out'] } }],
    ['a claim', { optionalClaims: { idToken: [{ name: 'sid' }] } }],
    ['the permissions', { requiredResourceAccess: [] }],
  ])('%s', async (_what, change) => {
    await using at = await atTenant()
    const { application } = await at.apply(fresh())
    await at.graph().patch(`/applications/${application?.id}`, change)
    await at.settle()
    const { lines } = await at.plan(fresh())
    expect(lines.map(({ object, action }) => [object, action])).toEqual([['registration Fresh', 'change']])
    await at.apply(fresh())
    expect(await at.plan(fresh())).toEqual({ lines: [], left: [] })
  })

  test('an enterprise application that lets everybody in', async () => {
    await using at = await atTenant()
    const { servicePrincipal } = await at.apply(fresh())
    await at.graph().patch(`/servicePrincipals/${servicePrincipal}`, { appRoleAssignmentRequired: false })
    await at.settle()
    await at.apply(fresh())
    expect(await at.ask(`/servicePrincipals/${servicePrincipal}`)).toMatchObject({ appRoleAssignmentRequired: true })
  })
})

test('a role that a gate gets later is added, and its group is assigned with it', async () => {
  await using at = await atTenant()
  await at.apply(fresh())
  await at.apply(fresh({ gates: roles }))
  expect(await at.plan(fresh({ gates: roles }))).toEqual({
    lines: [],
    left: ['Payments administrators is assigned to Fresh'],
  })
})

test('a role that somebody disabled is enabled again, under its id', async () => {
  await using at = await atTenant()
  const { application } = await at.apply(fresh({ gates: roles }))
  const path = `/applications/${application?.id}`
  const { appRoles } = await at.ask<Registration>(path)
  await at.graph().patch(path, { appRoles: appRoles?.map(role => ({ ...role, isEnabled: false })) })
  await at.settle()
  await at.apply(fresh({ gates: roles }))
  expect((await at.ask<Registration>(path)).appRoles).toEqual(appRoles)
})

test('two registrations of one name stop the plan', async () => {
  await using at = await atTenant()
  for (const _ of [1, 2]) await at.graph().act('/applications', { displayName: 'Fresh' })
  await at.settle()
  await expect(at.plan(fresh())).rejects.toThrow(/^There are 2 registrations called "Fresh"\. Write the object id/)
})

test('a registration can be named by its object id, and keeps its name', async () => {
  await using at = await atTenant()
  const { id } = await at.graph().act<Registration>('/applications', { displayName: "Anna's" })
  await at.settle()
  await at.apply(fresh({ name: id }))
  expect(await at.ask(`/applications/${id}`)).toMatchObject({ displayName: "Anna's", signInAudience: 'AzureADMyOrg' })
})

test('a name with a quote is found', async () => {
  await using at = await atTenant()
  await at.apply(fresh({ name: "Anna's" }))
  expect(await at.plan(fresh({ name: "Anna's" }))).toMatchObject({ lines: [] })
})
