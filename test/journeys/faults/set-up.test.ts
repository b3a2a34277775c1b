import { describe, expect } from 'vitest'
import type { House } from '../../support/house.ts'
import { eventsIn } from '../../support/stored.ts'
import { testInNew } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

const start = { now: '2026-03-02T12:00:00Z' }
const doubts = (house: House) => eventsIn(house.logged, 'set-up-doubtful')
const statusOf = async (visitor: Visitor) => (await visitor.get('/')).status
const everybody = ['oskar', 'ben', 'lena', 'guido', 'alice', 'ada'] as const
async function signIn(house: House, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await house.visitor(key)
}

describe('with tokens alone', () => {
  const test = testInNew(start)

  test('groups as names are told at once, and the page stays as it is', async ({ house }) => {
    house.tenant.set({ lie: { groups: ['Payments administrators', 'Staff'] } })
    const alice = await house.visitor('alice')
    expect(doubts(house)).toMatchObject([{ level: 40, why: 'names', msg: expect.stringContaining('object id') }])
    const page = await alice.get('/')
    expect([page.status, page.text.includes('You do not have access right now')]).toEqual([403, true])
  })

  test('they are told once an hour, however many come', async ({ house }) => {
    house.tenant.set({ lie: { groups: ['Payments administrators'] } })
    await signIn(house, 'alice', 'ben', 'oskar')
    expect(doubts(house).length).toBe(1)
    house.clock.advance({ minutes: 61 })
    await signIn(house, 'ada')
    expect(doubts(house).length).toBe(2)
  })

  test('a name beside object ids is no doubt', async ({ house }) => {
    house.tenant.set({ lie: { groups: ['Staff', house.tenant.groups.access] } })
    await signIn(house, 'alice')
    expect(doubts(house)).toEqual([])
  })

  test('no group in the tokens of several people is told', async ({ house }) => {
    house.tenant.set({ lie: { omit: ['groups'] } })
    await signIn(house, ...everybody)
    expect(doubts(house)).toMatchObject([{ why: 'nobody', msg: expect.stringContaining('groupMembershipClaims') }])
  })

  test('people who are not members, one of them in no group at all, are no doubt', async ({ house }) => {
    await signIn(house, 'guido', 'oskar', 'ben', 'lena', 'guido')
    for (let minutes = 0; minutes < 5; minutes++) {
      house.clock.advance({ minutes: 1 })
      await signIn(house, 'guido', 'oskar')
    }
    expect(doubts(house)).toEqual([])
  })

  test('one person in no group who comes again and again is no doubt', async ({ house }) => {
    for (let times = 0; times < 8; times++) await signIn(house, 'guido')
    expect(doubts(house)).toEqual([])
  })
})

describe('while the roster lists them', () => {
  const test = testInNew({ ...start, settings: { MEMBERSHIP_ROSTER: 'on', SESSION_IDLE_MINUTES: '240' } })
  test.beforeEach(({ house }) => pass(house, 0))
  async function pass(house: House, minutes: number) {
    house.clock.advance({ minutes })
    const now = house.clock.read().getTime()
    await expect.poll(() => house.members.news.roster()?.askedAt ?? 0, { timeout: 5_000 }).toBeGreaterThanOrEqual(now)
  }

  test('somebody whose token names no group at all, and not only for a moment, is told of', async ({ house }) => {
    house.tenant.set({ lie: { omit: ['groups'] } })
    const alice = await house.visitor('alice')
    await pass(house, 1)
    expect([await statusOf(alice), doubts(house)]).toEqual([200, []])
    await pass(house, 10)
    await statusOf(alice)
    expect(doubts(house)).toMatchObject([{ why: 'listed-elsewhere', msg: expect.stringContaining('ApplicationGroup') }])
  })

  test('somebody whose token only lags behind is not', async ({ house }) => {
    house.tenant.set({ lie: { omit: ['groups'] } })
    const alice = await house.visitor('alice')
    house.tenant.set({ lie: {} })
    await pass(house, 10)
    await statusOf(alice)
    house.tenant.set({ lie: { omit: ['groups'] } })
    await pass(house, 10)
    await statusOf(alice)
    expect(doubts(house)).toEqual([])
  })

  test('somebody whom it does not list is not', async ({ house }) => {
    house.tenant.set({ lie: { omit: ['groups'] } })
    const oskar = await house.visitor('oskar')
    await pass(house, 10)
    await statusOf(oskar)
    expect(doubts(house)).toEqual([])
  })
})
