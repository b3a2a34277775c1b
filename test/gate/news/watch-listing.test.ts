import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createWatch } from '../../../src/gate/news/watch.ts'
import { createLog } from '../../../src/observability.ts'

const noon = Date.parse('2026-03-02T12:00:00Z')
const lookMs = 500

let now = noon
let posts = new Map<string, { at: number; text: string }>()
/** When the group was listed. */
let listed: number[] = []
const watch = () =>
  createWatch({
    config: { membership: { recheckMs: 60_000, graceMs: 0, roster: true, rosterMs: 15_000 } },
    clock: () => new Date(now),
    list: async () => {
      listed.push(now)
      return { assignments: [], members: [] }
    },
    board: {
      at: async name => posts.get(name)?.at ?? 0,
      read: async name => posts.get(name)?.text,
      post: async (name, { at, text }) => {
        posts.set(name, { at, text })
        return true
      },
    },
    leases: {
      hold: async (_name, _ms, work) => ({ held: true, value: await work() }),
      released: async () => {},
      pause: async () => {},
      isPaused: async () => false,
    },
    log: createLog({ level: 'silent' }),
  })
let watching: ReturnType<typeof watch>
beforeEach(async () => {
  vi.useFakeTimers()
  now = noon
  posts = new Map()
  listed = []
  watching = watch()
  watching.start()
  await vi.advanceTimersByTimeAsync(0)
})
afterEach(() => {
  watching.stop()
  vi.useRealTimers()
})

async function pass(ms: number): Promise<void> {
  now += ms
  await vi.advanceTimersByTimeAsync(ms)
}

test('the group is listed at once, and then once a period', async () => {
  for (let passed = 0; passed < 30_000; passed += lookMs) await pass(lookMs)
  expect(listed).toEqual([noon, noon + 15_000, noon + 30_000])
})

test('a change that is announced has the group listed at once', async () => {
  await pass(5 * lookMs)
  await watching.announce()
  await pass(0)
  expect(listed).toEqual([noon, noon + 5 * lookMs])
})

test('however often changes are announced, the group is listed once a second at most', async () => {
  for (let passed = 0; passed < 10_000; passed += 100) {
    await watching.announce()
    await pass(100)
  }
  const pauses = listed.slice(1).map((at, index) => at - (listed[index] ?? 0))
  expect(pauses.length).toBeGreaterThan(5)
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1_000)
})

test('a list of a replica whose clock is more than half a minute ahead is not taken', async () => {
  const theirs = { members: { ana: {} }, ended: {} }
  const post = (askedAt: number) => posts.set('roster', { at: askedAt, text: JSON.stringify({ ...theirs, askedAt }) })
  post(now + lookMs + 30_001)
  await pass(lookMs)
  expect([watching.roster()?.members, listed]).toEqual([{}, [noon]])
  post(now + lookMs + 30_000)
  await pass(lookMs)
  expect(watching.roster()?.members).toEqual({ ana: {} })
})
