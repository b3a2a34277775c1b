import { describe, expect, test } from 'vitest'
import { openTenant } from '../open-tenant.ts'
import { filter, graphAppId, graphOf, noRole, nothing, operatorOf } from './kit.ts'

const { tenant, forward } = await openTenant()
const { get, post, patch, remove } = operatorOf(tenant)
const seeded = () => tenant.applications.principal(tenant.clientId) as { id: string }
const { access, staff } = tenant.groups

/** A registration that stands in the tenant, with one role. */
async function madeApp(more: object = {}) {
  const role = { id: nothing, displayName: 'Operator', description: 'x', allowedMemberTypes: ['User'], value: 'Run' }
  const application = (await post('/applications', { displayName: 'Second app', appRoles: [role], ...more })).body
  const principal = (await post('/servicePrincipals', { appId: application.appId })).body
  return { application, principal }
}

describe('a service principal', () => {
  test('of Graph shows permissions by the ids that registrations name', async () => {
    const { body } = await get(`/servicePrincipals(appId='${graphAppId}')`)
    expect(body.oauth2PermissionScopes).toContainEqual(
      expect.objectContaining({ value: 'User.Read', id: 'e1fe6dd8-ba31-4d61-89e7-88639da4683d', isEnabled: true }),
    )
    expect(body.appRoles).toContainEqual(
      expect.objectContaining({ value: 'GroupMember.Read.All', id: '98830695-27a2-44f7-8c18-0c3ebc9698f6' }),
    )
  })

  test('is made once for a registration, which it follows', async () => {
    const { application, principal } = await madeApp()
    expect(principal).toMatchObject({ displayName: 'Second app', appRoleAssignmentRequired: false })
    expect((await post('/servicePrincipals', { appId: application.appId })).status).toBe(409)
    const change = { displayName: 'Third app', web: { redirectUris: ['https://a.example/'] } }
    await patch(`/applications/${application.id}`, change)
    const { body } = await get(`/servicePrincipals${filter(`appId eq '${application.appId}'`)}`)
    expect(body.value).toMatchObject([{ displayName: 'Third app', replyUrls: ['https://a.example/'] }])
  })

  test('is not made for an app that is not registered, or not shown yet', async () => {
    expect((await post('/servicePrincipals', { appId: nothing })).body.error.code).toBe('NoBackingApplicationObject')
    tenant.set({ directoryLagSeconds: 5 })
    const { appId } = (await post('/applications', { displayName: 'Second app' })).body
    expect((await post('/servicePrincipals', { appId })).status).toBe(400)
    forward({ seconds: 5 })
    expect((await post('/servicePrincipals', { appId, appRoleAssignmentRequired: true })).status).toBe(201)
  })

  test.each<[object, number]>([
    [{ appRoleAssignmentRequired: true }, 204],
    [{ appRoleAssignmentRequired: null }, 400],
    [{ appRoleAssignmentRequired: 'yes' }, 400],
    [{ appRoles: [] }, 400],
  ])('changes by %j: %i', async (body, status) => {
    expect((await patch(`/servicePrincipals/${seeded().id}`, body)).status).toBe(status)
  })
})

