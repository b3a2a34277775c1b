import { afterAll, expect } from 'vitest'
import { openReplica } from '../../support/replica.ts'
import { askedOf, openSelfService, someoneIn, wish } from '../../support/self-service.ts'
import { testIn } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

let replica: Awaited<ReturnType<typeof openReplica>>
const test = testIn(openSelfService)
test.beforeAll(async ({ house }) => {
  replica = await openReplica(house)
  house.tenant.setPolicy({ context: false })
})
afterAll(() => replica[Symbol.asyncDispose]())
const statusAt = async (visitor: Visitor, where: { baseUrl: string }) => (await visitor.get(`${where.baseUrl}/`)).status
const own = (where: { baseUrl: string }) => ({ Origin: where.baseUrl })

test('what was asked for at one replica is seen to go on at another, and lets in at both', async ({ house }) => {
  const ben = await house.visitor('ben')
  await ben.post('/access', { ...wish, returnTo: '/' })
  house.clock.advance({ seconds: 2 })
  expect((await ben.fetch(`${replica.baseUrl}/access/turning-on/state`)).body.step).toBe('in')
  expect([await statusAt(ben, house), await statusAt(ben, replica)]).toEqual([200, 200])
})

test('the same form sent to both at once asks Microsoft once', async ({ house }) => {
  house.tenant.makeEligible('oskar')
  const oskar = await house.visitor('oskar')
  const send = (where: { baseUrl: string }) =>
    oskar.post(`${where.baseUrl}/access`, { ...wish, returnTo: '/' }, own(where))
  await Promise.all([send(house), send(replica), send(house), send(replica)])
  expect(askedOf(house, 'oskar')).toHaveLength(1)
})

test('ended at one, it is closed at both at once', async ({ house }) => {
  house.tenant.makeEligible('guido')
  const guido = await someoneIn(house, 'guido')
  const other = await house.visitor('guido')
  expect([await statusAt(guido, house), await statusAt(other, replica)]).toEqual([200, 200])
  house.clock.advance({ minutes: 6 })
  await guido.post('/access/end')
  expect([await statusAt(guido, replica), await statusAt(other, replica), await statusAt(other, house)]).toEqual([
    403, 403, 403,
  ])
})
