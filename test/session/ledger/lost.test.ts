import { describe, expect, test } from 'vitest'
import { readCheckpoint } from '../../../src/audit/notes/checkpoint.ts'
import { consistencyProof, isConsistent } from '../../../src/audit/tree/consistency.ts'
import { headIn } from '../../../src/session/ledger/head.ts'
import { createTiles } from '../../../src/session/ledger/tiles.ts'
import { covered, expectProven, linesOf, newSigningKey, record, trailsInRedis } from './open-ledger.ts'

const { redis, openTrail } = trailsInRedis()
type Trail = ReturnType<typeof openTrail>
type Replica = ReturnType<Trail['replica']>
const key = newSigningKey()

async function openWith(many: number, replicas = 1) {
  const trail = openTrail()
  const [ledger, ...others] = Array.from({ length: replicas }, () => trail.replica({ keys: [key] })) as [
    Replica,
    ...Replica[],
  ]
  for (let index = 0; index < many; index++) await ledger.append(record({ act: `act-${index}` }))
  const before = await covered(ledger)
  for (const other of others) await other.look()
  return { trail, ledger, others, before }
}

/** All keys of a trail as they are now, for a fail-over that knows nothing of what comes after. */
async function snapshot({ prefix }: Trail) {
  const keys = await redis.keys(`${prefix}*`)
  const dumps = await Promise.all(keys.map(name => redis.dumpBuffer(name)))
  return async () => {
    const now = await redis.keys(`${prefix}*`)
    if (now.length > 0) await redis.del(...now)
    for (const [index, name] of keys.entries()) await redis.restore(name, 0, dumps[index] as Buffer)
  }
}

/** Whether each checkpoint that was ever signed is the beginning of the tree that is there now. */
async function expectExtended(trail: Trail, ledger: Replica, witnesses: Replica[] = [ledger]) {
  const now = await covered(ledger)
  const head = headIn(await redis.get(trail.keys.tree))
  if (!head) throw new Error('no head')
  const subtree = createTiles({ redis: redis as never, keys: trail.keys }).subtreesOf(head.folded)
  for (const { note } of witnesses.flatMap(each => linesOf(each, 'audit-checkpoint'))) {
    const text = String(note)
    const from = readCheckpoint(text.slice(0, text.indexOf('\n\n') + 1))
    if (!from) throw new Error('no checkpoint')
    const proof = await consistencyProof({ from: from.size, to: now.size }, subtree)
    expect([from.size, isConsistent({ from, to: now, proof })]).toEqual([from.size, true])
  }
}
const eventsIn = async (trail: Trail) =>
  (await trail.stored()).map(bytes => JSON.parse(bytes)).map(({ seq, event, from, to }) => ({ seq, event, from, to }))
const gapsIn = async (trail: Trail) => (await eventsIn(trail)).filter(({ event }) => event === 'auditShortened')