describe('an assignment', () => {
  const assign = (body: object, at = `/servicePrincipals/${seeded().id}/appRoleAssignedTo`) => post(at, body)
  const ofStaff = () => ({ principalId: staff, resourceId: seeded().id, appRoleId: noRole })

  test('lets a group in, once, and ends', async () => {
    const { status, body } = await assign(ofStaff())
    expect([status, body.principalType, body.principalDisplayName]).toEqual([201, 'Group', 'Staff'])
    expect((await assign(ofStaff())).status).toBe(400)
    const path = `/servicePrincipals/${seeded().id}/appRoleAssignedTo`
    expect((await remove(`${path}/${body.id}`)).status).toBe(204)
    expect((await remove(`${path}/${body.id}`)).status).toBe(404)
    expect((await assign(ofStaff())).status).toBe(201)
  })

  test('is listed at the app, at the group, and by a filter that writes ids without quotes', async () => {
    const path = `/servicePrincipals/${seeded().id}/appRoleAssignedTo`
    const idsAt = async (at: string) =>
      (await get(at)).body.value.map(({ principalId }: { principalId: string }) => principalId)
    expect(await idsAt(path)).toEqual(Object.values(tenant.managedGroups))
    expect(await idsAt(`/groups/${access}/appRoleAssignments`)).toEqual([access])
    expect(await idsAt(path + filter(`principalId eq ${access}`))).toEqual([access])
    expect((await get(path + filter(`principalId eq '${access}'`))).status).toBe(400)
  })

  test.each<[string, () => object, number]>([
    ['to nobody', () => ({ ...ofStaff(), principalId: nothing }), 404],
    ['to something that is no id', () => ({ ...ofStaff(), principalId: 'staff' }), 400],
    ['to nothing', () => ({ ...ofStaff(), principalId: undefined }), 400],
    ['of another app than the address names', () => ({ ...ofStaff(), resourceId: graphOf(tenant).id }), 400],
    ['of a role that the app does not have', () => ({ ...ofStaff(), appRoleId: nothing }), 400],
    ['of a role for people to an app', () => ({ ...ofStaff(), principalId: seeded().id }), 201],
  ])('%s', async (_what, body, status) => {
    expect((await assign(body())).status).toBe(status)
  })

  test('of a role for people is not for an app, and a disabled role is for nobody', async () => {
    const { application, principal } = await madeApp()
    const path = `/servicePrincipals/${principal.id}/appRoleAssignedTo`
    const wish = { resourceId: principal.id, appRoleId: nothing }
    expect((await assign({ ...wish, principalId: seeded().id }, path)).status).toBe(400)
    expect((await assign({ ...wish, principalId: access }, path)).status).toBe(201)
    const [role] = application.appRoles
    await patch(`/applications/${application.id}`, { appRoles: [{ ...role, isEnabled: false }] })
    expect((await assign({ ...wish, principalId: staff }, path)).status).toBe(400)
  })

  test('of a permission of Graph is in the list of what the app holds', async () => {
    const { principal } = await madeApp()
    const appRoleId = '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30'
    const wish = { principalId: principal.id, resourceId: graphOf(tenant).id, appRoleId }
    expect((await assign(wish, `/servicePrincipals/${graphOf(tenant).id}/appRoleAssignedTo`)).status).toBe(201)
    const { body } = await get(`/servicePrincipals/${principal.id}/appRoleAssignments`)
    expect(body.value).toMatchObject([{ appRoleId, principalType: 'ServicePrincipal' }])
  })

  test.each<[string, string[], string, number]>([
    ['who may assign and read', ['AppRoleAssignment.ReadWrite.All', 'Application.Read.All'], 'ada', 201],
    ['who may only read', ['Application.Read.All'], 'ada', 403],
    ['who may assign, but holds no role', ['AppRoleAssignment.ReadWrite.All', 'Application.Read.All'], 'ben', 403],
  ])('by somebody %s', async (_who, permissions, person, status) => {
    const caller = operatorOf(tenant, { permissions, person })
    const { status: answered } = await caller.post(`/servicePrincipals/${seeded().id}/appRoleAssignedTo`, ofStaff())
    expect(answered).toBe(status)
  })
})

describe('consent', () => {
  const wishFor = (clientId: string) => ({
    clientId,
    consentType: 'AllPrincipals',
    principalId: null,
    resourceId: graphOf(tenant).id,
    scope: 'openid User.Read',
  })

  test('is given once for everybody, and then extended', async () => {
    const { principal } = await madeApp()
    const { status, body } = await post('/oauth2PermissionGrants', wishFor(principal.id))
    expect(status).toBe(201)
    expect((await post('/oauth2PermissionGrants', wishFor(principal.id))).status).toBe(409)
    expect((await patch(`/oauth2PermissionGrants/${body.id}`, { scope: 'openid' })).status).toBe(204)
    const list = await get(`/oauth2PermissionGrants${filter(`clientId eq '${principal.id}'`)}`)
    expect(list.body.value).toMatchObject([{ id: body.id, scope: 'openid' }])
    expect((await get(`/oauth2PermissionGrants${filter(`clientId eq ${principal.id}`)}`)).status).toBe(400)
  })

  test.each<[string, object, number]>([
    ['of an app that is not here', { clientId: nothing }, 404],
    ['of nothing', { clientId: null }, 400],
    ['for a person whom it does not name', { consentType: 'Principal' }, 400],
    ['for everybody, with a person', { principalId: nothing }, 400],
    ['of an unknown kind', { consentType: 'All' }, 400],
    ['too long', { scope: 'x'.repeat(3851) }, 400],
  ])('%s', async (_what, more, status) => {
    const { principal } = await madeApp()
    expect((await post('/oauth2PermissionGrants', { ...wishFor(principal.id), ...more })).status).toBe(status)
  })

  test('changes only in its scopes, and only by an administrator who may', async () => {
    const [{ id }] = (await get('/oauth2PermissionGrants')).body.value
    const path = `/oauth2PermissionGrants/${id}`
    expect((await patch(path, { scope: 'openid', consentType: 'Principal' })).status).toBe(400)
    const permissions = ['DelegatedPermissionGrant.ReadWrite.All']
    expect((await operatorOf(tenant, { permissions, person: 'ben' }).patch(path, { scope: 'x' })).status).toBe(403)
    expect((await operatorOf(tenant, { permissions }).patch(path, { scope: 'openid' })).status).toBe(204)
    const readers = operatorOf(tenant, { permissions: ['Application.Read.All'] })
    expect((await readers.get('/oauth2PermissionGrants')).status).toBe(403)
  })
})
