import { expect } from 'vitest'
import type { House } from '../support/house.ts'
import { testInNew } from '../support/test-in.ts'
import type { Visitor } from '../support/visitor.ts'

let alice: Visitor

const settings = {
  MEMBERSHIP_ROSTER: 'on',
  MEMBERSHIP_ROSTER_SECONDS: '15',
  MEMBERSHIP_RECHECK_SECONDS: '60',
  SESSION_IDLE_MINUTES: '240',
}
const test = testInNew({ now: '2026-03-02T12:00:00Z', settings })
test.beforeEach(async ({ house }) => {
  house.tenant.end('alice')
  house.clock.advance({ minutes: 5 })
  house.tenant.assign('alice', { minutes: 30, reason: 'Refund 8841' })
  alice = await house.visitor('alice')
  await rosterOf(house, '12:05:00')
})

const at = (clock: string) => Date.parse(`2026-03-02T${clock}Z`)
const statusOf = async (visitor: Visitor) => (await visitor.get('/')).status
/** Waits until a roster asked for at this time or later is in hand. */
const rosterOf = (house: House, clock: string) =>
  expect.poll(() => house.members.news.roster()?.askedAt ?? 0, { timeout: 5_000 }).toBeGreaterThanOrEqual(at(clock))

test('access ends at the second it was promised to end, with nothing asked', async ({ house }) => {
  house.clock.set('2026-03-02T12:34:59Z')
  await rosterOf(house, '12:34:59')
  house.tenant.set({ down: true, graphDown: true })
  expect(await statusOf(alice)).toBe(200)
  house.clock.set('2026-03-02T12:35:00Z')
  expect(await statusOf(alice)).toBe(403)
})

test('whoever extended in time stays in past the old end', async ({ house }) => {
  house.clock.set('2026-03-02T12:34:00Z')
  house.tenant.extend('alice', { minutes: 30, reason: 'Refund 8841, still at it' })
  house.clock.set('2026-03-02T12:35:30Z')
  expect(await statusOf(alice)).toBe(200)
})

test('a removal is known within one period, without a token being redeemed', async ({ house }) => {
  const redeemed = house.tenant.calls.token
  house.tenant.end('alice')
  house.clock.advance({ seconds: 15 })
  await rosterOf(house, '12:05:15')
  expect(await statusOf(alice)).toBe(403)
  expect(house.tenant.calls.token).toBe(redeemed)
})

test('someone added outside PIM is in, without an end', async ({ house }) => {
  house.tenant.addDirectly('oskar')
  house.clock.advance({ seconds: 15 })
  await rosterOf(house, '12:05:15')
  const oskar = await house.visitor('oskar', { signIn: false })
  expect((await oskar.signIn()).status).toBe(200)
})

test('someone whom another administrator took out past PIM is refused', async ({ house }) => {
  house.clock.set('2026-03-02T12:10:00Z')
  await rosterOf(house, '12:10:00')
  house.tenant.removeDirectly('alice')
  house.clock.advance({ seconds: 15 })
  await rosterOf(house, '12:10:15')
  expect(await statusOf(alice)).toBe(403)
})

for (const what of [
  '403',
  '429',
  '500',
  'truncated',
  'empty-object',
  'value-not-array',
  'without-ids',
  'bad-end',
  'cut',
] as const)
  test(`a roster that cannot be had (${what}) throws nobody out, and the refresh carries on`, async ({ house }) => {
    house.tenant.set({ graphError: { what } })
    house.clock.advance({ seconds: 61 })
    const redeemed = house.tenant.calls.token
    expect(await statusOf(alice)).toBe(200)
    expect(house.tenant.calls.token).toBeGreaterThan(redeemed)
    expect(house.members.news.roster()?.askedAt).toBe(at('12:05:00'))
  })

test('a second page that is missing is no roster', async ({ house }) => {
  house.tenant.set({ graphPageSize: 1, graphError: { what: '500', page: 2 } })
  house.clock.advance({ seconds: 20 })
  await expect.poll(() => house.logged.some(line => line.includes('roster-failed')), { timeout: 5_000 }).toBe(true)
  expect(house.members.news.roster()?.askedAt).toBe(at('12:05:00'))
})

test('all pages together are the roster', async ({ house }) => {
  house.tenant.set({ graphPageSize: 1 })
  house.clock.advance({ seconds: 20 })
  await rosterOf(house, '12:05:20')
  expect(Object.keys(house.members.news.roster()?.members ?? {}).length).toBeGreaterThan(2)
})

for (const lie of ['loop', 'http://127.0.0.1:9'])
  test(`paging that leads ${lie === 'loop' ? 'round in a loop' : 'to another host'} is no roster`, async ({
    house,
  }) => {
    house.tenant.set({ graphPageSize: 1, graphNextLinkLie: lie })
    house.clock.advance({ seconds: 20 })
    await expect.poll(() => house.logged.some(line => line.includes('roster-failed')), { timeout: 5_000 }).toBe(true)
    expect(house.members.news.roster()?.askedAt).toBe(at('12:05:00'))
  })

test('a list of members that lags lets nobody stay past their end', async ({ house }) => {
  house.tenant.set({ membersLagSeconds: 30 })
  house.clock.set('2026-03-02T12:35:10Z')
  expect(await statusOf(alice)).toBe(403)
})

for (const isGraphDown of [false, true])
  test(`tokens that lag let nobody back in after their end, with Graph ${isGraphDown ? 'down' : 'there'}`, async ({
    house,
  }) => {
    await rosterOf(house, '12:05:00')
    house.tenant.set({ tokenLagSeconds: 120, graphDown: isGraphDown })
    house.clock.set('2026-03-02T12:35:02Z')
    expect(await statusOf(alice)).toBe(403)
    for (const seconds of [4, 20, 60, 110]) {
      house.clock.set(`2026-03-02T12:${35 + Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}Z`)
      await alice.post('/check-again', { returnTo: '/' })
      expect([seconds, await statusOf(alice), await statusOf(await house.visitor('alice'))]).toEqual([
        seconds,
        403,
        403,
      ])
    }
  })

test('the page says when access ran out', async ({ house }) => {
  house.clock.set('2026-03-02T12:35:10Z')
  expect((await alice.get('/')).text).toContain('Access ran out at')
})

test('an early removal is refused as soon as it is announced', async ({ house }) => {
  house.clock.advance({ seconds: 2 })
  house.tenant.end('alice')
  await house.members.news.announce()
  await expect.poll(() => statusOf(alice), { timeout: 3_000 }).toBe(403)
})

test('thirty sessions cost one poll a period', async ({ house }) => {
  await Promise.all(Array.from({ length: 30 }, () => house.visitor('alice')))
  const { instances } = house.tenant.calls.graph
  house.clock.advance({ seconds: 15 })
  await rosterOf(house, '12:05:15')
  expect(house.tenant.calls.graph.instances - instances).toBe(1)
})

test('someone who is disabled while the roster still lists them is out within ten minutes', async ({ house }) => {
  house.tenant.disable('alice')
  house.clock.advance({ minutes: 10 })
  await rosterOf(house, '12:15:00')
  await expect.poll(() => statusOf(alice)).toBe(302)
})

test('a clock that was wrong for a while leaves no roster from the future', async ({ house }) => {
  house.clock.advance({ hours: 1 })
  await rosterOf(house, '13:05:00')
  house.clock.set('2026-03-02T12:06:00Z')
  await expect.poll(() => house.members.news.roster()?.askedAt, { timeout: 5_000 }).toBe(at('12:06:00'))
  expect(await statusOf(alice)).toBe(200)
})
