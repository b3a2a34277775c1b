import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { Problem } from '../../../src/errors.ts'
import { createSubscription, type Lifecycle } from '../../../src/gate/news/subscription.ts'
import { inSeconds, now as noon } from '../memberships.ts'
import { boardInMemory, leasesInMemory } from './in-memory.ts'

const hour = 3_600_000
const silence = new Error('silence')
const away = new Problem('redis-away')
let now: number
/** What Graph throws in place of an answer. */
let thrown: unknown
let did: unknown[]
let told: object[]
let warned: object[]
let board: ReturnType<typeof boardInMemory>
let leases: ReturnType<typeof leasesInMemory>
/** What Redis throws where it is asked for a pause, and what happens when a turn comes, or before something is written. */
let redis: { thrown?: unknown; onTurn: () => unknown; onPost: () => unknown }
let subscription: ReturnType<typeof createSubscription>

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  now = noon
  thrown = undefined
  did = []
  told = []
  warned = []
  board = boardInMemory()
  leases = leasesInMemory()
  redis = { onTurn() {}, onPost() {} }
  subscription = createSubscription({
    clock: () => new Date(now),
    subscriptions: {
      notificationUrl: 'https://app.example/hooks/graph',
      create: async () => answered('create', `made at ${now}`),
      renew: async (id, { token }) => answered(`renew ${id} with ${token} token`, id),
      drop: async () => {},
      ours: async () => [],
    },
    clientState: () => 'a secret',
    announce: async () => void did.push('announce'),
    board: {
      ...board,
      post: (...news) => {
        redis.onPost()
        return board.post(...news)
      },
    },
    leases: {
      ...leases,
      isPaused: async name => {
        if (redis.thrown) throw redis.thrown
        return leases.isPaused(name)
      },
      hold: (name, ms, work) =>
        leases.hold(name, ms, async () => {
          redis.onTurn()
          return work()
        }),
    },
    log: { info: (line: object) => void told.push(line), warn: (line: object) => void warned.push(line) } as never,
  })
})
afterEach(() => {
  subscription.stop()
  vi.useRealTimers()
})
function answered(what: string, id: string) {
  did.push(what)
  if (thrown) throw thrown
  return { id, expiresAt: now + 48 * hour }
}
const settled = () => vi.advanceTimersByTimeAsync(0)
const pass = async (ms: number) => {
  now += ms
  await vi.advanceTimersByTimeAsync(ms)
}
const id = `made at ${noon}`

describe('a subscription', () => {
  test('is made where there is none, under a lease of half a minute', async () => {
    await subscription.keep()
    expect([did, leases.held]).toEqual([['create'], [['subscription', 30_000]]])
  })

  test('is made once, however many want it at the same time', async () => {
    await Promise.all([subscription.keep(), subscription.keep()])
    expect(did).toEqual(['create'])
  })

  test('that is new needs no turn', async () => {
    await subscription.keep()
    await subscription.keep()
    expect(leases.held).toHaveLength(1)
  })

  test('is renewed after an hour', async () => {
    await subscription.keep()
    now += hour
    await subscription.keep()
    expect(did).toEqual(['create', `renew ${id} with any token`])
  })

  test('is left alone while nobody may ask', async () => {
    leases.pauses.set('subscription', 1)
    await subscription.keep()
    expect([did, leases.held]).toEqual([[], []])
  })

  test('is left alone where nobody may ask any more when the turn comes', async () => {
    redis.onTurn = () => leases.pauses.set('subscription', 1)
    await subscription.keep()
    expect(did).toEqual([])
  })

  test('is left alone where another replica has made it when the turn comes', async () => {
    await subscription.keep()
    const theirs = board.news.get('subscription')
    board.news.clear()
    redis.onTurn = () => theirs && board.news.set('subscription', theirs)
    await subscription.keep()
    expect(did).toEqual(['create'])
  })

  test('is made by the next try after one that failed', async () => {
    thrown = silence
    await expect(subscription.keep()).rejects.toBe(silence)
    leases.pauses.clear()
    thrown = undefined
    await subscription.keep()
    expect(did).toEqual(['create', 'create'])
  })

  test('is left alone by all replicas for two seconds after a failure', async () => {
    thrown = silence
    await expect(subscription.keep()).rejects.toBe(silence)
    expect([...leases.pauses]).toEqual([['subscription', 2_000]])
  })

  test('is left alone for as long as Graph asks', async () => {
    thrown = new NoAnswer('status 429', { retryAfterMs: 17_000 })
    await expect(subscription.keep()).rejects.toBe(thrown)
    expect([...leases.pauses]).toEqual([['subscription', 17_000]])
  })
})

