import { describe, expect, test } from 'vitest'
import { type House, type HouseOptions, openHouse } from '../../support/house.ts'
import { openSelfService, turnOnWithPasskey, until } from '../../support/self-service.ts'

const now = '2026-03-02T12:00:00Z'
const role = 'Payments.Access'
const minutes = 60

/** A house whose one gate asks for a role. The group that carries the role is that of ACCESS_GROUP_ID. */
const openByRole = async ({ isCarried = true, ...more }: HouseOptions & { isCarried?: boolean } = {}) => {
  const house = await openHouse({ now, ...more, settings: { ACCESS_ROLE: role, ...more.settings } })
  if (isCarried) house.tenant.roles.assign({ role, group: 'members' })
  return house
}

/** What the roster says of a person. */
const listed = ({ members, tenant }: House, key: string) =>
  members.news.source.membershipOf(tenant.people.find(each => each.key === key)?.oid ?? '')

describe('a gate of a role', () => {
  test('lets in a person whose token names the role', async () => {
    await using house = await openByRole()
    expect((await (await house.visitor('alice')).get('/')).status).toBe(200)
  })

  test('refuses a member of the group whose token does not name the role', async () => {
    await using house = await openByRole({ isCarried: false })
    expect((await (await house.visitor('alice')).get('/')).status).toBe(403)
  })

  test.each(['payments.access', 'Payments.Access ', 'Payments.Acces', 'Payments.Access.Read', role.toUpperCase()])(
    'takes no other value for the role: %j',
    async other => {
      await using house = await openByRole({ isCarried: false, tenant: { switches: { lie: { roles: [other] } } } })
      expect((await (await house.visitor('alice')).get('/')).status).toBe(403)
    },
  )

  test.each([role, { [role]: true }, [[role]], [role, 7], null])('takes no %j for an array of texts', async roles => {
    await using house = await openByRole({ isCarried: false, tenant: { switches: { lie: { roles } } } })
    expect((await (await house.visitor('alice')).get('/')).status).toBe(403)
  })

  test('asks Graph nothing about a person in more groups than a token can list', async () => {
    await using house = await openByRole()
    const before = house.tenant.calls.graph.check
    expect((await (await house.visitor('mona')).get('/')).status).toBe(200)
    expect(house.tenant.calls.graph.check).toBe(before)
  })

  test('lets nobody in any more whose token is seen without the role', async () => {
    await using house = await openByRole()
    const alice = await house.visitor('alice')
    expect((await alice.get('/')).status).toBe(200)
    house.tenant.roles.unassign({ role, group: 'members' })
    house.clock.advance({ seconds: 61 })
    expect((await alice.get('/')).status).toBe(403)
  })

  test('is not opened by a roster that names the person', async () => {
    const settings = { MEMBERSHIP_ROSTER: 'on', MEMBERSHIP_ROSTER_SECONDS: '5' }
    await using house = await openByRole({ isCarried: false, settings })
    await expect.poll(() => house.members.news.roster()).toBeDefined()
    const alice = await house.visitor('alice')
    for (let visit = 0; visit < 10; visit++) {
      expect((await alice.get('/')).status).toBe(403)
      house.clock.advance({ seconds: 7 })
    }
  })
})

describe('the group that carries the role', () => {
  const settings = {
    MEMBERSHIP_ROSTER: 'on',
    MEMBERSHIP_ROSTER_SECONDS: '5',
    MEMBERSHIP_RECHECK_SECONDS: '300',
    SESSION_IDLE_MINUTES: '240',
  }

  test('ends access at its known end, to the second', async () => {
    await using house = await openByRole({ settings })
    house.tenant.assign('ben', { minutes, reason: 'Refund 8841' })
    await house.members.news.announce()
    const ben = await house.visitor('ben')
    await expect.poll(() => listed(house, 'ben')).toMatchObject({ until: expect.any(Number) })
    house.clock.set('2026-03-02T12:59:59Z')
    expect((await ben.get('/')).status).toBe(200)
    house.clock.set('2026-03-02T13:00:00Z')
    expect((await ben.get('/')).status).toBe(403)
  })

  test('ends access early when the roster sees the person gone', async () => {
    await using house = await openByRole({ settings })
    house.tenant.assign('ben', { minutes, reason: 'Refund 8841' })
    await house.members.news.announce()
    const ben = await house.visitor('ben')
    await expect.poll(() => listed(house, 'ben')).toMatchObject({ member: true })
    expect((await ben.get('/')).status).toBe(200)
    house.tenant.set({ rolesAtRefresh: 'as-at-sign-in' })
    house.tenant.end('ben')
    house.clock.advance({ seconds: 6 })
    await expect.poll(async () => (await ben.get('/')).status).toBe(403)
  })

  test('keeps nobody out who was given the role past PIM', async () => {
    await using house = await openByRole({ isCarried: false, settings })
    house.tenant.roles.assign({ role, person: 'oskar' })
    await expect.poll(() => house.members.news.roster()).toBeDefined()
    const oskar = await house.visitor('oskar')
    for (let visit = 0; visit < 10; visit++) {
      expect((await oskar.get('/')).status).toBe(200)
      house.clock.advance({ seconds: 7 })
    }
  })
})

test('My access says of a role given past PIM that it is not through PIM', async () => {
  await using house = await openByRole({ isCarried: false, settings: { PIM_SELF_SERVICE: 'on' } })
  house.tenant.roles.assign({ role, person: 'oskar' })
  const { text } = await (await house.visitor('oskar')).get('/access')
  expect(text).toContain('Not through PIM.')
})

describe('a role that is turned on', () => {
  const open = async (rolesAtRefresh: 'recomputed' | 'as-at-sign-in') => {
    const house = await openSelfService({ settings: { ACCESS_ROLE: role }, tenant: { switches: { rolesAtRefresh } } })
    house.tenant.roles.assign({ role, group: 'members' })
    return house
  }

  test('is there as soon as a refreshed token names it', async () => {
    await using house = await open('recomputed')
    const ben = await house.visitor('ben')
    await turnOnWithPasskey(ben, '/')
    expect(await until(house, ben, 'in')).toBeLessThanOrEqual(2)
  })

  test('is there after a silent sign-in where refreshed tokens keep the roles of the sign-in before', async () => {
    await using house = await open('as-at-sign-in')
    const ben = await house.visitor('ben')
    await turnOnWithPasskey(ben, '/sessions')
    expect(await until(house, ben, 'sign-in', 30)).toBeGreaterThanOrEqual(15)
    const landed = await ben.follow('/access/turning-on?returnTo=%2Fsessions')
    expect([landed.status, landed.at]).toEqual([200, `${house.baseUrl}/sessions`])
  })
})
