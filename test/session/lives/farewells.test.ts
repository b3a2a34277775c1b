import { expect, test } from 'vitest'
import { createFarewells } from '../../../src/session/lives/farewells.ts'
import { alice } from '../../support/alice.ts'
import { awayRedis, ownKeys } from '../own-keys.ts'

const { redis, prefix, seal } = ownKeys()
const farewells = createFarewells({ redis, seal, prefix, about: 'app' })
const farewell = { by: 'Ada Nakamura', reason: 'Ana lost her laptop', at: 5 }
const person = (objectId: string) => ({ ...alice, objectId })

test('a person is told what was left for them', async () => {
  await farewells.leave(person('one'), farewell)
  expect(await farewells.take(person('one'))).toEqual(farewell)
})

test('a person is told of the last end', async () => {
  await farewells.leave(person('last'), farewell)
  await farewells.leave(person('last'), { ...farewell, at: 6 })
  expect(await farewells.take(person('last'))).toEqual({ ...farewell, at: 6 })
})

test('a person is told once, also where two browsers ask at the same time', async () => {
  await farewells.leave(person('two'), farewell)
  const told = await Promise.all([farewells.take(person('two')), farewells.take(person('two'))])
  expect(told.filter(each => each !== undefined)).toEqual([farewell])
  expect(await farewells.take(person('two'))).toBeUndefined()
})

test('nobody else is told: not another person, not that person’s namesake of another tenant', async () => {
  await farewells.leave(person('three'), farewell)
  expect(await farewells.take(person('four'))).toBeUndefined()
  expect(await farewells.take({ ...person('three'), tenantId: 'other' })).toBeUndefined()
})

test('another application on the same Redis tells nothing', async () => {
  const other = createFarewells({ redis, seal, prefix, about: 'other' })
  await farewells.leave(person('five'), farewell)
  expect(await other.take(person('five'))).toBeUndefined()
})

test('neither names nor reason can be read in Redis, and the key does not tell the person', async () => {
  await farewells.leave(person('object-id'), farewell)
  const keys = await redis.keys(`${prefix}farewell:*`)
  const texts = await Promise.all(keys.map(key => redis.get(key)))
  expect([...keys, ...texts].join()).not.toMatch(/object-id|Ada|laptop/)
})

test('it is forgotten after a day', async () => {
  await farewells.leave(person('six'), farewell)
  const ttls = await Promise.all((await redis.keys(`${prefix}farewell:*`)).map(key => redis.pttl(key)))
  expect(Math.max(...ttls)).toBeGreaterThan(23.9 * 3_600_000)
  expect(Math.max(...ttls)).toBeLessThanOrEqual(24 * 3_600_000)
})

test('says that Redis is away', async () => {
  const away = createFarewells({ redis: awayRedis, seal, prefix, about: 'app' })
  await expect(away.take(person('one'))).rejects.toMatchObject({ code: 'redis-away' })
})