describe('a replica that has started', () => {
  const start = async () => {
    subscription.start()
    await settled()
  }

  test('looks at once, and then once a minute', async () => {
    await start()
    expect(did).toEqual(['create'])
    board.news.clear()
    await pass(59_999)
    expect(did).toEqual(['create'])
    await pass(1)
    expect(did).toEqual(['create', 'create'])
  })

  test('looks once a minute, however often it is told to start', async () => {
    await start()
    await start()
    leases.held.splice(0)
    board.news.clear()
    await pass(60_000)
    expect(vi.getTimerCount()).toBe(1)
  })

  test('tries again two seconds after a failure, and then less and less often', async () => {
    thrown = silence
    await start()
    const seconds: number[] = []
    for (let tries = did.length; seconds.length < 3; tries = did.length) {
      leases.pauses.clear()
      let passed = 0
      for (; did.length === tries; passed += 1) await pass(1_000)
      seconds.push(passed)
    }
    expect(seconds).toEqual([2, 4, 8])
  })

  test('leaves the fourth try to others for a minute, and waits for no longer than five minutes more', async () => {
    thrown = silence
    await start()
    for (let tries = 1; tries < 10; tries++) {
      leases.pauses.clear()
      await vi.runOnlyPendingTimersAsync()
    }
    expect(warned.slice(0, 4)).toEqual(
      [2, 4, 8, 16].map(retryInSeconds => ({ event: 'subscription-failed', retryInSeconds, error: silence })),
    )
    expect(warned.at(-1)).toMatchObject({ retryInSeconds: 300 })
    const tries = did.length
    leases.pauses.clear()
    await pass(359_999)
    expect(did).toHaveLength(tries)
    await pass(1)
    expect(did).toHaveLength(tries + 1)
  })

  test('tells of a wait in whole seconds', async () => {
    thrown = new NoAnswer('status 429', { retryAfterMs: 1_001 })
    await start()
    expect(warned).toMatchObject([{ retryInSeconds: 2 }])
  })

  test('begins with short waits again once it has succeeded', async () => {
    thrown = silence
    await start()
    leases.pauses.clear()
    await pass(2_000)
    leases.pauses.clear()
    thrown = undefined
    await pass(4_000)
    board.news.clear()
    thrown = silence
    await pass(60_000)
    expect(warned.at(-1)).toMatchObject({ retryInSeconds: 2 })
  })

  test('looks again after two seconds where nobody may ask, and says nothing', async () => {
    leases.pauses.set('subscription', 1)
    await start()
    leases.pauses.clear()
    await pass(1_999)
    expect(did).toEqual([])
    await pass(1)
    expect([did, warned]).toEqual([['create'], []])
  })

  test('looks again after two seconds where Redis is away, which is no failure of Graph', async () => {
    redis.thrown = away
    await start()
    await pass(2_000)
    await pass(2_000)
    redis.thrown = undefined
    await pass(1_999)
    expect(did).toEqual([])
    await pass(1)
    expect([did, warned]).toEqual([['create'], []])
  })

  test('looks no more once it is stopped', async () => {
    await start()
    subscription.stop()
    board.news.clear()
    await pass(60_000)
    expect(did).toEqual(['create'])
  })

  test('leaves no timer behind once it is stopped', async () => {
    await start()
    subscription.stop()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('looks no more where it is stopped while it looks', async () => {
    subscription.start()
    subscription.stop()
    await settled()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is not started anew once it is stopped', async () => {
    subscription.stop()
    await start()
    expect(did).toEqual([])
  })
})

describe('told by Graph of the subscription in use', () => {
  const hear = async (what: Lifecycle['what'], of = id) => {
    await subscription.told({ id: of, what })
    await settled()
  }
  const lines = () => told.filter(line => (line as { event: string }).event === 'subscription-told')
  beforeEach(async () => {
    await subscription.keep()
    did = []
  })

  test('that it needs authorization, it is renewed at once with a new token', async () => {
    await hear('reauthorizationRequired')
    expect(did).toEqual([`renew ${id} with new token`, 'announce'])
  })

  test('that it was removed, another is made at once', async () => {
    now = inSeconds(1)
    await hear('subscriptionRemoved')
    expect(did).toEqual(['create', 'announce'])
  })

  test('that something was missed, everybody is asked about anew, and it is left as it is', async () => {
    await hear('missed')
    expect(did).toEqual(['announce'])
  })

  test('what nobody knows, nothing is done', async () => {
    await hear('other')
    expect([did, lines()]).toEqual([[], []])
  })

  test.for(['reauthorizationRequired', 'subscriptionRemoved', 'missed'] as const)('the log says so: %s', async what => {
    await hear(what)
    expect(lines()).toEqual([{ event: 'subscription-told', what, inUse: true }])
  })

  test('of another one, the log says that, and nothing is done', async () => {
    await hear('subscriptionRemoved', 'another')
    expect(did).toEqual([])
    expect(lines()).toEqual([{ event: 'subscription-told', what: 'subscriptionRemoved', inUse: false }])
  })

  test('the same again, the log says it once', async () => {
    leases.pauses.set('subscription', 1)
    await hear('reauthorizationRequired')
    await hear('reauthorizationRequired')
    expect(lines()).toHaveLength(1)
  })

  test('each time that something was missed, the log says so', async () => {
    await hear('missed')
    await hear('missed')
    expect(lines()).toHaveLength(2)
  })

  test('that it needs authorization after it was removed, another is made all the same', async () => {
    leases.pauses.set('subscription', 1)
    await hear('subscriptionRemoved')
    await hear('reauthorizationRequired')
    leases.pauses.clear()
    await pass(2_000)
    expect(did).toEqual(['create', 'announce'])
  })

  test('that it was removed, it is written down before anything is done, for another replica to do it', async () => {
    subscription.stop()
    await hear('subscriptionRemoved')
    expect(did).toEqual([])
    expect(board.news.get('subscription')?.text).toContain('"owed":"another"')
  })

  test('that it was removed, and others write meanwhile, what they have written is looked at again', async () => {
    const found = board.news.get('subscription') ?? expect.fail('nothing is written down')
    redis.onPost = () => {
      redis.onPost = () => {}
      board.news.set('subscription', { ...found, at: noon + 7 })
    }
    subscription.stop()
    await hear('subscriptionRemoved')
    expect(board.news.get('subscription')?.text).toContain('"owed":"another"')
  })
})

test('told by Graph before any is written down, nothing is done', async () => {
  await subscription.told({ id, what: 'subscriptionRemoved' })
  await settled()
  expect([did, told]).toEqual([[], [{ event: 'subscription-told', what: 'subscriptionRemoved', inUse: false }]])
})
