import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createOpenActs } from '../../../src/pim/acts/open-acts.ts'
import { createNotes } from '../../../src/session/replicas/notes.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import { type House, openHouse } from '../../support/house.ts'

let house: House
let now: number
let count = 0
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house[Symbol.asyncDispose]())
beforeEach(() => {
  now = Date.parse('2026-03-02T12:00:00Z')
  count += 1
})

const who = () => ({
  identity: { tenantId: 't', objectId: `person-${count}`, subject: 's', name: 'Ben', username: 'ben@contoso.example' },
  sessionId: 's',
})
/** The open acts, on one more replica. */
const openActs = () => {
  const { redis, config } = house.services
  const notes = createNotes({ redis, seal: createSeal(config.session.secrets), prefix: house.prefix })
  return createOpenActs({ notes, clock: () => new Date(now) })
}

describe('an act without an answer', () => {
  test('is the same act when it is sent again, on whichever replica', async () => {
    const [one, other] = [openActs(), openActs()]
    await one.begin(who(), { act: 'first', kind: 'ending' })
    now += 5_000
    expect(await other.begin(who(), { act: 'second', kind: 'ending' })).toMatchObject({
      act: 'first',
      askedAt: now - 5_000,
      sentAt: now,
    })
    expect(await one.all(who())).toHaveLength(1)
  })
  test('about another request is another act, and so is the act of another person', async () => {
    const acts = openActs()
    await acts.begin(who(), { act: 'a', kind: 'cancellation', request: 'r-1' })
    await acts.begin(who(), { act: 'b', kind: 'cancellation', request: 'r-2' })
    expect((await acts.all(who())).map(({ act }) => act)).toEqual(['b', 'a'])
    count += 1
    expect(await acts.all(who())).toEqual([])
  })
  test('is forgotten when its result is known', async () => {
    const acts = openActs()
    await acts.begin(who(), { act: 'a', kind: 'ending' })
    await acts.close(who(), 'a')
    expect(await acts.all(who())).toEqual([])
  })
})
