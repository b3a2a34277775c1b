import { describe, expect, test } from 'vitest'
import { erasePerson } from '../../../infra/audit/erasing-a-person.ts'
import { leafHash } from '../../../src/audit/tree/hashes.ts'
import { isIncluded } from '../../../src/audit/tree/inclusion.ts'
import { ada, covered, expectProven, linesOf, record, trailsInRedis } from './open-ledger.ts'

const { redis, openTrail } = trailsInRedis()
type Trail = ReturnType<typeof openTrail>
type Replica = ReturnType<Trail['replica']>

const dayMs = 24 * 3_600_000
/** Records as they were written on some days, the last one now. */
async function planted(trail: Trail, daysAgo: readonly number[]) {
  const line = redis.pipeline()
  for (const [seq, days] of daysAgo.entries()) {
    const bytes = JSON.stringify({ v: 1, seq, at: new Date(Date.now() - days * dayMs).toISOString(), event: 'lapsed' })
    line.xadd(trail.keys.records, `${seq + 1}-0`, 'record', bytes)
    line.hset(trail.keys.personal, String(seq), 'a part')
  }
  await line.exec()
}
const numbersOf = async (trail: Trail) => (await trail.stored()).map(bytes => JSON.parse(bytes).seq)

describe('contents that were kept for long enough', () => {
  async function dropped(daysAgo: readonly number[]) {
    const trail = openTrail()
    const ledger = trail.replica({ keepDays: 400 })
    await planted(trail, daysAgo)
    await covered(ledger)
    await ledger.drop()
    await covered(ledger)
    return { trail, ledger }
  }

  test('are dropped, the personal parts too, and all others stay', async () => {
    const { trail } = await dropped([500, 401, 399, 0])
    expect((await numbersOf(trail)).slice(0, 2)).toEqual([2, 3])
    expect((await redis.hkeys(trail.keys.personal)).sort()).toEqual(['2', '3'])
  })

  test('are named in the trail', async () => {
    const { trail } = await dropped([500, 401, 399, 0])
    expect(JSON.parse((await trail.stored()).at(-1) ?? '')).toMatchObject({
      event: 'auditDropped',
      from: 0,
      to: 1,
      days: 400,
    })
  })

  test('leave everything that stays proven, and nothing to complain of', async () => {
    const { trail, ledger } = await dropped([...Array.from({ length: 600 }, () => 500), 3, 2, 1, 0])
    await expectProven(trail, ledger)
    expect(await redis.exists(trail.keys.tile(0, 0), trail.keys.tile(0, 1))).toBe(0)
    for (let looks = 0; looks < 45; looks++) await ledger.look()
    expect([ledger.state().isVerified, ledger.faults]).toEqual([true, []])
    await expectProven(trail, trail.replica())
    expect((await ledger.cut()).size).toBe(600)
  })

  test('are dropped once more when more is due', async () => {
    const { trail, ledger } = await dropped([500, 0])
    await plantedLater(trail, 3)
    await covered(ledger)
    await ledger.drop()
    expect(await numbersOf(trail)).not.toContain(0)
    await expectProven(trail, ledger)
  })

  test('never take the newest record with them', async () => {
    const { trail } = await dropped([900, 800])
    expect(await numbersOf(trail)).toEqual([0, 1])
  })

  test('are kept while no checkpoint covers them', async () => {
    const trail = openTrail()
    const ledger = trail.replica()
    await planted(trail, [500, 500, 0])
    await ledger.look()
    await ledger.drop()
    expect(await numbersOf(trail)).toEqual([0, 1, 2])
  })

  test('go in the end where a drop was broken off', async () => {
    const { trail, ledger } = await dropped([500, 401, 399, 0])
    await redis.xadd(trail.keys.records, '99-0', 'record', '{}')
    const kept = await redis.xrange(trail.keys.records, '-', '+')
    await redis.del(trail.keys.records)
    await redis.xadd(trail.keys.records, '1-0', 'record', '{"event":"x"}')
    await redis.hset(trail.keys.personal, '0', 'a part')
    for (const [id, fields] of kept.slice(0, -1)) await redis.xadd(trail.keys.records, id, ...fields)
    await ledger.drop()
    expect((await numbersOf(trail))[0]).toBe(2)
    expect(await redis.hexists(trail.keys.personal, '0')).toBe(0)
  })

  test('leave a tree that is found again when all but the cut is lost', async () => {
    const { trail, ledger } = await dropped([500, 401, 399, 0])
    const before = await covered(ledger)
    await redis.del(trail.keys.tree)
    const fresh = trail.replica()
    expect((await covered(fresh)).root).toEqual(before.root)
  })
})
async function plantedLater({ keys }: Trail, many: number) {
  const [last] = await redis.xrevrange(keys.records, '+', '-', 'COUNT', 1)
  const next = Number.parseInt(last?.[0] ?? '0', 10)
  for (let seq = next; seq < next + many; seq++) {
    const bytes = JSON.stringify({ v: 1, seq, at: new Date(Date.now() + 401 * dayMs).toISOString(), event: 'lapsed' })
    await redis.xadd(keys.records, `${seq + 1}-0`, 'record', bytes)
  }
}

