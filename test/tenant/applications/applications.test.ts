import { describe, expect, test } from 'vitest'
import { callGraph } from '../graph/kit.ts'
import { openTenant } from '../open-tenant.ts'
import { filter, nothing, operatorOf } from './kit.ts'

const { tenant, forward } = await openTenant()
const { get, post, patch } = operatorOf(tenant)
const made = async (body: object = {}) => (await post('/applications', { displayName: 'Second app', ...body })).body

test('the app that is registered from the start is found by its client id, and its object id', async () => {
  const { body } = await get(`/applications(appId='${tenant.clientId}')`)
  expect(body).toMatchObject({ displayName: 'Gatehouse', groupMembershipClaims: 'ApplicationGroup', uniqueName: null })
  expect((await get(`/applications/${body.id}`)).body.appId).toBe(tenant.clientId)
})

test('a registration has its usual values and a client id of its own, and two may have one name', async () => {
  const [first, second] = [await post('/applications', { displayName: 'Twice' }), await made({ displayName: 'Twice' })]
  expect(first.status).toBe(201)
  expect(first.body).toMatchObject({
    displayName: 'Twice',
    web: { redirectUris: [], logoutUrl: null, implicitGrantSettings: { enableIdTokenIssuance: false } },
    requiredResourceAccess: [],
    optionalClaims: null,
  })
  expect(second.appId).not.toBe(first.body.appId)
  const { body } = await get(`/applications${filter("displayName eq 'twice'")}`)
  expect(body.value).toHaveLength(2)
})

test('a name with an apostrophe, or with the word of a filter in it, is found', async () => {
  const { id } = await made({ displayName: "Ada's and Ben's" })
  const { body } = await get(`/applications${filter("displayName eq 'Ada''s and Ben''s'")}`)
  expect(body.value).toMatchObject([{ id }])
})

test.each([
  ["appId eq 'nobody'", 200],
  [`appId eq ${nothing}`, 400],
  ["displayName ne 'x'", 400],
  ["notes eq 'x'", 400],
  ["displayName eq 'x' or appId eq 'y'", 400],
])('a list by %s is answered with %i', async (text, status) => {
  expect((await get(`/applications${filter(text)}`)).status).toBe(status)
})

test('a unique name names one app, and makes it when that is preferred', async () => {
  const address = "/applications(uniqueName='app-one')"
  expect((await patch(address, { displayName: 'One' })).status).toBe(404)
  const prefer = { prefer: 'create-if-missing' }
  expect((await patch(address, { displayName: 'One' }, prefer)).status).toBe(201)
  expect((await patch(address, { displayName: 'Uno' }, prefer)).status).toBe(204)
  expect((await get(address)).body).toMatchObject({ displayName: 'Uno', uniqueName: 'app-one' })
  expect((await post('/applications', { displayName: 'x', uniqueName: 'app-one' })).status).toBe(409)
})

test('a change replaces a list, and leaves alone what it does not name', async () => {
  const web = { redirectUris: ['https://a.example/one'], logoutUrl: 'https://a.example/out' }
  const { id } = await made({ web, groupMembershipClaims: 'ApplicationGroup' })
  expect((await patch(`/applications/${id}`, { web: { redirectUris: ['https://a.example/two'] } })).status).toBe(204)
  expect((await get(`/applications/${id}`)).body).toMatchObject({
    web: { redirectUris: ['https://a.example/two'], logoutUrl: 'https://a.example/out' },
    groupMembershipClaims: 'ApplicationGroup',
  })
})

test('an optional claim comes back with the values that were left out', async () => {
  const { optionalClaims } = await made({ optionalClaims: { idToken: [{ name: 'sid' }] } })
  const claim = { name: 'sid', source: null, essential: false, additionalProperties: [] }
  expect(optionalClaims).toEqual({ idToken: [claim], accessToken: [], saml2Token: [] })
})

const role = {
  allowedMemberTypes: ['User'],
  description: 'May operate',
  displayName: 'Operator',
  id: '6c1f6f0e-95d4-4c1f-8c42-0d6c1a0a4a11',
  isEnabled: true,
  value: 'Payments.Operate',
}

describe.each<[string, object]>([
  ['without a name', { displayName: undefined }],
  ['with a name that is none', { displayName: 3 }],
  ['of an unknown audience', { signInAudience: 'Everybody' }],
  ['with unknown group claims', { groupMembershipClaims: 'Groups' }],
  ['with null for the redirect addresses', { web: { redirectUris: null } }],
  ['with a redirect address that is none', { web: { redirectUris: ['app.example'] } }],
  ['with a redirect address without TLS', { web: { redirectUris: ['http://app.example/'] } }],
  ['with null for what it needs', { requiredResourceAccess: null }],
  [
    'with a permission whose id is none',
    { requiredResourceAccess: [{ resourceAppId: nothing, resourceAccess: [{ id: 'User.Read', type: 'Scope' }] }] },
  ],
  [
    'with a permission of an unknown type',
    { requiredResourceAccess: [{ resourceAppId: nothing, resourceAccess: [{ id: nothing, type: 'Delegated' }] }] },
  ],
  ['with a client id', { appId: nothing }],
  ['with a secret', { passwordCredentials: [{ displayName: 'x' }] }],
  ['with a property that Graph does not have', { redirectUris: [] }],
  ['with a property that Graph does not have further in', { web: { callback: 'https://a.example/' } }],
  ['with a role without a description', { appRoles: [{ ...role, description: undefined }] }],
  ['with one role twice', { appRoles: [role, { ...role, id: nothing }] }],
])('a registration %s', (_what, body) => {
  test('is refused', async () => {
    const before = tenant.applications.applications.all().length
    expect((await post('/applications', { displayName: 'Second app', ...body })).status).toBe(400)
    expect(tenant.applications.applications.all()).toHaveLength(before)
  })
})