describe('a fail-over that lost acknowledged records', () => {
  async function failOver({ lost = 4 } = {}) {
    const opened = await openWith(5)
    const back = await snapshot(opened.trail)
    for (let index = 0; index < lost; index++) await opened.ledger.append(record({ act: `lost-${index}` }))
    await covered(opened.ledger)
    await back()
    return opened
  }

  test('is found by the next look, said in the log, counted, and stated in the trail', async () => {
    const { trail, ledger } = await failOver()
    await ledger.look()
    expect(linesOf(ledger, 'audit-shortened')).toMatchObject([{ level: 50, from: 5, to: 8 }])
    expect(ledger.faults).toContain('shortened')
    expect(await gapsIn(trail)).toEqual([{ seq: expect.any(Number), event: 'auditShortened', from: 5, to: 8 }])
  })

  test('gives no number twice, also where a record comes before the next look', async () => {
    const { trail, ledger } = await failOver()
    await ledger.append(record({ act: 'next' }))
    expect((await eventsIn(trail)).slice(5)).toMatchObject([
      { seq: 9, event: 'auditShortened', from: 5, to: 8 },
      { seq: 10, event: 'activationRequested' },
    ])
    expect(await gapsIn(trail)).toHaveLength(1)
  })

  test('leaves the tree an extension of every checkpoint that was signed', async () => {
    const { trail, ledger } = await failOver()
    await ledger.append(record())
    await expectExtended(trail, ledger)
    await expectProven(trail, ledger)
  })

  test('over the end of a tile leaves it so, too', async () => {
    const { trail, ledger } = await failOver({ lost: 260 })
    await ledger.append(record())
    await expectExtended(trail, ledger)
    await expectProven(trail, ledger)
  })

  test('of records that no checkpoint covered yet is found by who wrote them', async () => {
    const { trail, ledger } = await openWith(3)
    const back = await snapshot(trail)
    for (let index = 0; index < 2; index++) await ledger.append(record())
    await back()
    await ledger.look()
    expect(await gapsIn(trail)).toMatchObject([{ seq: 5, from: 3, to: 4 }])
    await expectExtended(trail, ledger)
    await expectProven(trail, ledger)
  })

  test('is found by a replica that did not write anything', async () => {
    const { trail, ledger, others } = await openWith(3, 2)
    const back = await snapshot(trail)
    await ledger.append(record())
    await covered(ledger)
    const other = others[0] as Replica
    await other.look()
    await back()
    await other.look()
    expect(linesOf(other, 'audit-shortened')).toHaveLength(1)
    await expectExtended(trail, other, [ledger, other])
  })

  test('is put right also where a replica that knew less was first', async () => {
    const { trail, ledger, others } = await openWith(3, 2)
    const back = await snapshot(trail)
    for (let index = 0; index < 3; index++) await ledger.append(record())
    await covered(ledger)
    await back()
    const late = others[0] as Replica
    await late.append(record({ act: 'late' }))
    await late.look()
    await ledger.look()
    await late.look()
    await ledger.look()
    await expectExtended(trail, ledger, [ledger])
    expect(linesOf(ledger, 'audit-shortened').length + linesOf(ledger, 'audit-restored').length).toBeGreaterThan(0)
    const settled = await redis.get(trail.keys.tree)
    for (let looks = 0; looks < 3; looks++) for (const each of [late, ledger]) await each.look()
    const era = (text: string | null) => headIn(text)?.era
    expect(era(await redis.get(trail.keys.tree))).toBe(era(settled))
  })
})