describe('an erasure', () => {
  const ben = { objectId: '0b0e5bc2-7d2f-4b41-8f0e-1f4f3f6a2b10', name: 'Ben Okafor', username: 'ben@contoso.example' }
  async function openWithBen() {
    const trail = openTrail()
    const ledger = trail.replica()
    await ledger.append(record())
    await ledger.append(record({ actor: ben }))
    await ledger.append(record({ subject: ben, person: ben.name }))
    await ledger.append(record({ by: ben }))
    return { trail, ledger }
  }
  const everything = async ({ keys }: Trail) =>
    JSON.stringify([await redis.xrange(keys.records, '-', '+'), await redis.hgetall(keys.personal)])

  test('takes the names from all records about the person: who acted, whom it was about, who decided', async () => {
    const { trail, ledger } = await openWithBen()
    expect(await ledger.erase(ben.objectId)).toBe(3)
    expect(await everything(trail)).not.toMatch(/Ben|ben@/)
    const kept = await ledger.read({}, { count: 10 })
    expect(kept.map(({ personal }) => personal === null)).toEqual([false, true, true, true, true, true])
    expect(kept[0]?.record.actor).toEqual(ada)
  })

  test('leaves the tree whole', async () => {
    const { trail, ledger } = await openWithBen()
    const { size, root } = await covered(ledger)
    await ledger.erase(ben.objectId)
    const leaf = leafHash((await trail.stored())[1] ?? '')
    expect(isIncluded({ leaf, index: 1, size, proof: await ledger.proofOf(1, size) }, root)).toBe(true)
    for (let looks = 0; looks < 25; looks++) await ledger.look()
    expect(ledger.state().isVerified).toBe(true)
  })

  test('is recorded before and after, without a name', async () => {
    const { trail, ledger } = await openWithBen()
    await ledger.erase(ben.objectId)
    const [requested, completed] = (await trail.stored()).slice(-2).map(bytes => JSON.parse(bytes))
    expect(requested).toMatchObject({ event: 'erasureRequested', subject: { objectId: ben.objectId } })
    expect(completed).toMatchObject({ event: 'erasureCompleted', act: requested.act, records: 3 })
    expect(completed.subject).toEqual({ objectId: ben.objectId })
  })

  test('of what is not there does nothing and records nothing', async () => {
    const { trail, ledger } = await openWithBen()
    await ledger.erase(ben.objectId)
    expect([await ledger.erase(ben.objectId), (await trail.stored()).length]).toEqual([0, 6])
  })

  test('covers what a release before wrote and nobody has carried over yet', async () => {
    const { trail, ledger } = await openWithBen()
    await redis.xadd(trail.keys.former, '*', 'record', JSON.stringify({ at: 1, event: 'endingRequested', actor: ben }))
    expect(await ledger.erase(ben.objectId)).toBe(4)
    expect(await redis.xlen(trail.keys.former)).toBe(0)
  })

  test.each([
    ['an object id', ben.objectId.toUpperCase()],
    ['a user name', 'BEN@contoso.example'],
  ])('is asked for by %s, says what it did, and may be asked for again', async (_what, person) => {
    const { ledger } = await openWithBen()
    const trial = await erasePerson(ledger, person, { isTrial: true })
    expect(trial.lines.join()).toMatch(/Would erase .* in 3 records about .*0b0e5bc2/)
    const done = await erasePerson(ledger, person, { isTrial: false })
    expect(done.lines.join()).toMatch(/Erased in 3\./)
    const again = await erasePerson(ledger, person, { isTrial: false })
    expect([again.exitCode, again.lines.join()]).toEqual([0, expect.stringMatching(/no personal data|No record/)])
  })

  test('is refused where several people had the user name', async () => {
    const { ledger } = await openWithBen()
    await ledger.append(record({ actor: { ...ben, objectId: 'another' } }))
    const said = await erasePerson(ledger, ben.username, { isTrial: false })
    expect([said.exitCode, said.lines.slice(1)]).toEqual([1, [`  ${ben.objectId}`, '  another']])
    expect(await ledger.countOf(ben.objectId)).toBe(3)
  })
})

