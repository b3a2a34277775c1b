import { describe, expect, test } from 'vitest'
import { appRoles } from '../../../infra/tenant/directory/ids.ts'
import { managedKeys } from '../../../infra/tenant/directory/managed.ts'
import { appToken, callGraph } from '../graph/kit.ts'
import { openTenant } from '../open-tenant.ts'
import { claimsIn, openBrowser, redeem, refresh, tokensOf } from '../sign-in/browser.ts'

const { tenant, forward } = await openTenant()
const wish = { minutes: 30, reason: 'night shift' }
const operate = 'Payments.Operate'
const rolesOf = async (key: string) => claimsIn(await tokensOf(tenant, key)).roles

test('nobody has an app role at the start, and a token without roles has no claim for them', async () => {
  expect(tenant.roles.assigned()).toEqual([])
  expect(claimsIn(await tokensOf(tenant, 'ada'))).not.toHaveProperty('roles')
})

describe('a role of a group', () => {
  test.each(managedKeys)('is in the tokens of the members of %s', async group => {
    tenant.roles.assign({ role: operate, group })
    if (group !== 'members') tenant.assign('alice', { ...wish, group })
    expect([await rolesOf('alice'), await rolesOf('oskar')]).toEqual([[operate], undefined])
  })

  test('is in the tokens of everybody in an ordinary group', async () => {
    tenant.roles.assign({ role: operate, group: 'staff' })
    expect([await rolesOf('oskar'), await rolesOf('guido')]).toEqual([[operate], undefined])
  })

  test('is held only as long as the membership', async () => {
    tenant.roles.assign({ role: operate, group: 'operators' })
    tenant.assign('ben', { ...wish, group: 'operators' })
    const first = await tokensOf(tenant, 'ben')
    forward({ minutes: 30 })
    expect([claimsIn(first).roles, claimsIn(await refresh(tenant, first)).roles]).toEqual([[operate], undefined])
  })

  test('is not held through a group in the group', async () => {
    tenant.roles.assign({ role: operate, group: 'members' })
    tenant.set({ nestedMembers: ['oskar'], groupMembershipClaims: 'SecurityGroup' })
    const { groups, roles } = claimsIn(await tokensOf(tenant, 'oskar'))
    expect([groups.includes(tenant.groups.access), roles]).toEqual([true, undefined])
  })

  test('is taken away from all its members', async () => {
    tenant.roles.assign({ role: operate, group: 'members' })
    tenant.roles.unassign({ role: operate, group: 'members' })
    expect(await rolesOf('alice')).toBeUndefined()
  })
})

test('a role of one person is in the tokens of this person alone', async () => {
  tenant.roles.assign({ role: operate, person: 'oskar' })
  expect([await rolesOf('oskar'), await rolesOf('ben')]).toEqual([[operate], undefined])
})

test('a role that is held in two ways is named once, beside every other role', async () => {
  tenant.roles.assign({ role: 'Payments.Audit', person: 'alice' })
  tenant.roles.assign({ role: operate, person: 'alice' })
  tenant.roles.assign({ role: operate, group: 'members' })
  expect(await rolesOf('alice')).toEqual([operate, 'Payments.Audit'])
})

test('roles have no overage, however many groups there are', async () => {
  tenant.roles.assign({ role: operate, group: 'members' })
  const claims = claimsIn(await tokensOf(tenant, 'mona'))
  expect([claims.roles, claims._claim_names]).toEqual([[operate], { groups: 'src1' }])
})

test('roles are in tokens that list no groups', async () => {
  tenant.roles.assign({ role: operate, group: 'members' })
  tenant.set({ groupMembershipClaims: 'none' })
  expect(await rolesOf('alice')).toEqual([operate])
})

test('a role lets the person in where assignment is required', async () => {
  tenant.set({ assignmentRequired: true })
  expect((await openBrowser(tenant).signIn('oskar')).text).toContain('AADSTS50105')
  tenant.roles.assign({ role: operate, person: 'oskar' })
  expect((await tokensOf(tenant, 'oskar')).status).toBe(200)
})

