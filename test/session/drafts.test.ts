import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, expect, inject, test } from 'vitest'
import { Secret } from '../../src/config/secret.ts'
import { createDrafts, type Fields, longDraftLifeMs } from '../../src/session/drafts.ts'
import { createSeal } from '../../src/session/sealing/seal.ts'
import { clockInHand } from '../support/house.ts'
import { taken } from '../support/stored.ts'

const redis = new Redis(inject('redisUrl'))
const prefix = `test-${randomUUID()}:`
const clock = clockInHand('2026-03-02T12:00:00Z')
const config = { redis: { url: undefined, prefix } }
const seal = createSeal([new Secret('test-0123456789-abcdefghij-KLMNOP')])
const drafts = createDrafts({ config, clock: clock.read, redis, seal })
const keys = () => redis.keys(`${prefix}draft:*`)
afterAll(async () => {
  await redis.del(...(await redis.keys(`${prefix}*`)), 'none')
  redis.disconnect()
})

const person = { tenantId: '3f1c5a52-7d0e-4b8a-9c46-5e2f8a1d7b30', objectId: '9d3f6f0e-3c53-4a3a-9a49-6b1c2a2f7a10' }
const owner = { person, path: '/refunds/7' }
const fields: Fields = [
  ['reason', 'Refund 8841\r\n\r\n„für“ 退款 \u{1F511}\t <b>&amp;</b> "\''],
  ['tick', 'b'],
  ['tick', 'a'],
  ['', ''],
  ['__proto__', 'x'],
  ['long', 'ä\r\n'.repeat(1_400)],
]

test('a form comes back as it was typed', async () => {
  expect(await taken(drafts, owner, await drafts.keep(owner, fields))).toEqual(fields)
})

test('a form comes back once', async () => {
  const id = await drafts.keep(owner, fields)
  await taken(drafts, owner, id)
  expect(await taken(drafts, owner, id)).toBeUndefined()
})

test('a form that many take at once comes back to one of them', async () => {
  const id = await drafts.keep(owner, fields)
  const found = await Promise.all(Array.from({ length: 20 }, () => taken(drafts, owner, id)))
  expect(found.filter(each => each !== undefined)).toHaveLength(1)
})

const strangers: [what: string, other: typeof owner][] = [
  ['another person', { ...owner, person: { ...person, objectId: '00000000-3c53-4a3a-9a49-6b1c2a2f7a10' } }],
  ['a person of another tenant', { ...owner, person: { ...person, tenantId: '00000000-7d0e-4b8a-9c46-5e2f8a1d7b30' } }],
  ['another path', { ...owner, path: '/refunds/8' }],
  ['a longer path', { ...owner, path: '/refunds/7/' }],
]
test.each(strangers)('a form does not exist for %s', async (_what, other) => {
  expect(await taken(drafts, other, await drafts.keep(owner, fields))).toBeUndefined()
})
test.each(strangers)('a form stays its owner’s when %s asks for it', async (_what, other) => {
  const id = await drafts.keep(owner, fields)
  await taken(drafts, other, id)
  expect(await taken(drafts, owner, id)).toEqual(fields)
})

test('a form is kept for just ten minutes', async () => {
  const [one, other] = [await drafts.keep(owner, fields), await drafts.keep(owner, fields)]
  clock.advance({ minutes: 9, seconds: 59 })
  expect(await taken(drafts, owner, one)).toEqual(fields)
  clock.advance({ seconds: 1 })
  expect(await taken(drafts, owner, other)).toBeUndefined()
})

test('a form of someone without access is kept for just a day', async () => {
  const [one, other] = [
    await drafts.keep(owner, fields, longDraftLifeMs),
    await drafts.keep(owner, fields, longDraftLifeMs),
  ]
  clock.advance({ hours: 23, minutes: 59, seconds: 59 })
  expect(await taken(drafts, owner, one)).toEqual(fields)
  clock.advance({ seconds: 1 })
  expect(await taken(drafts, owner, other)).toBeUndefined()
})

test('looking at a form does not use it up', async () => {
  const id = await drafts.keep(owner, fields)
  expect(await drafts.look(owner, id)).toEqual(fields)
  expect(await taken(drafts, owner, id)).toEqual(fields)
})

test('Redis forgets a form by itself, too', async () => {
  await redis.del(...(await keys()), 'none')
  await drafts.keep(owner, fields)
  const [key = ''] = await keys()
  expect(key).toMatch(new RegExp(`^${prefix}draft:`))
  const left = await redis.pttl(key)
  expect(left).toBeGreaterThan(590_000)
  expect(left).toBeLessThanOrEqual(600_000)
})

test('a person who reads Redis learns neither the text of a form nor whose it is', async () => {
  await redis.del(...(await keys()), 'none')
  await drafts.keep(owner, [['reason', 'Refund 8841']])
  const [key = ''] = await keys()
  const seen = key + (await redis.get(key))
  for (const word of ['8841', 'reason', person.objectId, 'refunds']) expect(seen).not.toContain(word)
})

test('a form that was moved to another key does not open', async () => {
  await redis.del(...(await keys()), 'none')
  const [one, other] = [await drafts.keep(owner, [['whose', 'mine']]), await drafts.keep(owner, [['whose', 'yours']])]
  const [first = '', second = ''] = await keys()
  await redis.rename(first, second)
  expect([await taken(drafts, owner, one), await taken(drafts, owner, other)]).toEqual([undefined, undefined])
})

test('the ids of forms cannot be guessed from each other', async () => {
  const ids = new Set(await Promise.all(Array.from({ length: 100 }, () => drafts.keep(owner, []))))
  expect(ids.size).toBe(100)
  for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/)
})

