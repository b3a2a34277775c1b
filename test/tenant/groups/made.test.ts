import { describe, expect, test } from 'vitest'
import { filter, nothing, operatorOf } from '../applications/kit.ts'
import { openTenant } from '../open-tenant.ts'

const { tenant, forward } = await openTenant()
const { get, post, patch, remove } = operatorOf(tenant)

let number = 0
const wish = (more: object = {}) => ({
  displayName: `Group ${++number}`,
  mailEnabled: false,
  mailNickname: `group-${number}`,
  securityEnabled: true,
  ...more,
})
const made = async (more: object = {}) => (await post('/groups', wish(more))).body
const idOf = (key: string) => tenant.people.find(each => each.key === key)?.oid as string
const reference = (id: string | undefined) => ({ '@odata.id': `${tenant.graphBase}/directoryObjects/${id}` })
/** The status for somebody with these permissions alone. */
const statusAs = async (permissions: string[], person: string, path: string, body: object) => {
  const { status } = await operatorOf(tenant, { permissions, person }).post(path, body)
  return status
}

describe('a group', () => {
  test('is made with its usual values, owned by whoever made it, and found by its name', async () => {
    const { status, body } = await post('/groups', wish({ displayName: "Ada's" }))
    expect(status).toBe(201)
    expect(body).toMatchObject({
      displayName: "Ada's",
      groupTypes: [],
      isAssignableToRole: null,
      securityEnabled: true,
    })
    expect((await get(`/groups${filter("displayName eq 'ada''s'")}`)).body.value).toMatchObject([{ id: body.id }])
    expect((await get(`/groups/${body.id}/owners`)).body.value).toMatchObject([{ id: idOf('ada') }])
  })

  test.each([
    ['no name', { displayName: undefined }],
    ['a nickname with a blank', { mailNickname: 'two words' }],
    ['neither security nor mail', { securityEnabled: false }],
    ['a mailbox of its own', { mailEnabled: true }],
    ['an unknown property', { colour: 'red' }],
    ['a text for a truth', { securityEnabled: 'true' }],
    ['a rule that decides who can be assigned roles', { isAssignableToRole: true, groupTypes: ['DynamicMembership'] }],
  ])('with %s is refused with 400', async (_what, more) => {
    expect((await post('/groups', wish(more))).status).toBe(400)
  })

  test('of a unique name is made once', async () => {
    await made({ uniqueName: 'once' })
    expect((await post('/groups', wish({ uniqueName: 'once' }))).status).toBe(409)
  })

  test('that roles can be assigned to takes a permission more, and a role of a person', async () => {
    const assignable = () => wish({ isAssignableToRole: true })
    const [plain, both] = [['Group.ReadWrite.All'], ['Group.ReadWrite.All', 'RoleManagement.ReadWrite.Directory']]
    expect(await statusAs(plain, 'ada', '/groups', assignable())).toBe(403)
    expect(await statusAs(both, 'ben', '/groups', assignable())).toBe(403)
    expect(await statusAs(both, 'ada', '/groups', assignable())).toBe(201)
    expect(await statusAs(plain, 'ben', '/groups', wish())).toBe(201)
  })

  test('is called otherwise, and never becomes one that roles can be assigned to', async () => {
    const { id } = await made()
    expect((await patch(`/groups/${id}`, { displayName: 'Otherwise' })).status).toBe(204)
    expect((await get(`/groups/${id}`)).body.displayName).toBe('Otherwise')
    expect((await patch(`/groups/${id}`, { isAssignableToRole: true })).status).toBe(400)
  })

  test('is shown late, and not there before', async () => {
    tenant.set({ directoryLagSeconds: 5 })
    const { id } = await made()
    expect((await get(`/groups/${id}`)).status).toBe(404)
    expect((await post(`/groups/${id}/owners/$ref`, reference(idOf('ben')))).status).toBe(404)
    forward({ seconds: 5 })
    expect((await get(`/groups/${id}`)).status).toBe(200)
    tenant.set({ directoryLagSeconds: 0 })
  })
})

describe('the members and owners of a group', () => {
  test.each(['members', 'owners'])('%s are added once, and taken away once', async list => {
    const { id } = await made()
    const add = () => post(`/groups/${id}/${list}/$ref`, reference(idOf('ben')))
    const away = () => remove(`/groups/${id}/${list}/${idOf('ben')}/$ref`)
    const listed = async () => (await get(`/groups/${id}/${list}`)).body.value.map((row: { id: string }) => row.id)
    expect([(await add()).status, (await add()).status]).toEqual([204, 400])
    expect(await listed()).toContain(idOf('ben'))
    expect([(await away()).status, (await away()).status]).toEqual([204, 404])
    expect(await listed()).not.toContain(idOf('ben'))
  })

  test('are people, groups and apps that exist', async () => {
    const { id } = await made()
    expect((await post(`/groups/${id}/members/$ref`, reference(nothing))).status).toBe(404)
    expect((await post(`/groups/${id}/members/$ref`, { id: idOf('ben') })).status).toBe(400)
  })

  test('can be changed by an owner without a role, and by nobody else without one', async () => {
    const { id } = await made({ 'owners@odata.bind': [`${tenant.graphBase}/users/${idOf('ben')}`] })
    const add = (person: string) =>
      statusAs(['GroupMember.ReadWrite.All'], person, `/groups/${id}/members/$ref`, reference(idOf('alice')))
    expect([await add('oskar'), await add('ben')]).toEqual([403, 204])
  })

  test('may be groups, but not in a group that roles can be assigned to', async () => {
    const inner = await made()
    const [plain, assignable] = [await made(), await made({ isAssignableToRole: true })]
    expect((await post(`/groups/${plain.id}/members/$ref`, reference(inner.id))).status).toBe(204)
    expect((await post(`/groups/${assignable.id}/members/$ref`, reference(inner.id))).status).toBe(400)
  })
})

describe('an administrative unit', () => {
  const units = '/directory/administrativeUnits'

  test('that restricts keeps everybody without a role for it from its groups', async () => {
    const { id } = await made()
    const unit = await post(units, { displayName: 'Restricted', isMemberManagementRestricted: true })
    expect(unit.status).toBe(201)
    const add = () => post(`${units}/${unit.body.id}/members/$ref`, reference(id))
    expect([(await add()).status, (await add()).status]).toEqual([204, 400])
    expect((await get(`/groups/${id}?$select=isManagementRestricted`)).body.isManagementRestricted).toBe(true)
    expect((await post(`/groups/${id}/members/$ref`, reference(idOf('ben')))).status).toBe(403)
    expect((await remove(`${units}/${unit.body.id}/members/${id}/$ref`)).status).toBe(204)
    expect((await post(`/groups/${id}/members/$ref`, reference(idOf('ben')))).status).toBe(204)
  })

  test('takes a permission of its own, and a role', async () => {
    const body = { displayName: 'Unit' }
    expect(await statusAs(['Group.ReadWrite.All'], 'ada', units, body)).toBe(403)
    expect(await statusAs(['AdministrativeUnit.ReadWrite.All'], 'ben', units, body)).toBe(403)
    expect(await statusAs(['AdministrativeUnit.ReadWrite.All'], 'ada', units, body)).toBe(201)
  })
})
