import { describe, expect, test } from 'vitest'
import { threeGates } from '../../support/gates-file.ts'
import type { House } from '../../support/house.ts'
import { openReplicas } from '../../support/replicas.ts'
import { openThreeGates } from '../../support/three-gates.ts'

const periodSeconds = 5
const roster = { MEMBERSHIP_ROSTER: 'on', MEMBERSHIP_ROSTER_SECONDS: String(periodSeconds) }
/** What docs/permissions.md asks to be granted for notifications, and for the roster. */
const appPermissions = ['Group.Read.All', 'PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All']
const tenant = { switches: { appPermissions } }
const patience = { timeout: 20_000 }

/** When each gate's list was asked for, in epoch ms; 0: never. */
const listedAt = ({ services }: House) => services.gates.all.map(({ news }) => news.roster()?.askedAt ?? 0)

describe('the lists of three gates', () => {
  test('are asked for one after another, in the order of the gates', async () => {
    const { services, ...house } = await openThreeGates({ tenant, settings: roster })
    await using _house = house
    const seen: string[] = []
    const isListed = () => {
      for (const { name, news } of services.gates.all) if (news.roster() && !seen.includes(name)) seen.push(name)
      return seen.length
    }
    await expect.poll(isListed, { ...patience, interval: 20 }).toBe(3)
    expect(seen).toEqual(services.gates.all.map(({ name }) => name))
  })

  test('are asked for by one replica each, no more often than one would', async () => {
    await using house = await openReplicas({ count: 2, tenant, settings: { ...roster, ...threeGates() } })
    const { graphOf } = house.tenant.calls
    const lists = () => [graphOf.members, graphOf.operators, graphOf.auditors].map(({ instances }) => instances)
    await expect.poll(() => Math.min(...lists()), patience).toBeGreaterThan(1)
    const [before, began] = [lists(), performance.now()]
    await expect.poll(() => Math.min(...lists()), patience).toBeGreaterThanOrEqual(Math.max(...before) + 2)
    const periods = (performance.now() - began) / 1000 / periodSeconds
    // Two that list by themselves would have listed each group twice as often.
    for (const [index, count] of lists().entries())
      expect(count - (before[index] ?? 0)).toBeLessThanOrEqual(periods + 2)
  })

  test('age by themselves: where one fails, the others stay fresh', async () => {
    await using house = await openThreeGates({ tenant, settings: roster })
    await expect.poll(() => Math.min(...listedAt(house)), patience).toBeGreaterThan(0)
    house.tenant.set({ graphError: { what: '503', group: 'operators' } })
    const before = listedAt(house)
    for (let round = 0; round < 3; round++) {
      house.clock.advance({ seconds: periodSeconds })
      const now = house.clock.read().getTime()
      await expect.poll(() => listedAt(house).filter(at => at >= now).length, patience).toBe(2)
    }
    const isOlder = house.services.gates.all.map((_gate, index) => listedAt(house)[index] === before[index])
    expect(house.services.gates.all.filter((_gate, index) => isOlder[index]).map(({ name }) => name)).toEqual([
      'operators',
    ])
  })
})

test('each group has one subscription', async () => {
  await using house = await openThreeGates({ tenant, settings: { GRAPH_NOTIFICATIONS: 'on' } })
  const groups = house.services.gates.all.map(({ settings }) => settings.groupId)
  const subscribed = () =>
    [...house.tenant.subscriptions.values()].map(({ resource }) => groups.find(id => id && resource.includes(id)))
  await expect.poll(() => subscribed().sort(), patience).toEqual(groups.toSorted())
})
