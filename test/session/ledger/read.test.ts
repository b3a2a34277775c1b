import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { ada, record, trailsInRedis } from './open-ledger.ts'

const { redis, openTrail } = trailsInRedis()

async function openWith(many: number) {
  const trail = openTrail()
  const ledger = trail.replica()
  for (let index = 0; index < many; index++) await ledger.append(record({ act: `act-${index}` }))
  return { ...trail, ledger }
}
const numbers = (kept: { seq: number }[]) => kept.map(({ seq }) => seq)

test('a record comes with its stored bytes, with the names put back, and with what proves them', async () => {
  const { ledger, stored } = await openWith(1)
  const [kept] = await ledger.read({}, { count: 10 })
  expect(kept?.bytes).toBe((await stored())[0])
  expect(kept?.record).toMatchObject({ seq: 0, event: 'activationRequested', actor: ada, reason: record().reason })
  const hash = createHash('sha256')
    .update(Buffer.from(kept?.salt ?? '', 'base64'))
    .update(kept?.personal ?? '')
  expect(hash.digest('base64')).toBe(JSON.parse(kept?.bytes ?? '').personal)
  expect(Buffer.from(kept?.salt ?? '', 'base64').length).toBeGreaterThanOrEqual(16)
})

test('where the personal part is gone, the record is as it was stored', async () => {
  const { ledger, keys } = await openWith(1)
  await redis.del(keys.personal)
  const [kept] = await ledger.read({}, { count: 10 })
  expect([kept?.personal, kept?.salt, kept?.record.actor]).toEqual([null, null, { objectId: ada.objectId }])
})

test('a personal part that somebody changed is shown to nobody as what the record said', async () => {
  const { ledger, keys } = await openWith(1)
  const text = (await redis.hget(keys.personal, '0')) ?? ''
  await redis.hset(keys.personal, '0', text.replace('Ada Lovelace', 'Eve Lovelace'))
  expect((await ledger.read({}, { count: 10 }))[0]?.record.actor).toEqual({ objectId: ada.objectId })
})

test.each<[string, Parameters<Awaited<ReturnType<typeof openWith>>['ledger']['read']>, number[]]>([
  ['all', [{}, { count: 10 }], [0, 1, 2, 3, 4]],
  ['the oldest first, so many', [{}, { count: 2 }], [0, 1]],
  ['the newest first, so many', [{}, { newestFirst: true, count: 2 }], [4, 3]],
  ['from a number on', [{ from: 3 }, { count: 10 }], [3, 4]],
  ['below a number', [{ to: 2 }, { count: 10 }], [0, 1]],
  [
    'from a number on and below another',
    [
      { from: 1, to: 4 },
      { newestFirst: true, count: 10 },
    ],
    [3, 2, 1],
  ],
  ['one', [{ from: 2, to: 3 }, { count: 1 }], [2]],
  ['none', [{ from: 2, to: 2 }, { count: 1 }], []],
  ['none that is not there yet', [{ from: 5 }, { count: 1 }], []],
])('reading takes %s', async (_what, [bounds, how], expected) => {
  const { ledger } = await openWith(5)
  expect(numbers(await ledger.read(bounds, how))).toEqual(expected)
})

test('the size is the number that the next record gets, also where the newest is gone or the number is', async () => {
  const { ledger, keys } = await openWith(3)
  expect(await ledger.size()).toBe(3)
  await redis.xdel(keys.records, '3-0')
  expect(await ledger.size()).toBe(3)
  await ledger.append(record())
  await redis.del(keys.head)
  expect(await ledger.size()).toBe(5)
})

test('a trail that has not begun has nothing', async () => {
  const ledger = openTrail().replica()
  expect([await ledger.size(), await ledger.read({}, { count: 1 }), await ledger.seqAt(new Date())]).toEqual([0, [], 0])
})

test('a record that somebody spoilt stands in nobody’s way', async () => {
  const { ledger, keys } = await openWith(1)
  await redis.xadd(keys.records, '2-0', 'record', '{"half')
  expect((await ledger.read({}, { count: 10 })).map(({ record: { event } }) => event)).toEqual([
    'activationRequested',
    'auditUnreadable',
  ])
})

test('the first record at or after an instant is found, whatever numbers are missing', async () => {
  const { ledger, keys } = openEmpty()
  const at = (minute: number) => `2026-03-02T12:${String(minute).padStart(2, '0')}:00.000Z`
  const there = [4, 5, 6, 9, 10, 11, 40]
  for (const seq of there)
    await redis.xadd(keys.records, `${seq + 1}-0`, 'record', JSON.stringify({ v: 1, seq, at: at(seq), event: 'x' }))
  for (let minute = 0; minute < 45; minute++) {
    const found = await ledger.seqAt(new Date(at(minute)))
    const expected = there.find(seq => seq >= minute) ?? 41
    expect([minute, there.find(seq => seq >= found) ?? 41]).toEqual([minute, expected])
  }
})
function openEmpty() {
  const trail = openTrail()
  return { ...trail, ledger: trail.replica() }
}
