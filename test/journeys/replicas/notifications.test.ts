import { describe, expect, test } from 'vitest'
import { type House, openHouse } from '../../support/house.ts'
import { testInNew } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

const statusOf = async (visitor: Visitor) => (await visitor.get('/')).status
/** What docs/permissions.md asks to be granted for notifications, and for the roster. */
const appPermissions = ['Group.Read.All', 'PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All']
const tenant = { switches: { appPermissions } }
const subscribed = (house: House) => expect.poll(() => house.tenant.subscriptions.size, { timeout: 5_000 }).toBe(1)

for (const [source, settings] of [
  ['the roster', { MEMBERSHIP_ROSTER: 'on', MEMBERSHIP_ROSTER_SECONDS: '120' }],
  ['the refresh', { MEMBERSHIP_RECHECK_SECONDS: '300' }],
] as const)
  describe(`with ${source}`, () => {
    const test = testInNew({ tenant, settings: { GRAPH_NOTIFICATIONS: 'on', ...settings } })
    let alice: Visitor
    test.beforeEach(async ({ house }) => {
      alice = await house.visitor('alice')
      await subscribed(house)
      if ('MEMBERSHIP_ROSTER' in settings) await expect.poll(() => house.members.news.roster() !== undefined).toBe(true)
    })

    test('a person who is removed is refused as soon as Graph says so, long before we would ask about them', async ({
      house,
    }) => {
      house.tenant.end('alice')
      await expect.poll(() => statusOf(alice), { timeout: 3_000 }).toBe(403)
    })

    test('a notification that comes twice is harmless', async ({ house }) => {
      house.tenant.set({ notifications: { copies: 3 } })
      house.tenant.end('alice')
      await expect.poll(() => statusOf(alice), { timeout: 3_000 }).toBe(403)
    })
  })

test('a notification with another secret is not believed', async () => {
  await using house = await openHouse({
    tenant,
    settings: { GRAPH_NOTIFICATIONS: 'on', MEMBERSHIP_RECHECK_SECONDS: '300' },
  })
  await house.visitor('alice')
  await subscribed(house)
  house.tenant.set({ notifications: { clientState: 'another' } })
  const before = house.members.news.staleBefore()
  house.tenant.end('alice')
  await expect
    .poll(() => house.logged.some(line => line.includes('"path":"/hooks/graph"') && line.includes('"status":403')))
    .toBe(true)
  expect(house.members.news.staleBefore()).toBe(before)
})

test('a lost notification costs nothing but time', async () => {
  await using house = await openHouse({ now: '2026-03-02T12:00:00Z', tenant, settings: { GRAPH_NOTIFICATIONS: 'on' } })
  const alice = await house.visitor('alice')
  await subscribed(house)
  house.tenant.set({ notifications: { copies: 0 } })
  house.tenant.end('alice')
  house.clock.advance({ seconds: 60 })
  expect(await statusOf(alice)).toBe(403)
})

test('the subscription is renewed before it runs out', async () => {
  await using house = await openHouse({ now: '2026-03-02T12:00:00Z', tenant, settings: { GRAPH_NOTIFICATIONS: 'on' } })
  await subscribed(house)
  const [before] = [...house.tenant.subscriptions.values()].map(({ expirationDateTime }) =>
    Date.parse(expirationDateTime),
  )
  house.clock.advance({ hours: 25 })
  await house.members.news.subscription.keep()
  const [after] = [...house.tenant.subscriptions.values()].map(({ expirationDateTime }) =>
    Date.parse(expirationDateTime),
  )
  expect((after ?? 0) - (before ?? 0)).toBe(25 * 3_600_000)
  expect(house.tenant.subscriptions.size).toBe(1)
})