test('the newest ten forms of each person are kept, in the order in which they came', async () => {
  const other = { ...owner, person: { ...person, objectId: '00000000-3c53-4a3a-9a49-6b1c2a2f7a10' } }
  const theirs = await drafts.keep(other, fields)
  const ids: string[] = []
  for (let count = 0; count < 12; count++) {
    // The clock goes back and forth.
    clock.advance({ seconds: count % 2 === 0 ? 20 : -25 })
    ids.push(await drafts.keep({ ...owner, path: `/refunds/${count}` }, fields))
  }
  const found = await Promise.all(ids.map((id, count) => drafts.look({ ...owner, path: `/refunds/${count}` }, id)))
  expect(found.map(each => each !== undefined)).toEqual([false, false, ...Array(10).fill(true)])
  expect(await drafts.look(other, theirs)).toEqual(fields)
})

test('the lists of forms go by themselves', async () => {
  const id = await drafts.keep(owner, fields)
  await drafts.spend(owner, id)
  for (const key of await redis.keys(`${prefix}shelf:*`)) {
    expect(await redis.pttl(key)).toBeGreaterThan(0)
    expect(await redis.pttl(key)).toBeLessThanOrEqual(longDraftLifeMs)
  }
})

const here = createDrafts({ config, clock: clock.read, redis, seal, app: 'here' })
const someone = () => ({ person: { tenantId: randomUUID(), objectId: randomUUID() }, path: '/refunds/7' })

test('a form comes back in the application that it was sent to', async () => {
  const mine = someone()
  expect(await here.look(mine, await here.keep(mine, fields))).toEqual(fields)
})

test('a form does not exist in another application', async () => {
  const mine = someone()
  const elsewhere = createDrafts({ config, clock: clock.read, redis, seal, app: 'elsewhere' })
  expect(await elsewhere.look(mine, await here.keep(mine, fields))).toBeUndefined()
})

test('a form that a release without marks kept comes back', async () => {
  const mine = someone()
  expect(await here.look(mine, await drafts.keep(mine, fields))).toEqual(fields)
})

test('a form that another release kept in another shape does not exist', async () => {
  const mine = someone()
  await redis.del(...(await keys()), 'none')
  const id = await here.keep(mine, fields)
  const [key = ''] = await keys()
  await redis.set(key, seal.close('{}', key))
  expect(await here.look(mine, id)).toBeUndefined()
})

test('a form is not found by a path and an id that read the same together', async () => {
  const mine = someone()
  await drafts.keep({ ...mine, path: '/a' }, fields, longDraftLifeMs, 'bc')
  expect(await drafts.look({ ...mine, path: '/ab' }, 'c')).toBeUndefined()
})

test('a form that was not sent does not count as sent', async () => {
  const mine = someone()
  expect(await drafts.wasSent(mine, await drafts.keep(mine, fields))).toBe(false)
})

test('a form that was sent counts as sent', async () => {
  const mine = someone()
  const id = await drafts.keep(mine, fields)
  await drafts.spend(mine, id)
  expect(await drafts.wasSent(mine, id)).toBe(true)
})

test('a request that sends a form once more hears that it was sent before', async () => {
  const mine = someone()
  const id = await drafts.keep(mine, fields)
  await drafts.spend(mine, id)
  expect(await drafts.spend(mine, id)).toBe('sent-before')
})

test('of requests that send a form at once all but one hear that it was sent before', async () => {
  const mine = someone()
  const id = await drafts.keep(mine, fields)
  const spent = await Promise.all(Array.from({ length: 20 }, () => drafts.spend(mine, id)))
  expect(spent.filter(each => each === 'sent-before')).toHaveLength(19)
})

test('a form that is not kept is sent as often as it comes', async () => {
  const mine = someone()
  await drafts.spend(mine, 'unknown')
  expect(await drafts.spend(mine, 'unknown')).toEqual({ giveBack: expect.any(Function) })
})

test('a form that goes from Redis while it is sent is sent all the same', async () => {
  const mine = someone()
  const losing = createDrafts({
    config,
    clock: clock.read,
    redis: Object.create(redis, { getdel: { value: async () => null } }),
    seal,
  })
  expect(await taken(losing, mine, await losing.keep(mine, fields))).toEqual(fields)
})

/** A form that was sent and given back, with its id. */
async function givenBack() {
  const mine = someone()
  const id = await drafts.keep(mine, fields)
  const spent = await drafts.spend(mine, id)
  if (spent !== 'sent-before') await spent.giveBack()
  return { mine, id }
}

test('a form that is given back is there again', async () => {
  const { mine, id } = await givenBack()
  expect(await drafts.look(mine, id)).toEqual(fields)
})

test('a form that is given back can be sent', async () => {
  const { mine, id } = await givenBack()
  expect(await taken(drafts, mine, id)).toEqual(fields)
})

test('a form that was sent takes no place among the ten that are kept', async () => {
  const mine = someone()
  const oldest = await drafts.keep(mine, fields)
  for (let count = 0; count < 8; count++) await drafts.keep(mine, fields)
  await drafts.spend(mine, await drafts.keep(mine, fields))
  await drafts.keep(mine, fields)
  expect(await drafts.look(mine, oldest)).toEqual(fields)
})

test('a form takes no place of a person whose tenant and id read the same together', async () => {
  const [one, other] = [
    { ...owner, person: { tenantId: 'a', objectId: 'bc' } },
    { ...owner, person: { tenantId: 'ab', objectId: 'c' } },
  ]
  const oldest = await drafts.keep(one, fields)
  for (let count = 0; count < 10; count++) await drafts.keep(other, fields)
  expect(await drafts.look(one, oldest)).toEqual(fields)
})
