import { afterEach, expect } from 'vitest'
import type { House } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'
import { testInNew } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

/** Two installations made from one template: the same Redis, prefix and secret, each with a group of its own. */
const now = '2026-03-02T12:00:00Z'
const settings = { MEMBERSHIP_ROSTER: 'on', MEMBERSHIP_ROSTER_SECONDS: '5', GRAPH_NOTIFICATIONS: 'on' }
const appPermissions = ['Group.Read.All', 'PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All']
let other: Awaited<ReturnType<typeof openReplica>>
const openOther = (house: House) => openReplica(house, { ACCESS_GROUP_ID: house.tenant.groups.administrators })
const test = testInNew({ now, settings, tenant: { switches: { appPermissions } } })
test.beforeEach(async ({ house }) => {
  other = await openOther(house)
})
afterEach(() => other[Symbol.asyncDispose]())

const there = (visitor: Visitor) => visitor.get(`${other.baseUrl}/`)
const rosterOf = ({ members }: Pick<House, 'members'>) => members.news.roster()
const keysAbout = async (house: House, kind: string) => (await house.redis.keys(`${house.prefix}${kind}*`)).sort()

test('with the roster on, a member of the one group is never let in where the other is asked for', async ({
  house,
}) => {
  await expect.poll(() => rosterOf(house)).toBeDefined()
  const alice = await house.visitor('alice')
  for (let visit = 0; visit < 40; visit++) {
    house.clock.advance({ seconds: 1 })
    expect((await alice.get('/')).status).toBe(200)
    expect((await there(alice)).status).toBe(403)
  }
})

test('each keeps a roster of its own, under the mark of its group', async ({ house }) => {
  await expect.poll(() => keysAbout(house, 'board:roster')).toHaveLength(2)
  await expect.poll(() => [rosterOf(house), rosterOf(other)].every(Boolean)).toBe(true)
  const alice = house.tenant.people.find(({ key }) => key === 'alice')?.oid ?? ''
  expect(rosterOf(house)?.members).toHaveProperty(alice)
  expect(rosterOf(other)?.members).not.toHaveProperty(alice)
})

test('what changed in the one group is not announced in the other', async ({ house }) => {
  await house.members.news.announce()
  house.clock.advance({ seconds: 5 })
  await expect.poll(() => rosterOf(other)?.askedAt).toBe(house.clock.read().getTime())
  expect(other.members.news.staleBefore()).toBe(0)
})

test('each subscribes for itself, and does not take the other’s notifications for its own', async ({ house }) => {
  await expect.poll(() => keysAbout(house, 'board:subscription'), { timeout: 10_000 }).toHaveLength(2)
  const [mine, theirs] = [house, other].map(({ members }) => members.news.clientStates()[0])
  expect(mine).not.toBe(theirs)
  const notified = (clientState: string | undefined) =>
    fetch(`${other.baseUrl}/hooks/graph`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ value: [{ clientState, subscriptionId: 'x', resource: house.tenant.groups.access }] }),
    })
  expect((await notified(mine)).status).toBe(403)
  expect((await notified(theirs)).status).toBe(202)
})
