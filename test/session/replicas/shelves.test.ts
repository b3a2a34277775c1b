import { expect, test } from 'vitest'
import { createShelves } from '../../../src/session/replicas/shelves.ts'
import { awayRedis, ownKeys } from '../own-keys.ts'

const { redis, prefix } = ownKeys()
const shelves = createShelves({ redis, prefix })
const bounds = { most: 2, lifeMs: 60_000 }
async function put(shelf: string, ...names: string[]) {
  let last: Awaited<ReturnType<typeof shelves.put>> | undefined
  for (const name of names) last = await shelves.put(shelf, name, bounds)
  return last
}

test('a name that was not on the shelf is new there', async () => {
  expect(await put('new', 'one')).toEqual({ isNew: true, fallen: [] })
})

test('a name that is on the shelf is not new there', async () => {
  expect(await put('again', 'one', 'one')).toEqual({ isNew: false, fallen: [] })
})

test('the oldest name falls off a full shelf', async () => {
  expect(await put('full', 'one', 'two', 'three')).toEqual({ isNew: true, fallen: ['one'] })
})

test('a name that is put there again is the newest', async () => {
  expect(await put('anew', 'one', 'two', 'one', 'three')).toMatchObject({ fallen: ['two'] })
})

test('all names fall off that are too many for a shelf that became smaller', async () => {
  await put('smaller', 'one', 'two')
  expect(await shelves.put('smaller', 'three', { ...bounds, most: 1 })).toMatchObject({ fallen: ['one', 'two'] })
})

test('a name that was put on a shelf is there', async () => {
  await put('there', 'one')
  expect(await shelves.has('there', 'one')).toBe(true)
})

test('a name on one shelf is on no other', async () => {
  await put('mine', 'one')
  expect(await shelves.has('yours', 'one')).toBe(false)
})

test('a name that fell off is not there', async () => {
  await put('fallen', 'one', 'two', 'three')
  expect(await shelves.has('fallen', 'one')).toBe(false)
})

test('a name that was taken off is not there', async () => {
  await put('taken', 'one', 'two')
  await shelves.remove('taken', 'one')
  expect([await shelves.has('taken', 'one'), await shelves.has('taken', 'two')]).toEqual([false, true])
})

test('a shelf lies under the prefix, for as long as its newest name', async () => {
  await put('kept', 'one')
  expect(await redis.pttl(`${prefix}shelf:kept`)).toBeGreaterThan(bounds.lifeMs - 10_000)
})

test('a name that is to last for a shorter time does not shorten the life of the others', async () => {
  await put('long', 'one')
  await shelves.put('long', 'two', { ...bounds, lifeMs: 1_000 })
  expect(await redis.pttl(`${prefix}shelf:long`)).toBeGreaterThan(bounds.lifeMs - 10_000)
})

const away = createShelves({ redis: awayRedis, prefix })
test.each([
  ['put', () => away.put('shelf', 'name', bounds)],
  ['remove', () => away.remove('shelf', 'name')],
  ['has', () => away.has('shelf', 'name')],
])('%s says that Redis is away', async (_method, ask) => {
  await expect(ask()).rejects.toMatchObject({ code: 'redis-away' })
})
