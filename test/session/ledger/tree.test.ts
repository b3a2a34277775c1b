import { expect, test } from 'vitest'
import { readCheckpoint } from '../../../src/audit/notes/checkpoint.ts'
import { readVkey } from '../../../src/audit/notes/note-key.ts'
import { judgeNote, readNote } from '../../../src/audit/notes/signed-note.ts'
import { appended, emptyRange, rootOf } from '../../../src/audit/tree/compact-range.ts'
import { leafHash } from '../../../src/audit/tree/hashes.ts'
import { isIncluded } from '../../../src/audit/tree/inclusion.ts'
import { covered, linesOf, newSigningKey, origin, record, trailsInRedis } from './open-ledger.ts'

const { redis, openTrail } = trailsInRedis()
type Trail = ReturnType<typeof openTrail>
type Replica = ReturnType<Trail['replica']>

/** Fills a trail quickly, as many replicas would over a long time. */
async function filled(trail: Trail, many: number, from = 0) {
  const line = redis.pipeline()
  for (let seq = from; seq < from + many; seq++) {
    const bytes = JSON.stringify({
      v: 1,
      seq,
      at: new Date(Date.now()).toISOString(),
      event: 'lapsed',
      note: `n-${seq}`,
    })
    line.xadd(trail.keys.records, `${seq + 1}-0`, 'record', bytes)
  }
  line.set(trail.keys.head, from + many)
  await line.exec()
}
/** The root of the tree over what is stored, made the plain way. */
const rootOfStored = async (trail: Trail) =>
  rootOf((await trail.stored()).reduce((range, bytes) => appended(range, leafHash(bytes)), emptyRange))
test('the checkpoint is that of the tree over the stored bytes', async () => {
  const trail = openTrail()
  const ledger = trail.replica()
  for (let index = 0; index < 7; index++) await ledger.append(record())
  const { size, root } = await covered(ledger)
  expect([size, root]).toEqual([7, await rootOfStored(trail)])
})

test.each([1, 255, 256, 257, 700])('any record among %d is proven by stored hashes', async many => {
  const trail = openTrail()
  const ledger = trail.replica()
  await filled(trail, many)
  const { size, root } = await covered(ledger)
  const stored = await trail.stored()
  for (const seq of new Set([0, 1, Math.floor(many / 2), 255, 256, many - 1].filter(each => each < many))) {
    const inclusion = { leaf: leafHash(stored[seq] ?? ''), index: seq, size, proof: await ledger.proofOf(seq, size) }
    expect([seq, isIncluded(inclusion, root)]).toEqual([seq, true])
  }
  await expect(ledger.proofOf(many, size)).rejects.toThrow()
})

test('a record in a tree of 66,000 is proven, and few hashes are read for it', async () => {
  const trail = openTrail()
  const ledger = trail.replica()
  await filled(trail, 66_000)
  const checkpoint = await covered(ledger)
  const fresh = trail.replica()
  const proof = await fresh.proofOf(70, checkpoint.size)
  const [kept] = await fresh.read({ from: 70 }, { count: 1 })
  const inclusion = { leaf: leafHash(kept?.bytes ?? ''), index: 70, size: checkpoint.size, proof }
  expect(isIncluded(inclusion, checkpoint.root)).toBe(true)
  await redis.del(trail.keys.records, trail.keys.head)
})

test('a new record is proven to an earlier checkpoint’s size, too, while the tree grows', async () => {
  const trail = openTrail()
  const ledger = trail.replica()
  await filled(trail, 300)
  const { root } = await covered(ledger)
  await filled(trail, 300, 300)
  await covered(ledger)
  const leaf = leafHash((await trail.stored())[10] ?? '')
  expect(isIncluded({ leaf, index: 10, size: 300, proof: await ledger.proofOf(10, 300) }, root)).toBe(true)
})

test('with a key the checkpoint is a signed note under the name of the trail, and a line of the log', async () => {
  const trail = openTrail()
  const ledger = trail.replica({ keys: [newSigningKey()] })
  await ledger.append(record())
  const { note = '', vkeys, size, root } = await covered(ledger)
  const judged = judgeNote(readNote(note) as never, vkeys.map(readVkey) as never)
  expect(judged.verdict).toBe('signed')
  expect(readCheckpoint(note.slice(0, note.indexOf('\n\n') + 1))).toEqual({ origin, size, root })
  expect(linesOf(ledger, 'audit-checkpoint').at(-1)).toMatchObject({ level: 30, note })
})

