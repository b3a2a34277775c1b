import { expect, test } from 'vitest'
import { createCensus } from '../../../src/session/stored/census.ts'
import { awayRedis, ownKeys } from '../own-keys.ts'

const { redis, prefix } = ownKeys()
const now = Date.now()
const minute = 60_000
let last = 0
/** A census of its own for each test, with its key. */
function open() {
  const about = `app-${++last}`
  const census = createCensus({ redis, prefix, about })
  return { census, key: `${prefix}sessions:${about}` }
}
const open10 = { until: now + 10 * minute, now }

test('no session is counted at first', async () => {
  expect(await open().census.count(now)).toBe(0)
})

test('a session that was seen is counted', async () => {
  const { census } = open()
  census.seen('one', open10)
  census.seen('two', open10)
  expect(await census.count(now)).toBe(2)
})

test('a session that was seen twice is counted once', async () => {
  const { census } = open()
  census.seen('one', open10)
  census.seen('one', open10)
  expect(await census.count(now)).toBe(1)
})

test('a session is counted until it is over', async () => {
  const { census } = open()
  census.seen('one', open10)
  expect([await census.count(open10.until), await census.count(open10.until + 1)]).toEqual([1, 0])
})

test('a session that is gone is counted no more', async () => {
  const { census } = open()
  census.seen('one', open10)
  census.gone('one')
  expect(await census.count(now)).toBe(0)
})

test('the sessions of another application are not counted', async () => {
  open().census.seen('one', open10)
  expect(await open().census.count(now)).toBe(0)
})

test('the ids of open sessions lie under the prefix, with the mark of the application', async () => {
  const { census, key } = open()
  census.seen('one', open10)
  expect(await redis.zrange(key, '0', '-1')).toEqual(['one'])
})

test('a count says that Redis is away', async () => {
  await expect(createCensus({ redis: awayRedis, prefix }).count(now)).rejects.toMatchObject({ code: 'redis-away' })
})

test('nobody who is seen or gone meanwhile hears that Redis is away', async () => {
  const unheard: unknown[] = []
  const hear = (error: unknown) => void unheard.push(error)
  process.on('unhandledRejection', hear)
  const away = createCensus({ redis: awayRedis, prefix })
  away.seen('one', open10)
  away.gone('one')
  await new Promise(resolve => setImmediate(resolve))
  process.off('unhandledRejection', hear)
  expect(unheard).toEqual([])
})
