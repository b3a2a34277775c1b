import { afterAll, beforeAll, expect, test } from 'vitest'
import { openReplicas, type Replicas } from '../../support/replicas.ts'
import type { Visitor } from '../../support/visitor.ts'

const periodSeconds = 5
const appPermissions = ['Group.Read.All', 'PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All']

let house: Replicas
let alice: Visitor
let ada: Visitor
beforeAll(async () => {
  house = await openReplicas({
    tenant: { switches: { appPermissions } },
    settings: { MEMBERSHIP_ROSTER: 'on', MEMBERSHIP_ROSTER_SECONDS: String(periodSeconds), GRAPH_NOTIFICATIONS: 'on' },
  })
  ;[alice, ada] = await Promise.all([house.visitor('alice'), house.visitor('ada')])
})
afterAll(() => house[Symbol.asyncDispose]())

const statuses = (visitor: Visitor) =>
  Promise.all(house.replicas.map(async replica => (await visitor.get(replica.at('/'))).status))
const polls = () => house.tenant.calls.graph.instances

test('three replicas poll the group no more often than one would', async () => {
  // A new subscription has everybody asked about anew, once.
  await expect.poll(() => house.tenant.subscriptions.size, { timeout: 20_000 }).toBe(1)
  const first = polls()
  await expect.poll(polls, { timeout: 20_000 }).toBeGreaterThan(first + 1)
  const [before, started] = [polls(), performance.now()]
  await expect.poll(polls, { timeout: 30_000, interval: 100 }).toBeGreaterThanOrEqual(before + 2)
  // Three that polled by themselves would have been there within one period.
  expect(performance.now() - started).toBeGreaterThan(periodSeconds * 1000 * 1.2)
})

test('a removal that Graph announces to one replica is refused on all of them', async () => {
  await expect.poll(() => house.tenant.subscriptions.size, { timeout: 20_000 }).toBe(1)
  expect(await statuses(alice)).toEqual([200, 200, 200])
  house.tenant.end('alice')
  await expect.poll(() => statuses(alice), { timeout: 10_000, interval: 50 }).toEqual([403, 403, 403])
})

test('and whoever was not removed stays in everywhere', async () => {
  expect(await statuses(ada)).toEqual([200, 200, 200])
})

test('when the replica that polls is killed, another takes over', async () => {
  const before = polls()
  await house.replica(1).kill()
  await expect.poll(polls, { timeout: 30_000 }).toBeGreaterThanOrEqual(before + 2)
})
