import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import RedisMock from 'ioredis-mock'
import { afterAll, beforeEach, expect, inject, test } from 'vitest'
import type { Redis as OurRedis } from '../../../src/session/redis/redis.ts'
import { createJournal } from '../../../src/session/replicas/journal.ts'
import { openHouse } from '../../support/house.ts'
import { turnOnWithPasskey } from '../../support/self-service.ts'
import { eventsIn } from '../../support/stored.ts'

const redis = new Redis(inject('redisUrl'))
const endings: (() => Promise<unknown>)[] = []
afterAll(async () => {
  for (const end of endings) await end()
  redis.disconnect()
})

const dayMs = 24 * 3_600_000
const actor = { objectId: 'oid-1', name: 'Ben Okafor' }
const record = (at: number) =>
  ({ at, event: 'activationRequested', gate: 'members', act: randomUUID(), actor }) as const

let prefix: string
beforeEach(() => {
  prefix = `test-${randomUUID()}:`
})
const keep = (at: number) => createJournal({ redis, prefix, keepDays: 400 })(record(at))
/** Enough records that whole nodes of the stream can be trimmed: Redis trims roughly. */
async function planted(daysAgo: number): Promise<void> {
  const at = Date.now() - daysAgo * dayMs
  for (let index = 0; index < 300; index++) await redis.xadd(`${prefix}audit`, `${at}-${index + 1}`, 'record', '{}')
}
const length = () => redis.xlen(`${prefix}audit`)

test('one record of a replica whose clock is 401 days ahead trims nothing', async () => {
  await planted(1)
  await keep(Date.now() + 401 * dayMs)
  expect(await length()).toBe(301)
  await redis.del(`${prefix}audit`)
})

test('records older than they are to be kept are trimmed, also by a replica whose clock is 401 days behind', async () => {
  await planted(401)
  await keep(Date.now() - 401 * dayMs)
  expect(await length()).toBeLessThan(110)
  await redis.del(`${prefix}audit`)
})

test('a record is kept also where nothing may be trimmed', async () => {
  const user = `journal-${randomUUID()}`
  await redis.call('acl', 'setuser', user, 'on', '>secret', '~*', '-@all', '+eval', '+xadd', '+select', '+info')
  const limited = new Redis(inject('redisUrl'), { username: user, password: 'secret' })
  await createJournal({ redis: limited, prefix, keepDays: 400 })(record(Date.now()))
  expect(await length()).toBe(1)
  limited.disconnect()
  await redis.call('acl', 'deluser', user)
  await redis.del(`${prefix}audit`)
})

test('a record lies in the stream as JSON, in a field that is called record', async () => {
  const kept = record(Date.now())
  await createJournal({ redis, prefix, keepDays: 400 })(kept)
  const [[, fields] = ['', []]] = await redis.xrange(`${prefix}audit`, '-', '+')
  expect(fields).toEqual(['record', JSON.stringify(kept)])
  await redis.del(`${prefix}audit`)
})

test('the log says that nothing may be trimmed, with the word of Redis and what helps', async () => {
  const user = `journal-${randomUUID()}`
  await redis.call('acl', 'setuser', user, 'on', '>secret', '~*', '+@all', '-xtrim')
  const url = new URL(inject('redisUrl'))
  Object.assign(url, { username: user, password: 'secret' })
  endings.push(() => redis.call('acl', 'deluser', user))
  await using house = await openHouse({
    redisUrl: url.href,
    settings: { PIM_SELF_SERVICE: 'on' },
    now: '2026-03-02T12:00:00Z',
  })
  await turnOnWithPasskey(await house.visitor('ben'))
  await expect
    .poll(() => eventsIn(house.logged, 'redis-refuses'))
    .toMatchObject([{ word: 'NOPERM', command: 'xtrim', remedy: expect.stringContaining('+xtrim') }])
})

test('the store of the demo keeps every record, too', async () => {
  const demo = new RedisMock() as unknown as OurRedis
  for (let index = 0; index < 3; index++)
    await createJournal({ redis: demo, prefix, keepDays: 400 })(record(Date.now()))
  expect(await (demo as unknown as Redis).xlen(`${prefix}audit`)).toBe(3)
})
