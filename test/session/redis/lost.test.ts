import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNotes } from '../../../src/session/replicas/notes.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import { type House, openHouse } from '../../support/house.ts'

/** Single keys may be lost: by a node of a cluster that lost its own, by an eviction, by a stranger's hand. */
let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house[Symbol.asyncDispose]())

describe('the count of ends', () => {
  const count = () => `${house.prefix}ends`

  test('keeps nobody out who has just ended all their sessions, when the count is lost', async () => {
    const alice = await house.visitor('alice')
    await alice.post('/sessions/end', { which: 'all' })
    await house.redis.del(count())
    expect((await alice.signIn('/')).status).toBe(200)
  })

  test.each([
    ['something of another type', () => house.redis.lpush(count(), 'no count')],
    ['a word', () => house.redis.set(count(), 'many')],
  ])('in whose place is %s begins anew: people sign in and out', async (_what, plant) => {
    await house.redis.del(count())
    await plant()
    const alice = await house.visitor('alice')
    expect((await alice.get('/')).status).toBe(200)
    await house.redis.del(count())
    await plant()
    const cookie = alice.cookieHeader()
    expect((await alice.post('/auth/sign-out')).status).toBeLessThan(400)
    expect((await alice.get('/', { headers: { cookie } })).status).toBe(302)
  })
})

test('a key of another type counts as no note, and the note is written all the same', async () => {
  const { redis, prefix, config, services } = house
  const notes = createNotes({ redis: services.redis, seal: createSeal(config.session.secrets), prefix })
  await redis.lpush(`${prefix}note:planted`, 'no note')
  expect(await notes.change('planted', () => 'text', 60_000)).toBe(true)
  expect(await notes.read('planted')).toBe('text')
})