describe('an app role', () => {
  test.each<[string, object[]]>([
    ['be taken away', []],
    ['be changed', [{ ...role, value: 'Payments.Run' }]],
    ['be changed while it is disabled', [{ ...role, isEnabled: false, displayName: 'x' }]],
  ])('cannot %s while it is enabled', async (_act, appRoles) => {
    const { id } = await made({ appRoles: [role] })
    const { status, body } = await patch(`/applications/${id}`, { appRoles })
    expect([status, body.error.code]).toEqual([400, 'CannotDeleteOrUpdateEnabledEntitlement'])
  })

  test('goes once it is disabled, and another may come at any time', async () => {
    const { id } = await made({ appRoles: [role] })
    const other = { ...role, id: nothing, value: 'Payments.Audit' }
    expect((await patch(`/applications/${id}`, { appRoles: [role, other] })).status).toBe(204)
    expect((await patch(`/applications/${id}`, { appRoles: [role, { ...other, isEnabled: false }] })).status).toBe(204)
    expect((await patch(`/applications/${id}`, { appRoles: [role] })).status).toBe(204)
    expect((await get(`/applications/${id}`)).body.appRoles).toMatchObject([{ value: 'Payments.Operate' }])
  })
})

test('a registration is shown late, and until then can neither be read nor changed', async () => {
  tenant.set({ directoryLagSeconds: 5 })
  const { id } = await made()
  expect((await get(`/applications/${id}`)).status).toBe(404)
  expect((await patch(`/applications/${id}`, { notes: 'x' })).status).toBe(404)
  forward({ seconds: 5 })
  expect((await patch(`/applications/${id}`, { notes: 'x' })).status).toBe(204)
  expect((await patch(`/applications/${id}`, { description: 'y' })).status).toBe(204)
  expect((await get(`/applications/${id}`)).body).toMatchObject({ notes: null, description: null })
  forward({ seconds: 5 })
  expect((await get(`/applications/${id}`)).body).toMatchObject({ notes: 'x', description: 'y' })
})

describe('who may', () => {
  const seededPath = `/applications(appId='${tenant.clientId}')`
  const statusesOf = async (wish: Parameters<typeof operatorOf>[1]) => {
    const caller = operatorOf(tenant, wish)
    const acts = [
      caller.get('/applications'),
      caller.get(seededPath),
      caller.patch(seededPath, { notes: 'x' }),
      caller.post('/applications', { displayName: 'New' }),
    ]
    return (await Promise.all(acts)).map(({ status }) => status)
  }

  test.each<[string, Parameters<typeof operatorOf>[1], number[]]>([
    ['reads', { permissions: ['Application.Read.All'] }, [200, 200, 403, 403]],
    ['writes', { permissions: ['Application.ReadWrite.All'] }, [200, 200, 204, 201]],
    ['writes, but without a role', { permissions: ['Application.ReadWrite.All'], person: 'ben' }, [200, 200, 403, 201]],
    ['has another permission', { permissions: ['User.Read.All'] }, [403, 403, 403, 403]],
    ['is an app that writes', { permissions: ['Application.ReadWrite.All'], application: true }, [200, 200, 204, 201]],
    [
      'is an app that writes what it owns',
      { permissions: ['Application.ReadWrite.OwnedBy'], application: true },
      [403, 403, 403, 201],
    ],
  ])('somebody who %s', async (_who, wish, expected) => {
    expect(await statusesOf(wish)).toEqual(expected)
  })

  test('an app that may write what it owns changes what it made', async () => {
    const app = operatorOf(tenant, { permissions: ['Application.ReadWrite.OwnedBy'], application: true })
    const { id, appId } = (await app.post('/applications', { displayName: 'Own' })).body
    expect((await app.patch(`/applications/${id}`, { notes: 'x' })).status).toBe(204)
    expect((await app.get(`/applications(appId='${appId}')`)).body.notes).toBe('x')
    expect((await app.post(`/applications/${id}/addPassword`, {})).status).toBe(200)
  })

  test('a person who made an app owns it and changes it, and an owner can be added', async () => {
    const ben = operatorOf(tenant, { permissions: ['Application.ReadWrite.All'], person: 'ben' })
    const { id } = (await ben.post('/applications', { displayName: 'Own' })).body
    expect((await ben.patch(`/applications/${id}`, { notes: 'x' })).status).toBe(204)
    const oid = (key: string) => tenant.people.find(each => each.key === key)?.oid
    const reference = { '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${oid('lena')}` }
    expect((await post(`/applications/${id}/owners/$ref`, reference)).status).toBe(204)
    expect((await post(`/applications/${id}/owners/$ref`, reference)).status).toBe(400)
    const { body } = await get(`/applications/${id}/owners`)
    expect(body.value.map((row: { id: string }) => row.id)).toEqual([oid('ben'), oid('lena')])
    expect((await post(`/applications/${id}/owners/$ref`, { '@odata.id': `x/users/${nothing}` })).status).toBe(404)
  })

  test('nobody without a token', async () => {
    expect((await callGraph(tenant, '/applications')).status).toBe(401)
  })
})
