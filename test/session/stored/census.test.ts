import { expect, test } from 'vitest'
import { createCensus } from '../../../src/session/stored/census.ts'
import { awayRedis, ownKeys } from '../own-keys.ts'

const { redis, prefix } = ownKeys()
const now = Date.now()
const minute = 60_000
const maxMs = 600 * minute
let last = 0
/** A census of its own for each test, with its key. */
function open() {
  const about = `app-${++last}`
  const census = createCensus({ redis, prefix, about, maxMs })
  return { census, key: `${prefix}sessions:${about}` }
}
const open10 = { until: now + 10 * minute, now }

test('no session is counted at first', async () => {
  expect(await open().census.count(now)).toBe(0)
})

test('a session that was seen is counted', async () => {
  const { census } = open()
  await census.enter('one', open10)
  await census.enter('two', open10)
  expect(await census.count(now)).toBe(2)
})

test('a session that was seen twice is counted once', async () => {
  const { census } = open()
  await census.enter('one', open10)
  await census.enter('one', open10)
  expect(await census.count(now)).toBe(1)
})

test('a session is counted until it is over', async () => {
  const { census } = open()
  await census.enter('one', open10)
  expect([await census.count(open10.until), await census.count(open10.until + 1)]).toEqual([1, 0])
})

test('a session that is gone is counted no more', async () => {
  const { census } = open()
  await census.enter('one', open10)
  census.gone('one')
  expect(await census.count(now)).toBe(0)
})

test('the sessions of another application are not counted', async () => {
  await open().census.enter('one', open10)
  expect(await open().census.count(now)).toBe(0)
})

test('the ids of open sessions lie under the prefix, with the mark of the application', async () => {
  const { census, key } = open()
  await census.enter('one', open10)
  expect(await redis.zrange(key, '0', '-1')).toEqual(['one'])
})

test('a count says that Redis is away', async () => {
  await expect(createCensus({ redis: awayRedis, prefix, maxMs }).count(now)).rejects.toMatchObject({
    code: 'redis-away',
  })
})

test('a session that cannot be listed says that Redis is away', async () => {
  const entering = createCensus({ redis: awayRedis, prefix, maxMs }).enter('one', open10)
  await expect(entering).rejects.toMatchObject({ code: 'redis-away' })
})

test('a session says whether it was not listed before', async () => {
  const { census } = open()
  expect([await census.enter('one', open10), await census.enter('one', open10)]).toEqual([true, false])
})

test('all sessions are listed, also those that seem over', async () => {
  const { census } = open()
  await census.enter('one', open10)
  await census.enter('two', { until: now - minute, now })
  expect((await census.all()).sort()).toEqual(['one', 'two'])
})

test('a session whose use could not be written stays listed for as long as it may last', async () => {
  const { census } = open()
  await census.enter('two', open10)
  await census.enter('one', { until: now - maxMs - 59 * minute, now })
  expect((await census.all()).sort()).toEqual(['one', 'two'])
})

test('a session that must be over is swept out', async () => {
  const { census } = open()
  await census.enter('one', { until: now - maxMs - 61 * minute, now })
  await census.enter('two', open10)
  expect(await census.all()).toEqual(['two'])
})

test('the list lasts as long as each of its sessions may last, and no entry shortens that', async () => {
  const { census, key } = open()
  await census.enter('one', { until: now + 30 * minute, now })
  await census.enter('two', { until: now + minute, now })
  expect(await redis.pttl(key)).toBeGreaterThan(maxMs - minute)
})

test('those that are over for an hour are long over', async () => {
  const { census } = open()
  await census.enter('one', { until: now - 60 * minute, now })
  await census.enter('two', { until: now - 59 * minute, now })
  expect(await census.longOver(now)).toEqual(['one'])
})

test('a list of another type holds no session, and is replaced', async () => {
  const { census, key } = open()
  await redis.set(key, 'text')
  expect([await census.all(), await census.enter('one', open10), await census.all()]).toEqual([[], true, ['one']])
})

test('nobody who is gone meanwhile hears that Redis is away', async () => {
  const unheard: unknown[] = []
  const hear = (error: unknown) => void unheard.push(error)
  process.on('unhandledRejection', hear)
  createCensus({ redis: awayRedis, prefix, maxMs }).gone('one')
  await new Promise(resolve => setImmediate(resolve))
  process.off('unhandledRejection', hear)
  expect(unheard).toEqual([])
})
