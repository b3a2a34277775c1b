import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createWatch } from '../../../src/gate/news/watch.ts'
import { createLog } from '../../../src/observability.ts'

const noon = Date.parse('2026-03-02T12:00:00Z')
const hourMs = 3_600_000
const lookMs = 500

let now = noon
let posted = 0
const watch = () =>
  createWatch({
    config: { membership: { recheckMs: 60_000, graceMs: 0, roster: false, rosterMs: 15_000 } },
    clock: () => new Date(now),
    list: () => Promise.reject(new Error('not asked')),
    board: {
      at: async () => posted,
      read: async () => undefined,
      post: async (_name, { at }) => {
        posted = at
        return true
      },
    },
    leases: {
      hold: async () => ({ held: false }),
      released: async () => {},
      pause: async () => {},
      isPaused: async () => false,
    },
    log: createLog({ level: 'silent' }),
  })
let watching: ReturnType<typeof watch>
beforeEach(() => {
  vi.useFakeTimers()
  now = noon
  posted = 0
  watching = watch()
  watching.start()
})
afterEach(() => {
  watching.stop()
  vi.useRealTimers()
})

/** The next looks at the board, with the time going on. */
async function look(times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    now += lookMs
    await vi.advanceTimersByTimeAsync(lookMs)
  }
}

test('what was proven before an announcement is stale, what is proven after it counts', async () => {
  posted = noon - 1_000
  await look(3)
  expect(watching.staleBefore()).toBe(noon - 1_000)
})

test('an announcement of a clock that is a little ahead counts as it is: proofs may be of the same clock', async () => {
  posted = noon + 10_000
  await look(3)
  expect(watching.staleBefore()).toBe(noon + 10_000)
})

test('an announcement from the future counts once, from the moment that it is heard', async () => {
  posted = noon + hourMs
  await look(3)
  expect(watching.staleBefore()).toBe(noon + lookMs)
})

test('and a second one counts too', async () => {
  posted = noon + hourMs
  await look(3)
  posted = noon + 2 * hourMs
  await look(3)
  expect(watching.staleBefore()).toBe(noon + 4 * lookMs)
})

test('one that this replica made while its own clock was ahead counts from the moment that it is right again', async () => {
  now += hourMs
  await watching.announce()
  now -= hourMs
  await look(3)
  expect(watching.staleBefore()).toBe(noon + lookMs)
})