test('without a key there is a checkpoint that nobody signed, and the start says so once', async () => {
  const trail = openTrail()
  const ledger = trail.replica()
  await ledger.append(record())
  expect(await covered(ledger)).toMatchObject({ size: 1, note: undefined, vkeys: [] })
  ledger.start()
  ledger.stop()
  expect(linesOf(ledger, 'audit-unsigned')).toHaveLength(1)
  expect(linesOf(ledger, 'audit-checkpoint')).toEqual([])
})

test('while the key changes both sign, the first one first; a new key signs anew without a new record', async () => {
  const trail = openTrail()
  const [old, next] = [newSigningKey(), newSigningKey()]
  const ledger = trail.replica({ keys: [old] })
  await ledger.append(record())
  const before = await covered(ledger)
  ledger.renewSigningKeys([next, old])
  await ledger.look()
  const both = await ledger.checkpoint()
  expect([both.size, both.vkeys.length, both.vkeys[1]]).toEqual([1, 2, before.vkeys[0]])
  expect(both.note?.match(/^— /gm)).toHaveLength(2)
  for (const vkey of both.vkeys)
    expect(judgeNote(readNote(both.note ?? '') as never, [readVkey(vkey)] as never).verdict).toBe('signed')
  ledger.renewSigningKeys([next])
  await ledger.look()
  expect((await ledger.checkpoint()).vkeys).toEqual([both.vkeys[0]])
})

test('a replica that starts with a key signs what another left unsigned', async () => {
  const trail = openTrail()
  const without = trail.replica()
  await without.append(record())
  await covered(without)
  const ledger = trail.replica({ keys: [newSigningKey()] })
  ledger.start()
  await expect.poll(async () => (await ledger.checkpoint()).note).toBeDefined()
  ledger.stop()
})

test('what nobody saw a second ago is folded, and not signed yet', async () => {
  const trail = openTrail()
  const ledger = trail.replica({ keys: [newSigningKey()] })
  await ledger.append(record())
  await ledger.look()
  expect((await ledger.checkpoint()).size).toBe(0)
  await ledger.look()
  expect((await ledger.checkpoint()).size).toBe(1)
})

test('three replicas that append and look at once make one tree, and no checkpoint contradicts another', async () => {
  const trail = openTrail()
  const key = newSigningKey()
  const replicas = Array.from({ length: 3 }, () => trail.replica({ keys: [key] }))
  const appending = (ledger: Replica) => Array.from({ length: 100 }, () => ledger.append(record()))
  for (let round = 0; round < 7; round++)
    await Promise.all(replicas.flatMap(ledger => [...appending(ledger), ledger.look()]))
  const { size, root } = await covered(replicas[0] as Replica)
  expect([size, root]).toEqual([2_100, await rootOfStored(trail)])
  const leaves = (await trail.stored()).map(leafHash)
  const notes = replicas.flatMap(ledger => linesOf(ledger, 'audit-checkpoint').map(({ note }) => String(note)))
  expect(notes.length).toBeGreaterThan(1)
  for (const note of notes) {
    const checkpoint = readCheckpoint(note.slice(0, note.indexOf('\n\n') + 1))
    const range = leaves.slice(0, checkpoint?.size).reduce((before, leaf) => appended(before, leaf), emptyRange)
    expect(checkpoint?.root).toEqual(rootOf(range))
  }
  expect(replicas.flatMap(({ faults }) => faults)).toEqual([])
})

test('a replica whose work another has overtaken writes nothing over it', async () => {
  const trail = openTrail()
  const [one, other] = [trail.replica(), trail.replica()]
  await one.append(record())
  await Promise.all([covered(one), covered(other)])
  const before = await redis.get(trail.keys.tree)
  await Promise.all([one.look(), other.look()])
  expect(await redis.get(trail.keys.tree)).toBe(before)
})

test('the trail is begun once, and the log says so: a second time, all before was lost', async () => {
  const trail = openTrail()
  const [one, other] = [trail.replica(), trail.replica()]
  await one.append(record())
  await covered(one)
  await covered(other)
  expect([...linesOf(one, 'audit-begun'), ...linesOf(other, 'audit-begun')]).toHaveLength(1)
})

test('the end of the process folds and signs what there is', async () => {
  const trail = openTrail()
  const ledger = trail.replica({ keys: [newSigningKey()] })
  ledger.start()
  await ledger.append(record())
  ledger.stop()
  await ledger.finish()
  expect((await ledger.checkpoint()).size).toBe(1)
})

test('where nothing was recorded nothing is written', async () => {
  const trail = openTrail()
  const ledger = trail.replica({ keys: [newSigningKey()] })
  ledger.start()
  await ledger.look()
  await ledger.finish()
  expect(await redis.keys(`${trail.prefix}*`)).toEqual([])
})
