import RedisMock from 'ioredis-mock'
import { expect, test } from 'vitest'
import { leafHash } from '../../../src/audit/tree/hashes.ts'
import { isIncluded } from '../../../src/audit/tree/inclusion.ts'
import type { Redis as OurRedis } from '../../../src/session/redis/redis.ts'
import { ada, covered, record, trailsInRedis } from './open-ledger.ts'

const { redis, openTrail } = trailsInRedis()

test('a record is stored as one line of JSON with its number and the time of Redis', async () => {
  const trail = openTrail()
  const before = await timeOfRedis()
  await trail.replica().append(record())
  const [bytes = ''] = await trail.stored()
  expect(bytes).toMatch(/^\{"v":1,"seq":0,"at":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z","event":"activationRequested",/)
  expect(JSON.parse(bytes).at >= before && JSON.parse(bytes).at <= (await timeOfRedis())).toBe(true)
})

test('the number of a record is in its id, so that it is found by it', async () => {
  const trail = openTrail()
  const ledger = trail.replica()
  for (let index = 0; index < 3; index++) await ledger.append(record())
  expect((await redis.xrange(trail.keys.records, '-', '+')).map(([id]) => id)).toEqual(['1-0', '2-0', '3-0'])
})

test('names, addresses and what people typed are no part of what is hashed; a salted hash stands for them', async () => {
  const trail = openTrail()
  const other = { objectId: 'oid-ben', name: 'Ben Okafor', username: 'ben@contoso.example' }
  const facts = {
    address: '192.0.2.7',
    browser: 'Firefox',
    comment: 'a comment',
    ticket: 'INC-7 for Lee',
    person: other.name,
    by: other,
  }
  await trail.replica().append(record({ ...facts, subject: other }))
  const [bytes = ''] = await trail.stored()
  for (const text of ['Ada', 'ada@', 'Ben', 'ben@', 'Refund', '192.0', 'Firefox', 'comment', 'INC-7'])
    expect(bytes).not.toContain(text)
  expect(JSON.parse(bytes)).toMatchObject({
    actor: { objectId: 'oid-ada' },
    subject: { objectId: 'oid-ben' },
    by: { objectId: 'oid-ben' },
    minutes: 60,
    personal: expect.stringMatching(/^[\w+/]{43}=$/),
  })
})

test('equal names have different hashes, so nobody finds out who by trying names', async () => {
  const trail = openTrail()
  const ledger = trail.replica()
  await Promise.all([ledger.append(record()), ledger.append(record())])
  const [first, second] = (await trail.stored()).map(bytes => JSON.parse(bytes).personal)
  expect(first).not.toBe(second)
})

test('a record without names has no personal part', async () => {
  const trail = openTrail()
  await trail.replica().append({ event: 'lapsed', subject: { objectId: 'oid-ada' } })
  expect(JSON.parse((await trail.stored())[0] ?? '')).not.toHaveProperty('personal')
  expect(await redis.exists(trail.keys.personal)).toBe(0)
})

test('a writer cannot choose number, time, version or hash', async () => {
  const trail = openTrail()
  await trail.replica().append(record({ v: 9, seq: 7, at: 'then', personal: 'x' }))
  const [bytes = ''] = await trail.stored()
  expect(bytes.match(/"(v|seq|at|personal)":/g)).toEqual(['"v":', '"seq":', '"at":', '"personal":'])
  expect(JSON.parse(bytes)).toMatchObject({ v: 1, seq: 0 })
})

test.each([
  ['1970-01-01T00:00:00.000Z'],
  ['2000-02-29T23:59:59.999Z'],
  ['2026-03-01T00:00:00.001Z'],
  ['2026-12-31T12:34:56.789Z'],
  ['2100-02-28T23:00:00.000Z'],
  ['2100-03-01T00:00:00.000Z'],
])('the time of Redis is written as the calendar has it: %s', async instant => {
  const trail = openTrail()
  const ms = Date.parse(instant)
  const time = `{'${Math.floor(ms / 1000)}', '${(ms % 1000) * 1000 + 999}'}`
  const dated = new Proxy(redis, {
    get: (client, name) =>
      name === 'eval'
        ? (script: string, ...rest: string[]) =>
            client.eval(script.replace("redis.call('time')", time), 3, ...rest.slice(1))
        : Reflect.get(client, name),
  }) as unknown as OurRedis
  await trail.replica({ over: dated }).append(record())
  expect(JSON.parse((await trail.stored())[0] ?? '').at).toBe(instant)
})

test('three replicas that append at once make one sequence without gaps, and each record is there once', async () => {
  const trail = openTrail()
  const replicas = [trail.replica(), trail.replica(), trail.replica()]
  const each = Array.from({ length: 3_333 }, (_, index) => index)
  await Promise.all(
    replicas.map(async (ledger, who) => {
      for (let at = 0; at < each.length; at += 100)
        await Promise.all(each.slice(at, at + 100).map(index => ledger.append(record({ act: `${who}-${index}` }))))
    }),
  )
  const stored = (await trail.stored()).map(bytes => JSON.parse(bytes))
  expect(stored.map(({ seq }) => seq)).toEqual(Array.from({ length: 9_999 }, (_, seq) => seq))
  expect(new Set(stored.map(({ act }) => act)).size).toBe(9_999)
})

test('a record costs one call of Redis', async () => {
  const trail = openTrail()
  const sent: string[] = []
  const counting = new Proxy(redis, {
    get(client, name) {
      const found = Reflect.get(client, name)
      return typeof found === 'function'
        ? (...args: unknown[]) => {
            sent.push(String(name))
            return found.apply(client, args)
          }
        : found
    },
  }) as unknown as OurRedis
  await trail.replica({ over: counting }).append(record())
  expect(sent).toEqual(['eval'])
})

test('all keys of a trail have one hash tag, so a cluster keeps them on one node', () => {
  const { former: _former, tile, ...keys } = openTrail().keys
  // Source: https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags
  expect(new Set([...Object.values(keys), tile(0, 1)].map(key => /\{(.+?)\}/.exec(key)?.[1]))).toEqual(
    new Set(['trail:app']),
  )
})

test('two installations on one Redis, with one prefix, have a trail each', async () => {
  const one = openTrail({ mark: 'one' })
  const second = openTrail({ mark: 'two', prefix: one.prefix })
  await one.replica().append(record())
  await one.replica().append(record())
  await second.replica().append(record())
  expect([(await one.stored()).length, (await second.stored()).length]).toEqual([2, 1])
})

test('each record is a line of the log, byte for byte and without names, whatever LOG_LEVEL says', async () => {
  const trail = openTrail()
  const ledger = trail.replica({ level: 'silent' })
  await ledger.append(record())
  expect(ledger.logged).toEqual([
    { level: 30, time: expect.any(String), event: 'audit', record: (await trail.stored())[0] },
  ])
})

test('a record that Redis does not confirm is refused to its writer, and is no line of the log', async () => {
  const trail = openTrail()
  await redis.set(trail.keys.records, 'no stream')
  const ledger = trail.replica()
  await expect(ledger.append(record())).rejects.toThrow('redis-away')
  expect(ledger.logged).toEqual([])
})

test('where the stream takes nothing, no name is left beside it', async () => {
  const trail = openTrail()
  await redis.set(trail.keys.records, 'no stream')
  await expect(trail.replica().append(record())).rejects.toThrow()
  expect(await redis.exists(trail.keys.personal)).toBe(0)
})

test('the store of the demo keeps records, and proves them, too', async () => {
  const demo = new RedisMock() as unknown as OurRedis
  const trail = openTrail()
  const ledger = trail.replica({ over: demo })
  for (let index = 0; index < 3; index++) await ledger.append(record({ act: `act-${index}` }))
  const kept = await ledger.read({}, { count: 10 })
  expect(kept.map(({ seq, record: { act, reason } }) => [seq, act, reason])).toEqual(
    [0, 1, 2].map(seq => [seq, `act-${seq}`, 'Refund 8841 for a customer']),
  )
  expect(kept[0]?.record.actor).toEqual(ada)
  const { size, root } = await covered(ledger)
  const inclusion = { leaf: leafHash(kept[1]?.bytes ?? ''), index: 1, size, proof: await ledger.proofOf(1, size) }
  expect([size, isIncluded(inclusion, root), ledger.faults]).toEqual([3, true, []])
  expect([await ledger.erase(ada.objectId), (await ledger.read({}, { count: 1 }))[0]?.personal]).toEqual([3, null])
})

async function timeOfRedis(): Promise<string> {
  const [seconds, micros] = await redis.time()
  return new Date(Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)).toISOString()
}
