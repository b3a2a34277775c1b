import { expect } from 'vitest'
import type { House } from '../../support/house.ts'
import { askedOf, openSelfService, someoneIn, turnOn, wish } from '../../support/self-service.ts'
import { sessionIdOf } from '../../support/stored.ts'
import { testInNew } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

const test = testInNew(openSelfService)
test.beforeEach(async ({ house }) => {
  house.tenant.setPolicy({ context: false })
})

const graphCalls = (house: House) => Object.values(house.tenant.calls.graph).reduce((sum, count) => sum + count, 0)
const mostCalls = 600

/** Counts as if the person had asked this often within the minute, in whichever session. */
const spendAll = async (house: House, visitor: Visitor) => {
  const { objectId } = (await house.services.sessions.read(sessionIdOf(visitor)))?.identity ?? {}
  const minute = Math.floor(house.clock.read().getTime() / 60_000)
  await house.services.counters.count(`graph:${objectId}:${minute}`, 60_000, mostCalls)
}

test('one person in eight sessions, as fast as they can, has Graph asked within a limit for each minute', async ({
  house,
}) => {
  const sessions = await Promise.all(Array.from({ length: 8 }, () => house.visitor('oskar')))
  const pages = ['/', '/access', '/sessions', '/approvals', '/access/turning-on', '/access/turning-on/state']
  const before = graphCalls(house)
  for (let round = 0; round < 40; round++)
    await Promise.all(
      sessions.map((oskar, index) => oskar.get(pages[(round + index) % pages.length] ?? '/').then(() => undefined)),
    )
  expect(graphCalls(house) - before).toBeGreaterThan(100)
  // Requests that are on their way at the same moment may exceed the limit.
  expect(graphCalls(house) - before).toBeLessThanOrEqual(mostCalls + 8 * 5)
  // One person's limit keeps nobody else from anything.
  expect((await (await house.visitor('ben')).get('/')).text).toContain('name="reason"')
})

test('the refused page of a person above the limit says that it cannot tell, and when to come back', async ({
  house,
}) => {
  const ben = await house.visitor('ben')
  await spendAll(house, ben)
  const before = graphCalls(house)
  const page = await ben.get('/')
  expect(page.status).toBe(403)
  expect(page.text).toContain('We cannot check access right now')
  expect(Number(page.headers['retry-after'])).toBeGreaterThan(0)
  expect(graphCalls(house)).toBe(before)
})

test('a form of a person above the limit is not sent, and what was typed is not lost', async ({ house }) => {
  const ben = await house.visitor('ben')
  await spendAll(house, ben)
  const sent = await ben.post('/access', { ...wish, returnTo: '/' })
  expect(sent.status).toBe(422)
  expect(askedOf(house)).toEqual([])
  await house.redis.del(...(await house.redis.keys(`${house.prefix}count:graph:*`)))
  expect((await ben.get('/')).text).toContain(wish.reason)
})

test('an act that a person above the limit confirmed is carried out all the same', async ({ house }) => {
  house.tenant.setPolicy({ context: 'c1' })
  const ben = await house.visitor('ben')
  const asked = await turnOn(ben)
  await spendAll(house, ben)
  await ben.answer(asked, { method: 'passkey' })
  expect(askedOf(house)).toHaveLength(1)
})

test('a member above the limit ends their access all the same, and nobody else has Graph asked by trying to', async ({
  house,
}) => {
  const ben = await someoneIn(house)
  house.clock.advance({ minutes: 6 })
  const oskar = await house.visitor('oskar')
  for (const each of [ben, oskar]) await spendAll(house, each)
  const before = graphCalls(house)
  expect((await oskar.post('/access/end')).status).toBe(422)
  expect(graphCalls(house)).toBe(before)
  expect((await ben.post('/access/end')).status).toBe(303)
  expect((await ben.get('/')).status).toBe(403)
})

test('a member above the limit stays in, to their known end', async ({ house }) => {
  const ben = await someoneIn(house)
  await spendAll(house, ben)
  expect((await ben.get('/')).status).toBe(200)
  house.clock.advance({ minutes: 30 })
  expect((await ben.get('/')).status).toBe(200)
  house.clock.advance({ minutes: 30 })
  expect((await ben.get('/')).status).toBe(403)
})

test('a lie in place of a token for Graph is no answer about the person: the refused page stays a refused page', async ({
  house,
}) => {
  const ben = await house.visitor('ben', { signIn: false })
  house.tenant.set({ lie: { typ: 'at+jwt', on: 'refresh' } })
  const page = await ben.signIn('/')
  expect(page.status).toBe(403)
  expect(page.text).toContain('Microsoft did not take your sign-in for this')
})
