import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { KeptRecord } from '../../src/session/ledger/reading.ts'
import type { Delivered } from '../../src/webhook/delivering.ts'
import { createWebhook } from '../../src/webhook/webhook.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** What replicas share: the trail, the position, the lease and the pause. */
function shared(records = 0) {
  const trail: KeptRecord[] = []
  const add = (many = 1) => {
    for (let count = 0; count < many; count++) {
      const seq = trail.length
      const record = { v: 1, seq, at: '2026-03-02T12:00:00.000Z', event: 'signedIn' }
      trail.push({ seq, bytes: JSON.stringify(record), record, personal: null, salt: null } as unknown as KeptRecord)
    }
  }
  add(records)
  let next = 0
  let pausedUntil = 0
  let isHeld = false
  let isAway = false
  const asked = () => {
    if (isAway) throw new Error('redis-away')
  }
  return {
    trail,
    add,
    next: () => next,
    away(is: boolean) {
      isAway = is
    },
    held(is: boolean) {
      isHeld = is
    },
    ledger: {
      read: async ({ from = 0 }, { count }: { count: number }) =>
        trail.filter(({ seq }) => seq >= from).slice(0, count),
      size: async () => trail.length,
    },
    position: {
      read: async () => next,
      write: async (seq: number) => {
        asked()
        next = seq
      },
    },
    leases: {
      isPaused: async () => {
        asked()
        return Date.now() < pausedUntil
      },
      async pause(_name: string, ms: number) {
        pausedUntil = Date.now() + ms
      },
      async hold<T>(_name: string, _ms: number, work: () => Promise<T>) {
        if (isHeld) return { held: false } as const
        isHeld = true
        try {
          return { held: true, value: await work() } as const
        } finally {
          isHeld = false
        }
      },
    },
  }
}

type Shared = ReturnType<typeof shared>
/** A replica. `answers` says what becomes of each try, in order; after them all is taken. */
function replica(of: Shared, answers: Delivered[] = []) {
  const sent: string[] = []
  const lines: Record<string, unknown>[] = []
  const observed: string[] = []
  const note = (line: unknown) => void lines.push(line as Record<string, unknown>)
  const webhook = createWebhook({
    ...of,
    deliver: async ({ id }) => {
      sent.push(id)
      return answers.shift() ?? { taken: true }
    },
    trail: 'trail-x',
    log: { info: note, warn: note } as never,
    observe: delivery => void observed.push(delivery),
  })
  webhook.start()
  return { webhook, sent, lines, observed }
}
const idsOf = (...seqs: number[]) => seqs.map(seq => `trail-x-${seq}`)
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

test('records are sent one after the other, in the order of their numbers, from the first one on', async () => {
  const { sent, observed } = replica(shared(3))
  await pass(0)
  expect(sent).toEqual(idsOf(0, 1, 2))
  expect(observed).toEqual(['taken', 'taken', 'taken'])
})

test('a record that comes later is sent within a second, and none a second time', async () => {
  const of = shared(1)
  const { sent } = replica(of)
  await pass(5_000)
  of.add()
  await pass(1_000)
  expect(sent).toEqual(idsOf(0, 1))
})

test('many records are sent without a pause between', async () => {
  const { sent } = replica(shared(350))
  await pass(10)
  expect(sent).toHaveLength(350)
})

test('another replica goes on where the first one stopped', async () => {
  const of = shared(2)
  const one = replica(of)
  await pass(0)
  one.webhook.stop()
  of.add()
  const other = replica(of)
  await pass(1_000)
  expect([one.sent, other.sent]).toEqual([idsOf(0, 1), idsOf(2)])
})

test('while another replica sends, nothing is sent here', async () => {
  const of = shared(2)
  of.held(true)
  const { sent } = replica(of)
  await pass(5_000)
  expect(sent).toEqual([])
})

test('a record that is not taken holds up those behind it, and is sent again', async () => {
  const { sent, observed } = replica(shared(2), [{ taken: false, status: 500 }])
  await pass(0)
  expect(sent).toEqual(idsOf(0))
  await pass(2_000)
  expect(sent).toEqual(idsOf(0, 0, 1))
  expect(observed).toEqual(['refused', 'taken', 'taken'])
})

test('a record that was taken is not sent again because the next one was not', async () => {
  const { sent } = replica(shared(2), [{ taken: true }, { taken: false }])
  await pass(3_000)
  expect(sent).toEqual(idsOf(0, 1, 1))
})

test('the pause doubles from one second to five minutes, and the log says each', async () => {
  const refused = Array.from({ length: 11 }, (): Delivered => ({ taken: false, status: 503 }))
  const { lines } = replica(shared(1), refused)
  await pass(3_600_000)
  expect(lines.map(({ againInSeconds }) => againInSeconds)).toEqual([
    1,
    2,
    4,
    8,
    16,
    32,
    64,
    128,
    256,
    300,
    300,
    undefined,
  ])
  expect(lines[0]).toEqual({ event: 'audit-webhook-failed', seq: 0, status: 503, failures: 1, againInSeconds: 1 })
  expect(lines.at(-1)).toEqual({ event: 'audit-webhook-recovered', seq: 0, failures: 11 })
})

test('after a success the pause begins at a second again', async () => {
  const { lines } = replica(shared(2), [{ taken: false }, { taken: false }, { taken: true }, { taken: false }])
  await pass(60_000)
  const waits = lines.filter(({ event }) => event === 'audit-webhook-failed').map(line => line.againInSeconds)
  expect(waits).toEqual([1, 2, 1])
})

test('the receiver may ask for a longer pause', async () => {
  const { sent } = replica(shared(1), [{ taken: false, status: 429, retryAfterMs: 30_000 }])
  await pass(29_000)
  expect(sent).toHaveLength(1)
  await pass(2_000)
  expect(sent).toHaveLength(2)
})

test('all replicas keep the pause', async () => {
  const of = shared(1)
  const one = replica(of, [{ taken: false, status: 429, retryAfterMs: 30_000 }])
  const other = replica(of)
  await pass(29_000)
  expect(one.sent.length + other.sent.length).toBe(1)
})

test('silence counts as unanswered', async () => {
  const { observed } = replica(shared(1), [{ taken: false }])
  await pass(0)
  expect(observed).toEqual(['unanswered'])
})

test('with Redis away nothing is lost, and sending goes on afterwards', async () => {
  const of = shared(2)
  of.away(true)
  const { sent } = replica(of)
  await pass(10_000)
  of.away(false)
  await pass(1_000)
  expect(sent).toEqual(idsOf(0, 1))
})

test('a position that could not be written sends the record once more rather than never', async () => {
  const of = shared(2)
  const write = of.position.write
  let isFirst = true
  of.position.write = async seq => {
    if (isFirst) {
      isFirst = false
      throw new Error('redis-away')
    }
    await write(seq)
  }
  const { sent } = replica(of)
  await pass(2_000)
  expect(sent).toEqual(idsOf(0, 0, 1))
})

test('after it was stopped nothing more is sent', async () => {
  const of = shared(1)
  const { webhook, sent } = replica(of)
  await pass(0)
  webhook.stop()
  of.add()
  await pass(60_000)
  expect(sent).toEqual(idsOf(0))
})

test('it tells how many records wait', async () => {
  const of = shared(3)
  const { webhook } = replica(of, [{ taken: true }, { taken: false }])
  await pass(0)
  expect(await webhook.waiting()).toBe(2)
})

test('a position behind the end of the trail leaves none waiting', async () => {
  const of = shared(1)
  await of.position.write(9)
  expect(await replica(of).webhook.waiting()).toBe(0)
})
