import { describe, expect, test } from 'vitest'
import {
  graphPermissions,
  type PermissionKind,
  permissionId,
} from '../../../infra/azure/permissions/graph-permissions.ts'
import { createGraphItself } from '../../../infra/azure/registration/graph-itself.ts'
import { gatesWished } from '../wished.ts'
import { atTenant, fresh } from './at-tenant.ts'

/** Members alone, and nothing is on. */
const off = {
  features: {},
  gates: gatesWished({ members: { selfService: undefined } }).slice(0, 1),
  contexts: [{ id: 'c1', name: 'Privileged access', policy: 'Privileged access' }],
}

test('the permissions that Graph itself names have the ids of the table', async () => {
  await using at = await atTenant()
  const itself = await createGraphItself(at.graph())(at.known(fresh()))
  for (const [name, ids] of Object.entries(graphPermissions))
    for (const kind of Object.keys(ids) as PermissionKind[])
      expect([name, kind, itself.idOf(name, kind)]).toEqual([
        name,
        kind,
        permissionId(name as keyof typeof graphPermissions, kind),
      ])
})

test('a permission that Graph does not have is said by its name', async () => {
  await using at = await atTenant()
  const itself = await createGraphItself(at.graph())(at.known(fresh()))
  expect(() => itself.idOf('Moon.Read.All', 'delegated')).toThrow('has no delegated permission Moon.Read.All')
})

describe('consent', () => {
  test('is given for what is on, and for everybody', async () => {
    await using at = await atTenant()
    await at.apply(fresh(off))
    expect((await at.plan(fresh(off))).lines).toEqual([])
    const { lines } = await at.plan(fresh())
    const differing = lines.map(({ object, action }) => [object, action])
    expect(differing).toEqual([
      ['registration Fresh', 'change'],
      ['groups assigned to Fresh', 'change'],
      ['consent to delegated permissions of Fresh', 'change'],
      ['consent to application permissions of Fresh', 'change'],
    ])
    await at.apply(fresh())
    expect(await at.plan(fresh())).toEqual({ lines: [], left: [] })
  })

  test('is not taken back when a part goes off, and that is said', async () => {
    await using at = await atTenant()
    await at.apply(fresh())
    const { lines, left } = await at.plan(fresh(off))
    expect(lines).toEqual([])
    expect(left).toContain('the consent to the application permission User.Read.All, which nothing here needs')
    expect(left).toContain(
      'the consent to the delegated permission PrivilegedEligibilitySchedule.Read.AzureADGroup, which nothing here needs',
    )
    expect(left).toContain(
      'the application permission User.Read.All of the registration Fresh, which nothing here needs',
    )
    await at.apply(fresh(off))
    expect((await at.plan(fresh())).lines).toEqual([])
  })

  test('of one person alone is no consent for everybody', async () => {
    await using at = await atTenant()
    const wish = fresh()
    const ids = await at.apply(wish)
    const grants = await at.graph().list<{ id: string; clientId: string }>('/oauth2PermissionGrants')
    const own = grants.find(({ clientId }) => clientId === ids.servicePrincipal)
    await at.graph().remove(`/oauth2PermissionGrants/${own?.id}`)
    await at.graph().act('/oauth2PermissionGrants', {
      clientId: ids.servicePrincipal,
      consentType: 'Principal',
      principalId: at.tenant.people[0]?.oid,
      resourceId: ids.graphPrincipal,
      scope: 'User.Read',
    })
    await at.settle()
    const { lines } = await at.plan(wish)
    expect(lines.map(({ object, action }) => [object, action])).toEqual([
      ['consent to delegated permissions of Fresh', 'create'],
    ])
    await at.apply(wish)
    expect((await at.plan(wish)).lines).toEqual([])
  })
})