describe('by hand', () => {
  const cases: [what: string, spoil: (trail: Trail) => Promise<unknown>, gap: object | undefined][] = [
    ['the number is lost', ({ keys }) => redis.del(keys.head), undefined],
    ['the tree is lost', ({ keys }) => redis.del(keys.tree), undefined],
    ['the tree is spoilt', ({ keys }) => redis.set(keys.tree, 'x'.repeat(99)), undefined],
    ['the stream is lost', ({ keys }) => redis.del(keys.records), { from: 0, to: 4 }],
    ['stream and number are lost', ({ keys }) => redis.del(keys.records, keys.head), { from: 0, to: 4 }],
    [
      'everything is lost',
      ({ keys }) => redis.del(keys.records, keys.head, keys.tree, keys.personal),
      { from: 0, to: 4 },
    ],
    ['the newest records are cut off', ({ keys }) => redis.xdel(keys.records, '4-0', '5-0'), { from: 3, to: 4 }],
    [
      'they are cut off and the number is set back',
      async ({ keys }) => {
        await redis.xdel(keys.records, '4-0', '5-0')
        await redis.set(keys.head, '3')
      },
      { from: 3, to: 4 },
    ],
  ]
  test.each(cases)('%s: the tree goes on, and what is missing is stated', async (_what, spoil, gap) => {
    const { trail, ledger } = await openWith(5)
    await spoil(trail)
    await ledger.append(record({ act: 'next' }))
    await expectExtended(trail, ledger)
    await expectProven(trail, ledger)
    expect(await gapsIn(trail)).toEqual(gap ? [expect.objectContaining(gap)] : [])
    expect((await eventsIn(trail)).filter(({ seq }) => seq >= 5).map(({ seq }) => seq)[0]).toBe(5)
  })

  test('a cut with the number set back is stated by a replica that remembers nothing, too: the stream knows', async () => {
    const { trail } = await openWith(5)
    await redis.xdel(trail.keys.records, '4-0', '5-0')
    await redis.set(trail.keys.head, '3')
    await trail.replica().append(record())
    expect(await gapsIn(trail)).toMatchObject([{ seq: 5, from: 3, to: 4 }])
  })

  test('a record that is taken out before it was folded leaves its place, and is stated', async () => {
    const { trail, ledger } = await openWith(2)
    for (let index = 0; index < 3; index++) await trail.replica().append(record())
    await redis.xdel(trail.keys.records, '4-0')
    await covered(ledger)
    expect(await gapsIn(trail)).toMatchObject([{ from: 3, to: 3 }])
    await expectProven(trail, ledger)
  })

  test('a record that is edited is found, and named by its number, once', async () => {
    const { trail, ledger } = await openWith(5)
    await edit(trail, 4, bytes => bytes.replace('"minutes":60', '"minutes":61'))
    await ledger.append(record())
    await covered(ledger)
    for (let looks = 0; looks < 25; looks++) await ledger.look()
    expect(linesOf(ledger, 'audit-not-verified')).toMatchObject([{ level: 50, seq: 4, why: 'edited' }])
    expect([ledger.faults, ledger.state().isVerified]).toEqual([['differs'], false])
  })

  test('an old record that is edited is found by the patrol', async () => {
    const { trail, ledger } = await openWith(1)
    for (let index = 0; index < 300; index++) await ledger.append(record())
    await covered(ledger)
    await edit(trail, 0, bytes => bytes.replace('act-0', 'act-9'))
    for (let looks = 0; looks < 25; looks++) await ledger.look()
    expect(linesOf(ledger, 'audit-not-verified')).toMatchObject([{ seq: 0, why: 'edited' }])
  })

  test('a record that is taken out of the middle is found', async () => {
    const { trail, ledger } = await openWith(5)
    await redis.xdel(trail.keys.records, '2-0')
    for (let looks = 0; looks < 25; looks++) await ledger.look()
    expect(linesOf(ledger, 'audit-not-verified')).toMatchObject([{ seq: 1, why: 'missing' }])
  })

  test('a record that is edited within the second before it is folded is found by who wrote it', async () => {
    const { trail, ledger } = await openWith(2)
    await ledger.append(record())
    await edit(trail, 2, bytes => bytes.replace('"minutes":60', '"minutes":61'))
    await trail.replica().look()
    await ledger.look()
    expect(linesOf(ledger, 'audit-not-verified')).toMatchObject([{ seq: 2, why: 'edited' }])
  })

  test('a trail that is rewritten whole, with hashes that fit, is put back to what was signed', async () => {
    const { trail, ledger } = await openWith(5)
    const stored = (await trail.stored()).map(bytes => bytes.replace('Requested', 'Completed'))
    await redis.del(trail.keys.records, trail.keys.head, trail.keys.tree)
    for (const [seq, bytes] of stored.entries()) await redis.xadd(trail.keys.records, `${seq + 1}-0`, 'record', bytes)
    await covered(trail.replica({ keys: [key] }))
    await ledger.look()
    expect(linesOf(ledger, 'audit-restored')).toMatchObject([{ level: 50, why: 'differs', size: 5 }])
    await expectExtended(trail, ledger)
    for (let looks = 0; looks < 25; looks++) await ledger.look()
    expect(linesOf(ledger, 'audit-not-verified')).toMatchObject([{ seq: 0, why: 'edited', more: 4 }])
  })
})

test('all is verified while nothing happens', async () => {
  const { ledger } = await openWith(3)
  for (let looks = 0; looks < 25; looks++) await ledger.look()
  expect([ledger.state().isVerified, ledger.faults]).toEqual([true, []])
  expect(ledger.state()).toMatchObject({ size: 3, uncoveredSeconds: 0 })
})

async function edit({ keys }: Trail, seq: number, change: (bytes: string) => string) {
  const all = await redis.xrange(keys.records, '-', '+')
  await redis.del(keys.records)
  for (const [id, [, bytes = '']] of all)
    await redis.xadd(keys.records, id, 'record', id === `${seq + 1}-0` ? change(bytes) : bytes)
}
