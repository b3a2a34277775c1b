import { expect, test } from 'vitest'
import { type House, openHouse } from '../../support/house.ts'
import type { Visitor } from '../../support/visitor.ts'

const start = { now: '2026-03-02T12:00:00Z' }
/** What she meets each half minute of an outage of so many minutes, and right after it. */
async function through(house: House, visitor: Visitor, minutes: number) {
  const met: number[] = []
  for (let halves = 0; halves < minutes * 2; halves++) {
    house.clock.advance({ seconds: 30 })
    met.push((await visitor.get('/')).status)
  }
  return met
}
/** Waits until the pause after the last failure is over. */
const inAgain = (visitor: Visitor) =>
  expect.poll(async () => (await visitor.get('/')).status, { timeout: 15_000, interval: 500 }).toBe(200)

test('Entra down for four minutes: nobody notices', async () => {
  await using house = await openHouse(start)
  const alice = await house.visitor('alice')
  const cookie = alice.cookieHeader()
  house.tenant.set({ down: true })
  expect(new Set(await through(house, alice, 4))).toEqual(new Set([200]))
  house.tenant.set({ down: false })
  await inAgain(alice)
  expect(alice.cookieHeader()).toBe(cookie)
})

test('Entra down for six and a half minutes: at six the pages say that we cannot confirm, and then all is as before', async () => {
  await using house = await openHouse(start)
  const alice = await house.visitor('alice')
  const cookie = alice.cookieHeader()
  house.tenant.set({ down: true })
  const met = await through(house, alice, 6.5)
  expect(met.slice(0, 12)).toEqual(Array(12).fill(200))
  expect(met.at(-1)).toBe(503)
  house.tenant.set({ down: false })
  await inAgain(alice)
  expect(alice.cookieHeader()).toBe(cookie)
})

test('someone removed during an outage is out as soon as Entra answers', async () => {
  await using house = await openHouse(start)
  const alice = await house.visitor('alice')
  house.tenant.set({ down: true })
  house.tenant.end('alice')
  expect(new Set(await through(house, alice, 4))).toEqual(new Set([200]))
  house.tenant.set({ down: false })
  await expect.poll(async () => (await alice.get('/')).status, { timeout: 15_000, interval: 500 }).toBe(403)
})

test('Graph down for ten minutes while the roster is on: the refresh carries on alone', async () => {
  await using house = await openHouse({ ...start, settings: { MEMBERSHIP_ROSTER: 'on' } })
  const [alice, ben] = [await house.visitor('alice'), await house.visitor('ben')]
  await expect.poll(() => house.members.news.roster() !== undefined).toBe(true)
  house.tenant.set({ graphDown: true })
  expect(new Set(await through(house, alice, 10))).toEqual(new Set([200]))
  expect((await ben.get('/')).status).toBe(403)
})
