import { expect, test } from 'vitest'
import { openReplica } from '../support/replica.ts'
import { openSelfService, progressOf, someoneIn, turnOn, until } from '../support/self-service.ts'

test('End now counts over a plan that a replica whose clock is ahead wrote before', async () => {
  await using house = await openSelfService()
  await using ahead = await openReplica(house, {}, { aheadMs: 20_000 })
  house.tenant.setPolicy({ context: false })
  const ben = await someoneIn(house)
  house.clock.advance({ minutes: 6 })
  await ben.fetch(ahead.at('/access/turning-on/state'))
  house.clock.advance({ seconds: 2 })
  house.tenant.set({ tokenLagSeconds: 60 })
  expect((await ben.post('/access/end')).status).toBe(303)
  expect((await (await house.visitor('ben')).get('/')).status).toBe(403)
})

test.each([-25_000, 25_000])(
  'End now on a replica whose clock is off by %i ms closes the gate on the others at once',
  async aheadMs => {
    await using house = await openSelfService()
    await using other = await openReplica(house, {}, { aheadMs })
    house.tenant.setPolicy({ context: false })
    const ben = await someoneIn(house)
    house.clock.advance({ minutes: 6 })
    house.tenant.set({ tokenLagSeconds: 60 })
    expect((await ben.post(other.at('/access/end'), {}, { Origin: other.baseUrl })).status).toBe(303)
    expect((await ben.get('/')).status).toBe(403)
    expect((await (await house.visitor('ben')).get('/')).status).toBe(403)
  },
)

test('after End now on a replica whose clock is ahead, access that is turned on again lets in', async () => {
  await using house = await openSelfService()
  await using ahead = await openReplica(house, {}, { aheadMs: 25_000 })
  house.tenant.setPolicy({ context: false })
  const ben = await someoneIn(house)
  house.clock.advance({ minutes: 6 })
  await ben.post(ahead.at('/access/end'), {}, { Origin: ahead.baseUrl })
  house.clock.advance({ seconds: 5 })
  await turnOn(ben)
  expect(await until(house, ben, 'in', 10)).toBeLessThan(10)
  expect((await ben.get('/')).status).toBe(200)
})

test('a session with the plan of an earlier activation learns the end that another session knows, though Graph and Entra are away', async () => {
  await using house = await openSelfService()
  house.tenant.setPolicy({ context: false })
  const early = await someoneIn(house)
  house.clock.set('2026-03-02T13:05:00Z')
  const late = await someoneIn(house, 'ben', { minutes: '30' })
  expect((await late.get('/')).status).toBe(200)
  await progressOf(late)
  house.tenant.set({ graphDown: true })
  house.clock.set('2026-03-02T13:34:30Z')
  expect((await early.get('/')).status).toBe(200)
  house.tenant.set({ down: true })
  house.clock.set('2026-03-02T13:35:30Z')
  expect((await early.get('/')).status).toBe(403)
})

test('someone who is refused, at two replicas whose clocks differ, is asked about at each every five seconds at most', async () => {
  await using house = await openSelfService()
  await using ahead = await openReplica(house, {}, { aheadMs: 25_000 })
  const ben = await house.visitor('ben')
  const before = house.tenant.calls.token
  for (let second = 0; second < 20; second++) {
    await ben.get('/')
    await ben.get(ahead.at('/'))
    house.clock.advance({ seconds: 1 })
  }
  expect(house.tenant.calls.token - before).toBeLessThanOrEqual(10)
})
