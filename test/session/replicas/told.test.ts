import { expect, test } from 'vitest'
import { createNotes } from '../../../src/session/replicas/notes.ts'
import { createTold } from '../../../src/session/replicas/told.ts'
import { ownKeys } from '../own-keys.ts'

const { redis, prefix, seal } = ownKeys()
const told = () => createTold(createNotes({ redis, seal, prefix }))
/** The memory of two replicas over one Redis. */
const [one, other] = [told(), told()]
const hour = 3_600_000

/** Which of these ranks are told of an act, when one replica finds the first, the other the second, and so on. */
async function written(act: string, ranks: readonly number[]): Promise<number[]> {
  const told: number[] = []
  for (const [index, rank] of ranks.entries())
    await (index % 2 ? other : one)(act, rank, async () => void told.push(rank))
  return told
}
const failing = (rank: number, act: string) => one(act, rank, () => Promise.reject(new Error('no room')))

test.each<[what: string, ranks: number[], told: number[]]>([
  ['each step is told', [0, 1, 2, 3], [0, 1, 2, 3]],
  ['the same step is told once', [0, 1, 1, 3, 3], [0, 1, 3]],
  ['nothing is told after the end', [0, 3, 1, 2, 3], [0, 3]],
  ['what is asked for anew is told anew', [0, 3, 0, 3], [0, 3, 0, 3]],
])('%s, whichever replica finds it', async (what, ranks, told) => {
  expect(await written(what, ranks)).toEqual(told)
})

test('two requests that find the same at the same moment write it once', async () => {
  let count = 0
  const write = async () => {
    count += 1
  }
  await Promise.all([one('both', 3, write), other('both', 3, write), one('both', 3, write)])
  expect(count).toBe(1)
})

test('the request that finds something hears that it could not be written', async () => {
  await expect(failing(3, 'heard')).rejects.toThrow('no room')
})

test('a finding that could not be written is left to the request that finds it next', async () => {
  await one('lost', 1, async () => {})
  await failing(3, 'lost').catch(() => {})
  expect(await written('lost', [3])).toEqual([3])
})

test('what was told before is not told anew because something else could not be written', async () => {
  await one('kept', 1, async () => {})
  await failing(3, 'kept').catch(() => {})
  expect(await written('kept', [1])).toEqual([])
})

test('a first finding that could not be written leaves nothing', async () => {
  await failing(1, 'first').catch(() => {})
  expect(await redis.exists(`${prefix}note:told:first`)).toBe(0)
})

test('a finding that could not be written takes nothing back that another replica told meanwhile', async () => {
  const failed = one('overtaken', 1, async () => {
    await other('overtaken', 3, async () => {})
    throw new Error('no room')
  })
  await failed.catch(() => {})
  expect(await written('overtaken', [1, 2, 3])).toEqual([])
})

test('the request hears why its finding could not be written, also where Redis is away by then', async () => {
  let isAway = false
  const notes = createNotes({ redis, seal, prefix })
  const change: typeof notes.change = (...args) => (isAway ? Promise.reject(new Error('away')) : notes.change(...args))
  const failed = createTold({ ...notes, change })('away', 1, async () => {
    isAway = true
    throw new Error('no room')
  })
  await expect(failed).rejects.toThrow('no room')
})

test('what was told of an act is remembered for 27 hours', async () => {
  await one('remembered', 1, async () => {})
  expect(await redis.pttl(`${prefix}note:told:remembered`)).toBeGreaterThan(26.9 * hour)
})
