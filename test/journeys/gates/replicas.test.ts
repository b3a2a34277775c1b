import { describe, expect, test } from 'vitest'
import type { House } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'
import { turnOnWithPasskey } from '../../support/self-service.ts'
import { openThreeGates, threeGatesPages } from '../../support/three-gates.ts'
import type { Visitor } from '../../support/visitor.ts'

const operators = { gate: 'operators' }
const pages = { pages: threeGatesPages }
const settings = { MEMBERSHIP_RECHECK_SECONDS: '300' }
type Where = { baseUrl: string }
const statusesAt = async (visitor: Visitor, { baseUrl }: Where) => {
  const answers = [await visitor.get(`${baseUrl}/`), await visitor.get(`${baseUrl}/refunds`)]
  return answers.map(({ status }) => status)
}

/** Alice, in at members, and at operators for an hour; the context that operators ask for is met. */
async function aliceInAtBoth(house: House): Promise<Visitor> {
  const alice = await house.visitor('alice')
  await turnOnWithPasskey(alice, '/refunds', operators)
  house.clock.advance({ seconds: 3 })
  await alice.follow('/access/turning-on?gate=operators')
  await alice.follow('/refunds')
  return alice
}

describe('two replicas with several gates', () => {
  test('let in at the gate that was turned on at the other replica, and at no third one', async () => {
    await using house = await openThreeGates({ settings })
    await using replica = await openReplica(house, {}, pages)
    const alice = await house.visitor('alice')
    expect(await statusesAt(alice, replica)).toEqual([200, 403])
    await turnOnWithPasskey(alice, '/refunds', operators)
    house.clock.advance({ seconds: 3 })
    const { body } = await alice.fetch(`${replica.baseUrl}/access/turning-on/state?gate=operators`)
    expect(body.step).toBe('in')
    await alice.follow('/refunds')
    expect(await statusesAt(alice, replica)).toEqual([200, 200])
    expect((await alice.get(`${replica.baseUrl}/reports`)).status).toBe(403)
  })

  test('are both closed at the gate that was ended at one of them, in every session, and open at the other', async () => {
    await using house = await openThreeGates({ settings })
    await using replica = await openReplica(house, {}, pages)
    const alice = await aliceInAtBoth(house)
    const again = await house.visitor('alice')
    await again.follow('/refunds')
    expect([await statusesAt(alice, house), await statusesAt(again, replica)]).toEqual([
      [200, 200],
      [200, 200],
    ])
    house.clock.advance({ minutes: 6 })
    expect((await alice.post('/access/end', operators)).status).toBe(303)
    for (const visitor of [alice, again])
      for (const where of [house, replica]) expect(await statusesAt(visitor, where)).toEqual([200, 403])
  })
})

describe('notifications about several groups, with two replicas', () => {
  const appPermissions = ['Group.Read.All', 'PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All']
  const open = () =>
    openThreeGates({
      settings: { ...settings, GRAPH_NOTIFICATIONS: 'on' },
      tenant: { eligible: { operators: ['alice'] }, switches: { appPermissions } },
    })
  const resources = ({ tenant }: House) => [...tenant.subscriptions.values()].map(({ resource }) => resource).sort()

  test('are subscribed to once for each group', async () => {
    await using house = await open()
    await using replica = await openReplica(house, {}, pages)
    await expect.poll(() => resources(house).length, { timeout: 5_000 }).toBe(3)
    for (const { services } of [house, replica])
      for (const { news } of services.gates.all) await news.subscription.keep()
    const { members, operators, auditors } = house.tenant.managedGroups
    expect(resources(house)).toEqual([members, operators, auditors].map(id => `groups/${id}/members`).sort())
  })

  test('close one gate at both replicas within seconds of a removal there, and ask about nobody at another', async () => {
    await using house = await open()
    await using replica = await openReplica(house, {}, pages)
    await expect.poll(() => resources(house).length, { timeout: 5_000 }).toBe(3)
    const alice = await aliceInAtBoth(house)
    const again = await house.visitor('alice')
    await again.follow('/refunds')
    expect(await statusesAt(again, replica)).toEqual([200, 200])
    house.clock.advance({ seconds: 61 })
    const removedAt = house.clock.read().getTime()
    house.tenant.end('alice', 'Removed', { group: 'operators' })
    const heard = (where: Pick<House, 'services'>, gate: string) => where.services.gates.named(gate).news.staleBefore()
    await expect.poll(() => heard(replica, 'operators'), { timeout: 5_000 }).toBeGreaterThanOrEqual(removedAt)
    const redeemed = house.tenant.calls.token
    expect([heard(house, 'members'), heard(replica, 'members')]).toEqual([0, 0])
    expect([(await alice.get('/')).status, (await again.get(`${replica.baseUrl}/`)).status]).toEqual([200, 200])
    expect(house.tenant.calls.token).toBe(redeemed)
    house.clock.advance({ seconds: 1 })
    expect([await statusesAt(alice, house), await statusesAt(again, replica)]).toEqual([
      [200, 403],
      [200, 403],
    ])
  })
})