describe('a refreshed token', () => {
  test('names the roles of now', async () => {
    const first = await tokensOf(tenant, 'alice')
    tenant.roles.assign({ role: operate, group: 'members' })
    const second = await refresh(tenant, first)
    tenant.roles.unassign({ role: operate, group: 'members' })
    expect([claimsIn(second).roles, claimsIn(await refresh(tenant, second)).roles]).toEqual([[operate], undefined])
  })

  test('can be made to keep the roles of the sign-in, each way', async () => {
    tenant.set({ rolesAtRefresh: 'as-at-sign-in' })
    tenant.roles.assign({ role: operate, person: 'alice' })
    const [alice, ben] = [await tokensOf(tenant, 'alice'), await tokensOf(tenant, 'ben')]
    tenant.roles.unassign({ role: operate, person: 'alice' })
    tenant.roles.assign({ role: operate, person: 'ben' })
    const roles = [claimsIn(await refresh(tenant, alice)).roles, claimsIn(await refresh(tenant, ben)).roles]
    expect(roles).toEqual([[operate], undefined])
  })

  test('keeps them until the next authorization of the session, which needs no page', async () => {
    tenant.set({ rolesAtRefresh: 'as-at-sign-in' })
    const browser = openBrowser(tenant)
    await redeem(tenant, await browser.signIn('ben'))
    tenant.roles.assign({ role: operate, person: 'ben' })
    const silent = await redeem(tenant, await browser.authorize({ prompt: 'none' }))
    expect([claimsIn(silent).roles, claimsIn(await refresh(tenant, silent)).roles]).toEqual([[operate], [operate]])
  })

  test('names the groups of now all the same', async () => {
    tenant.set({ rolesAtRefresh: 'as-at-sign-in' })
    const first = await tokensOf(tenant, 'ben')
    tenant.assign('ben', wish)
    expect(claimsIn(await refresh(tenant, first)).groups).toEqual([tenant.groups.access])
  })
})

describe('with the lag of tokens', () => {
  test('a role shows late, and goes late', async () => {
    tenant.set({ tokenLagSeconds: 60 })
    tenant.roles.assign({ role: operate, person: 'ben' })
    const seen = [await rolesOf('ben')]
    forward({ seconds: 60 })
    seen.push(await rolesOf('ben'))
    tenant.roles.unassign({ role: operate, person: 'ben' })
    seen.push(await rolesOf('ben'))
    forward({ seconds: 60 })
    seen.push(await rolesOf('ben'))
    expect(seen).toEqual([undefined, [operate], [operate], undefined])
  })

  test('the role of a group shows as late as the membership', async () => {
    tenant.roles.assign({ role: operate, group: 'operators' })
    tenant.set({ tokenLagSeconds: 60, laggingGroup: 'operators' })
    tenant.assign('ben', { ...wish, group: 'operators' })
    const before = await rolesOf('ben')
    forward({ seconds: 60 })
    expect([before, await rolesOf('ben')]).toEqual([undefined, [operate]])
  })
})

test.each([
  [() => tenant.roles.assign({ role: operate, person: 'nobody' }), 'nobody'],
  [() => tenant.roles.unassign({ role: operate, person: 'ben' }), 'not assigned'],
  [
    () => {
      tenant.roles.assign({ role: operate, group: 'staff' })
      tenant.roles.assign({ role: operate, group: 'staff' })
    },
    'already',
  ],
])('%s is refused', (act, message) => {
  expect(act).toThrow(message)
})

test('a reset takes all roles away', async () => {
  tenant.roles.assign({ role: operate, person: 'ben' })
  tenant.reset()
  expect([tenant.roles.assigned(), await rolesOf('ben')]).toEqual([[], undefined])
})

test('the registration lists the app roles with their ids', async () => {
  const token = await appToken(tenant, ['Application.Read.All'])
  const { body } = await callGraph(tenant, `/applications(appId='${tenant.clientId}')?$select=appRoles`, { token })
  const listed = body.appRoles.map(({ value, id }: { value: string; id: string }) => [value, id])
  expect(listed).toEqual(Object.entries(appRoles))
})
