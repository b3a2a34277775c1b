import { beforeEach, describe, expect } from 'vitest'
import { createActivations } from '../../../src/pim/wish/activations.ts'
import { createNotes } from '../../../src/session/replicas/notes.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import type { House } from '../../support/house.ts'
import { testIn } from '../../support/test-in.ts'

let now: number
let count = 0
const test = testIn()
beforeEach(() => {
  now = Date.parse('2026-03-02T12:00:00Z')
  count += 1
})

const clock = () => new Date(now)
const who = () => ({
  identity: { tenantId: 't', objectId: `person-${count}`, subject: 's', name: 'Ben', username: 'ben@contoso.example' },
  sessionId: 's',
})
const notes = (house: House) => {
  const { redis, config } = house.services
  return createNotes({ redis, seal: createSeal(config.session.secrets), prefix: house.prefix })
}
/** The wishes of the same people, on two replicas. */
const replicas = (house: House) =>
  [createActivations({ notes: notes(house), clock }), createActivations({ notes: notes(house), clock })] as const
const wish = { kind: 'turn-on', wish: { reason: 'Refund 8841', minutes: 60 }, returnTo: '/' } as const

describe('a wish', () => {
  test.for(['asking', 'waiting', 'accepted'] as const)(
    'that is %s is not replaced by another one',
    async (stage, { house }) => {
      const [one, other] = replicas(house)
      const begun = await one.begin(who(), { ...wish, stage, acceptedAt: now })
      expect(await other.begin(who(), wish)).toBeUndefined()
      expect((await other.read(who()))?.id).toBe(begun?.id)
    },
  )
  test.for(['kept', 'over', 'in'] as const)('that is %s gives way', async (stage, { house }) => {
    const [one, other] = replicas(house)
    await one.begin(who(), { ...wish, stage })
    expect(await other.begin(who(), wish)).toBeDefined()
  })
  test('that was accepted stands in the way as long as its period lasts, and no longer', async ({ house }) => {
    const [one] = replicas(house)
    await one.begin(who(), { ...wish, stage: 'accepted', acceptedAt: now })
    now += 60 * 60_000 - 1
    expect(await one.begin(who(), wish)).toBeUndefined()
    now += 1
    expect(await one.begin(who(), wish)).toBeDefined()
  })
  test('is changed by its own id only', async ({ house }) => {
    const [one] = replicas(house)
    const begun = await one.begin(who(), wish)
    expect(await one.change(who(), 'another', found => ({ ...found, stage: 'over' }))).toBeUndefined()
    expect((await one.read(who()))?.stage).toBe('kept')
    expect(await one.change(who(), begun?.id ?? '', found => ({ ...found, stage: 'over' }))).toBeDefined()
  })
  test('is kept for a day and some hours, because an approval takes a day', async ({ house }) => {
    const [one] = replicas(house)
    await one.begin(who(), wish)
    const [key = ''] = (await house.redis.keys(`${house.prefix}note:*activation:*`)).slice(-1)
    expect(await house.redis.pttl(key)).toBeGreaterThan(25 * 3_600_000)
  })
})

describe('an extension', () => {
  const extension = { ...wish, kind: 'extend', stage: 'accepted', acceptedAt: 0 } as const
  test('is asked for once while it is to come, beside the first period', async ({ house }) => {
    const [one, other] = replicas(house)
    await one.begin(who(), { ...wish, stage: 'accepted', acceptedAt: now })
    expect(await one.begin(who(), { ...extension, startsAt: now + 3_600_000 })).toBeDefined()
    expect(await other.begin(who(), { ...wish, kind: 'extend' })).toBeUndefined()
  })
  test('that has begun can be followed by another one', async ({ house }) => {
    const [one, other] = replicas(house)
    await one.begin(who(), { ...extension, startsAt: now - 60_000 })
    expect(await other.begin(who(), { ...wish, kind: 'extend' })).toBeDefined()
  })
})
