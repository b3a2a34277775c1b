import { beforeEach, describe, expect } from 'vitest'
import { createOpenActs } from '../../../src/pim/acts/open-acts.ts'
import { createNotes } from '../../../src/session/replicas/notes.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import type { House } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'

const test = testIn()

let now: number
let count = 0
beforeEach(() => {
  now = Date.parse('2026-03-02T12:00:00Z')
  count += 1
})

const who = () => ({
  identity: { tenantId: 't', objectId: `person-${count}`, subject: 's', name: 'Ben', username: 'ben@contoso.example' },
  sessionId: 's',
})
/** The open acts, on one more replica. */
const openActs = (house: House) => {
  const { redis, config } = house.services
  const notes = createNotes({ redis, seal: createSeal(config.session.secrets), prefix: house.prefix })
  return createOpenActs({ notes, clock: () => new Date(now) })
}

describe('an act without an answer', () => {
  test('is the same act when it is sent again, on whichever replica', async ({ house }) => {
    const [one, other] = [openActs(house), openActs(house)]
    await one.begin(who(), { act: 'first', kind: 'ending' })
    now += 5_000
    expect(await other.begin(who(), { act: 'second', kind: 'ending' })).toMatchObject({
      act: 'first',
      askedAt: now - 5_000,
      sentAt: now,
    })
    expect(await one.all(who())).toHaveLength(1)
  })
  test('about another request is another act, and so is the act of another person', async ({ house }) => {
    const acts = openActs(house)
    await acts.begin(who(), { act: 'a', kind: 'cancellation', request: 'r-1' })
    await acts.begin(who(), { act: 'b', kind: 'cancellation', request: 'r-2' })
    expect((await acts.all(who())).map(({ act }) => act)).toEqual(['b', 'a'])
    count += 1
    expect(await acts.all(who())).toEqual([])
  })
  test('is forgotten when its result is known', async ({ house }) => {
    const acts = openActs(house)
    await acts.begin(who(), { act: 'a', kind: 'ending' })
    await acts.close(who(), 'a')
    expect(await acts.all(who())).toEqual([])
  })
})
