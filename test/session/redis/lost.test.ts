import { describe, expect } from 'vitest'
import { createNotes } from '../../../src/session/replicas/notes.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import type { House } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'

/** Single keys may be lost: by a node of a cluster that lost its own, by an eviction, by a stranger's hand. */
const test = testIn()

describe('the count of ends', () => {
  const count = (house: House) => `${house.prefix}ends`

  test('keeps nobody out who has just ended all their sessions, when the count is lost', async ({ house }) => {
    const alice = await house.visitor('alice')
    await alice.post('/sessions/end', { which: 'all' })
    await house.redis.del(count(house))
    expect((await alice.signIn('/')).status).toBe(200)
  })

  test.for([
    ['something of another type', (house: House) => house.redis.lpush(count(house), 'no count')],
    ['a word', (house: House) => house.redis.set(count(house), 'many')],
  ] as const)('in whose place is %s begins anew: people sign in and out', async ([_what, plant], { house }) => {
    await house.redis.del(count(house))
    await plant(house)
    const alice = await house.visitor('alice')
    expect((await alice.get('/')).status).toBe(200)
    await house.redis.del(count(house))
    await plant(house)
    const cookie = alice.cookieHeader()
    expect((await alice.post('/auth/sign-out')).status).toBeLessThan(400)
    expect((await alice.get('/', { headers: { cookie } })).status).toBe(302)
  })
})

test('a key of another type counts as no note, and the note is written all the same', async ({ house }) => {
  const { redis, prefix, config, services } = house
  const notes = createNotes({ redis: services.redis, seal: createSeal(config.session.secrets), prefix })
  await redis.lpush(`${prefix}note:planted`, 'no note')
  expect(await notes.change('planted', () => 'text', 60_000)).toBe(true)
  expect(await notes.read('planted')).toBe('text')
})