describe('the stream of the releases before', () => {
  const old = (at: number, more: object = {}) =>
    JSON.stringify({ at, event: 'activationCompleted', gate: 'members', act: `act-${at}`, actor: ada, ...more })
  async function openWithOld(...texts: string[]) {
    const trail = openTrail()
    for (const text of texts) await redis.xadd(trail.keys.former, '*', 'record', text)
    return trail
  }

  test('is carried over, each entry once and in order, with the instant that it had', async () => {
    const trail = await openWithOld(old(1_000), old(2_000, { reason: 'Refund 8841' }))
    const ledger = trail.replica()
    await covered(ledger)
    const kept = await ledger.read({}, { count: 10 })
    expect(kept.map(({ record: { act, recordedAt, reason } }) => [act, recordedAt, reason])).toEqual([
      ['act-1000', '1970-01-01T00:00:01.000Z', undefined],
      ['act-2000', '1970-01-01T00:00:02.000Z', 'Refund 8841'],
    ])
    expect(kept[0]?.record.actor).toEqual(ada)
    expect(kept[0]?.bytes).not.toContain('Lovelace')
    expect(await redis.xlen(trail.keys.former)).toBe(0)
  })

  test('goes on while a replica of such a release writes', async () => {
    const trail = await openWithOld(old(1_000))
    const ledger = trail.replica()
    await covered(ledger)
    await redis.xadd(trail.keys.former, '*', 'record', old(2_000))
    for (let looks = 0; looks < 6; looks++) await ledger.look()
    expect((await ledger.read({}, { count: 10 })).map(({ record: { act } }) => act)).toEqual(['act-1000', 'act-2000'])
  })

  test('is carried over once, also where Redis did not let it be taken out', async () => {
    const trail = await openWithOld(old(1_000), old(2_000))
    const client = redis.duplicate()
    client.xtrim = (() => Promise.reject(new Error('no'))) as never
    const broken = trail.replica({ over: client as never })
    for (let looks = 0; looks < 6; looks++) await broken.look().catch(() => {})
    expect(await redis.xlen(trail.keys.former)).toBe(2)
    const ledger = trail.replica()
    await covered(ledger)
    expect((await ledger.read({}, { count: 10 })).length).toBe(2)
    expect(await redis.xlen(trail.keys.former)).toBe(0)
  })

  test('is carried over once by three replicas that begin at once', async () => {
    const trail = await openWithOld(...Array.from({ length: 50 }, (_, index) => old(index)))
    const replicas = [trail.replica(), trail.replica(), trail.replica()]
    for (let looks = 0; looks < 3; looks++) await Promise.all(replicas.map(ledger => ledger.look()))
    await covered(replicas[0] as Replica)
    const acts = (await trail.stored()).map(bytes => JSON.parse(bytes).act)
    expect(acts).toEqual(Array.from({ length: 50 }, (_, index) => `act-${index}`))
  })

  test('keeps what cannot be read', async () => {
    const trail = await openWithOld('{"half', '[1]')
    const ledger = trail.replica()
    await covered(ledger)
    const kept = await ledger.read({}, { count: 10 })
    expect(kept.map(({ record: { event, comment } }) => [event, comment])).toEqual([
      ['auditUnreadable', '{"half'],
      ['auditUnreadable', '[1]'],
    ])
    expect(linesOf(ledger, 'audit').map(({ record }) => String(record).includes('half'))).toEqual([false, false])
  })
})
