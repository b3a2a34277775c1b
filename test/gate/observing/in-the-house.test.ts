import { describe, expect } from 'vitest'
import { personBy } from '../../../infra/tenant/directory/people.ts'
import type { Services } from '../../../src/services.ts'
import type { House } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'
import { observedIn } from '../../support/self-service.ts'
import { testIn } from '../../support/test-in.ts'
import { openThreeGates } from '../../support/three-gates.ts'

const oidOf = (key: string) => personBy(key).oid
const patience = { timeout: 10_000 }
const test = testIn(() => openThreeGates({ settings: { MEMBERSHIP_ROSTER: 'on' } }))

/** Has every gate listed at this instant, by this replica. */
async function listed({ clock }: House, { gates }: Pick<Services, 'gates'>): Promise<void> {
  for (const { news } of gates.all) {
    await news.announce()
    await expect.poll(() => news.roster()?.askedAt ?? 0, patience).toBeGreaterThanOrEqual(clock.read().getTime())
  }
}
/** Lets time pass, and has every gate listed then. */
async function pass(house: House, time: { minutes?: number; seconds?: number } = { seconds: 10 }) {
  house.clock.advance(time)
  await listed(house, house.services)
}
const recorded = async (house: House, key: string, gate = 'operators') =>
  (await observedIn(house, 'seenIn', 'seenOut')).filter(
    record => record.gate === gate && record.subject.objectId === oidOf(key),
  )
/** Waits until so many records are there of a person at a gate, and returns the last of them. */
async function lastOf(house: House, key: string, count: number, gate = 'operators') {
  await expect.poll(async () => (await recorded(house, key, gate)).length, patience).toBe(count)
  return (await recorded(house, key, gate)).at(-1)
}

describe('the roster of a gate', () => {
  test('names everybody who is in at the first look', async ({ house }) => {
    await pass(house)
    expect(await lastOf(house, 'alice', 1, 'members')).toMatchObject({ event: 'seenIn', first: true })
  })

  test('shows who turned on access in Microsoft’s portal, with reason and ticket', async ({ house }) => {
    const since = house.clock.read()
    const wish = { minutes: 60, reason: 'Refund 8841', ticket: 'INC-20931', group: 'operators' } as const
    const { id } = house.tenant.activate('ben', wish)
    await pass(house)
    expect(await lastOf(house, 'ben', 1)).toMatchObject({
      event: 'seenIn',
      gate: 'operators',
      since: since.toISOString(),
      until: new Date(since.getTime() + 3_600_000).toISOString(),
      source: 'turned-on',
      request: id,
      reason: 'Refund 8841',
      ticket: 'INC-20931',
    })
    await pass(house, { minutes: 61 })
    await pass(house, { minutes: 3 })
    expect(await lastOf(house, 'ben', 2)).toMatchObject({
      event: 'seenOut',
      since: since.toISOString(),
      until: new Date(since.getTime() + 3_600_000).toISOString(),
      how: 'ran-out',
    })
  })

  test('shows whom an administrator assigned and took out again, and why', async ({ house }) => {
    house.tenant.assign('oskar', { minutes: 600, reason: 'Joins the team', group: 'operators' })
    await pass(house)
    const by = { objectId: oidOf('ada') }
    expect(await lastOf(house, 'oskar', 1)).toMatchObject({ source: 'assigned', reason: 'Joins the team', by })
    house.tenant.end('oskar', 'Left the team', { group: 'operators' })
    await pass(house)
    await pass(house, { minutes: 3 })
    expect(await lastOf(house, 'oskar', 2)).toMatchObject({ how: 'removed', reason: 'Left the team', by })
  })

  test('shows who is in the group but not through PIM, once the lists agree on it', async ({ house }) => {
    house.tenant.addDirectly('oskar', { group: 'auditors' })
    await pass(house)
    expect(await recorded(house, 'oskar', 'auditors')).toEqual([])
    await pass(house, { minutes: 2 })
    expect(await lastOf(house, 'oskar', 1, 'auditors')).toMatchObject({ source: 'outside-pim' })
  })
})

test('two replicas that list in turn record each change once', async ({ house }) => {
  await using other = await openReplica(house)
  house.tenant.assign('ben', { minutes: 600, reason: 'For the night', group: 'auditors' })
  house.tenant.assign('ben', { minutes: 600, reason: 'For the night', group: 'members' })
  for (const replica of [other, house, other]) {
    house.clock.advance({ seconds: 10 })
    await listed(house, replica.services)
  }
  await expect.poll(() => recorded(house, 'ben', 'auditors'), patience).toHaveLength(1)
  await expect.poll(() => recorded(house, 'ben', 'members'), patience).toHaveLength(1)
})
