import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Subscriptions } from '../../../src/entra/graph/subscriptions.ts'
import { createSubscription } from '../../../src/gate/news/subscription.ts'
import type { Board } from '../../../src/session/replicas/board.ts'
import type { Leases } from '../../../src/session/replicas/lease.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** A replica whose Graph refuses, with pauses that Redis ends `lateMs` later than this process counts. */
function replica({ lateMs = 0, pausedForMs = 0 } = {}) {
  let passedMs = 0
  let endsAt = pausedForMs
  const asked: number[] = []
  const left = () => Math.max(0, endsAt - passedMs)
  const leases = {
    isPaused: async () => left() > 0,
    pause: async (_name: string, ms: number) => {
      endsAt = passedMs + ms + lateMs
    },
    hold: async (_name: string, _lifeMs: number, work: () => Promise<unknown>) => ({ held: true, value: await work() }),
  } as unknown as Leases
  const subscription = createSubscription({
    clock: () => new Date('2026-03-02T12:00:00Z'),
    subscriptions: {
      notificationUrl: 'https://app.example/hooks/graph',
      create: async () => {
        asked.push(passedMs)
        throw new Error('Graph is down.')
      },
    } as unknown as Subscriptions,
    clientState: () => 'a secret',
    announce: async () => {},
    board: { at: async () => 0 } as unknown as Board,
    leases,
    log: { info: () => {}, warn: () => {} } as never,
  })
  return {
    subscription,
    asked,
    async pass(ms: number) {
      for (const end = passedMs + ms; passedMs < end; passedMs += 100) await vi.advanceTimersByTimeAsync(100)
    },
  }
}

test('a replica that wakes just before the pause ends asks soon afterwards, not a minute later', async () => {
  const { subscription, asked, pass } = replica({ lateMs: 300 })
  subscription.start()
  await pass(5_000)
  expect(asked).toHaveLength(2)
})

test("a replica that starts in the middle of another's pause asks soon after the pause has ended", async () => {
  const { subscription, asked, pass } = replica({ pausedForMs: 5_000 })
  subscription.start()
  await pass(4_900)
  expect(asked).toEqual([])
  await pass(2_000)
  expect(asked).toHaveLength(1)
})

test('a replica that is stopped looks no more', async () => {
  const { subscription, asked, pass } = replica()
  subscription.start()
  await pass(1_000)
  subscription.stop()
  await pass(10_000)
  expect(asked).toHaveLength(1)
})
