import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { House } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'
import { askedOf, openSelfService, someoneIn, turnOn, until, wish } from '../../support/self-service.ts'
import { type Visitor, wayOn } from '../../support/visitor.ts'

type Other = Awaited<ReturnType<typeof openReplica>>
const graphCallsOf = ({ tenant }: House) => Object.values(tenant.calls.graph).reduce((sum, count) => sum + count, 0)

describe.each([
  ['25 s ahead', 25_000],
  ['25 s behind', -25_000],
])('turning on access over one Redis with a replica whose clock is %s', (_what, aheadMs) => {
  let house: House
  let other: Other
  beforeEach(async () => {
    house = await openSelfService()
    other = await openReplica(house, {}, { aheadMs })
  })
  afterEach(async () => {
    await other[Symbol.asyncDispose]()
    await house[Symbol.asyncDispose]()
  })
  const both = () => [house, other]
  const own = (where: { baseUrl: string }) => ({ Origin: where.baseUrl })
  const statusAt = async (visitor: Visitor, { baseUrl }: { baseUrl: string }) =>
    (await visitor.get(`${baseUrl}/`)).status

  test('asked for at the one it goes on at the other, asks Microsoft once, and lets in at both', async () => {
    house.tenant.setPolicy({ context: false })
    for (const [key, where] of [
      ['ben', house],
      ['oskar', other],
    ] as [string, House | Other][]) {
      if (key !== 'ben') house.tenant.makeEligible(key)
      const visitor = await house.visitor(key)
      const [elsewhere = house] = both().filter(each => each !== where)
      await visitor.post(`${where.baseUrl}/access`, { ...wish, returnTo: '/' }, own(where))
      const stateOf = async () => (await visitor.fetch(`${elsewhere.baseUrl}/access/turning-on/state`)).body.step
      for (let seconds = 0; seconds < 10 && (await stateOf()) !== 'in'; seconds++) house.clock.advance({ seconds: 1 })
      expect(await stateOf(), key).toBe('in')
      for (const each of both()) expect(await statusAt(visitor, each), key).toBe(200)
      expect(askedOf(house, key)).toHaveLength(1)
    }
  })

  test('a passkey that is asked for by the one is taken by the other', async () => {
    const ben = await house.visitor('ben')
    const sent = await ben.post(`${other.baseUrl}/access`, { ...wish, returnTo: '/' }, own(other))
    let at = wayOn(sent) ?? ''
    while (!at.startsWith(`${house.baseUrl}/auth/callback`)) {
      const page = await ben.get(at)
      const answer = page.headers.location ? page : await ben.post(at, { method: 'passkey' })
      at = new URL(answer.headers.location ?? '', at).href
    }
    const back = await ben.get(at)
    expect([back.status, back.headers.location]).toEqual([303, expect.stringContaining('/access/turning-on')])
    await until(house, ben, 'in')
    for (const each of both()) expect(await statusAt(ben, each)).toBe(200)
  })

  test('ended at the one, it is closed at both at once, and can be turned on again', async () => {
    const ben = await someoneIn(house)
    house.clock.advance({ minutes: 6 })
    for (const each of both()) expect(await statusAt(ben, each)).toBe(200)
    await ben.post(`${other.baseUrl}/access/end`, {}, own(other))
    for (const each of both()) expect(await statusAt(ben, each)).toBe(403)
    house.clock.advance({ minutes: 3 })
    await turnOn(ben)
    await until(house, ben, 'in')
    for (const each of both()) expect(await statusAt(ben, each)).toBe(200)
  })

  test('ten minutes inside, at both in turns, ask Microsoft no more than one replica does twice', async () => {
    const ben = await someoneIn(house)
    const before = { token: house.tenant.calls.token, graph: graphCallsOf(house) }
    for (let second = 0; second < 600; second += 5) {
      house.clock.advance({ seconds: 5 })
      for (const each of both()) expect(await statusAt(ben, each)).toBe(200)
    }
    expect(house.tenant.calls.token - before.token).toBeLessThanOrEqual(24)
    expect(graphCallsOf(house) - before.graph).toBeLessThanOrEqual(16)
  })

  test('it is over at both for good, and nobody asks in a storm after it', async () => {
    const ben = await someoneIn(house, 'ben', { minutes: '30' })
    house.clock.advance({ minutes: 28 })
    const before = graphCallsOf(house)
    const seen: number[][] = []
    for (let second = 0; second < 180; second += 4) {
      house.clock.advance({ seconds: 4 })
      seen.push(await Promise.all(both().map(each => statusAt(ben, each))))
    }
    expect(seen.at(0)).toEqual([200, 200])
    expect(seen.at(-1)).toEqual([403, 403])
    // Once out, nobody is let in again.
    for (const index of [0, 1]) {
      const statuses = seen.map(each => each[index])
      expect(statuses.slice(statuses.indexOf(403))).not.toContain(200)
    }
    // Of one replica with a right clock: 154, nearly all for what the refused page shows.
    expect(graphCallsOf(house) - before).toBeLessThanOrEqual(210)
  })
})
