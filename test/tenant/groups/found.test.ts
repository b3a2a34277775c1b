import { describe, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { filter, operatorOf } from '../applications/kit.ts'
import { oidOf } from '../graph/kit.ts'
import { openTenant } from '../open-tenant.ts'

const { tenant } = await openTenant()
const { get, post } = operatorOf(tenant)
const ids = async (path: string) => (await get(path)).body.value.map(({ id }: { id: string }) => id)
const reference = (id: string) => ({ '@odata.id': `${tenant.graphBase}/directoryObjects/${id}` })
const { access, administrators, emergency, staff } = tenant.groups

describe('a group of the tenant', () => {
  test('tells by all its properties whether PIM can take it and who can change it', async () => {
    expect((await get(`/groups/${access}`)).body).toMatchObject({
      displayName: 'Payments administrators',
      securityEnabled: true,
      mailEnabled: false,
      groupTypes: [],
      membershipRule: null,
      onPremisesSyncEnabled: null,
      isAssignableToRole: true,
    })
  })

  test('tells its unique name and whether a unit restricts it only when asked for them', async () => {
    const names = ['uniqueName', 'isManagementRestricted']
    const whole = (await get(`/groups/${access}`)).body
    expect(names.filter(name => name in whole)).toEqual([])
    expect((await get(`/groups/${access}?$select=${names}`)).body).toMatchObject({
      uniqueName: null,
      isManagementRestricted: false,
    })
  })

  test('is found by its unique name', async () => {
    const wish = { displayName: 'Sign-in', mailEnabled: false, mailNickname: 'sign-in', securityEnabled: true }
    const { id } = (await post('/groups', { ...wish, uniqueName: 'gatehouse-sign-in' })).body
    expect((await get("/groups(uniqueName='gatehouse-sign-in')")).body.id).toBe(id)
    expect((await get("/groups(uniqueName='gatehouse')")).status).toBe(404)
    expect(await ids(`/groups${filter("uniqueName eq 'gatehouse-sign-in'")}`)).toEqual([id])
  })

  test('names the groups and units that it is directly in', async () => {
    const unit = (await post('/directory/administrativeUnits', { displayName: 'Payments' })).body.id
    await post(`/directory/administrativeUnits/${unit}/members/$ref`, reference(staff))
    const [team] = await ids(`/groups${filter("displayName eq 'Visiting team'")}`)
    await post(`/groups/${team}/members/$ref`, reference(staff))
    const { value } = (await get(`/groups/${staff}/memberOf`)).body
    expect(value).toMatchObject([
      { '@odata.type': '#microsoft.graph.group', id: team },
      { '@odata.type': '#microsoft.graph.administrativeUnit', id: unit, displayName: 'Payments' },
    ])
  })

  test('names its owners, also those that a switch gives it', async () => {
    expect(await ids(`/groups/${access}/owners`)).toEqual([oidOf(tenant, 'ada')])
    tenant.set({ owners: ['lena'] })
    expect(await ids(`/groups/${access}/owners`)).toEqual([oidOf(tenant, 'lena')])
    expect(await ids(`/groups/${administrators}/owners`)).toEqual([])
  })
})

describe('the emergency accounts', () => {
  test('are in their group, and have names', async () => {
    const { value } = (await get(`/groups/${emergency}/members`)).body
    expect(value.map(({ userPrincipalName }: { userPrincipalName: string }) => userPrincipalName)).toEqual([
      'emergency-1@contoso.example',
      'emergency-2@contoso.example',
    ])
    expect((await get('/users/emergency-1@contoso.example')).body.displayName).toBe('Emergency access 1')
  })

  test('are not among the people that the sign-in page offers', () => {
    expect(tenant.people.filter(({ key }) => key.startsWith('emergency'))).toEqual([])
  })
})

test('an empty tenant has the group of its emergency accounts alone, and says that PIM manages none', async () => {
  const empty = await startTenant({ empty: true })
  const { value } = (await operatorOf(empty).get('/groups')).body
  expect(value).toMatchObject([{ id: emergency, displayName: 'Emergency access' }])
  const page = await fetch(`${empty.origin}/pim`)
  expect([page.status, (await page.text()).includes('PIM manages no group here yet')]).toEqual([200, true])
  expect(() => empty.makeEligible('ben')).toThrow("there is no group 'members'")
  const state = (await (await fetch(`${empty.origin}/control`)).json()) as { managed: object; eligible: object[] }
  expect([state.managed, state.eligible]).toEqual([{}, []])
  await empty.close()
})
