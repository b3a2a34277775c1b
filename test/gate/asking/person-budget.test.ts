import { beforeEach, describe, expect, test } from 'vitest'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { createPersonBudget, type PersonBudget } from '../../../src/gate/asking/person-budget.ts'

const noon = Date.parse('2026-03-02T12:00:00Z')
const minute = 60_000
const ana = { objectId: 'ana' }
const bert = { objectId: 'bert' }
const mostCalls = 600

let now = noon
let counts: Map<string, number>
let windows: Set<number>
let budget: PersonBudget
beforeEach(() => {
  now = noon + 15_000
  counts = new Map()
  windows = new Set()
  budget = createPersonBudget({
    clock: () => new Date(now),
    counters: {
      async count(name, windowMs, by = 1) {
        windows.add(windowMs)
        const count = (counts.get(name) ?? 0) + by
        counts.set(name, count)
        return { count, leftMs: windowMs }
      },
      localSize: () => 0,
    },
  })
})

const throttled = (leftMs: number) =>
  expect.objectContaining({ name: 'NoAnswer', message: 'asked too often', kind: 'throttled', retryAfterMs: leftMs })

describe('Graph', () => {
  const calls: unknown[][] = []
  const graph = () =>
    budget.counting({
      call: async (...call: unknown[]) => calls.push(['call', ...call]) && 'called',
      list: async (...call: unknown[]) => calls.push(['list', ...call]) && ['listed'],
      memberOf: 'as it was',
    } as never)
  const tokens = () =>
    budget.knowing({
      get: async ({ identity }: { identity: typeof ana }) => `token of ${identity.objectId}`,
      drop: 'as it was',
    } as never)
  const spend = async (person: typeof ana, times: number) => {
    const token = await tokens().get({ identity: person, sessionId: 's' } as never)
    for (let left = times; left > 0; left--) {
      now += 1
      await graph().call('/me', token)
    }
  }
  beforeEach(() => void calls.splice(0))

  test('is asked for a person up to six hundred times', async () => {
    await spend(ana, mostCalls - 1)
    await expect(budget.check(ana)).resolves.toBeUndefined()
  })

  test('is not asked for a person after that, until the minute is over', async () => {
    await spend(ana, mostCalls)
    await expect(budget.check(ana)).rejects.toThrow(throttled(45_000 - mostCalls))
    now = noon + minute
    await expect(budget.check(ana)).resolves.toBeUndefined()
  })

  test('is not asked too often because somebody else had it asked', async () => {
    await spend(ana, mostCalls)
    await expect(budget.check(bert)).resolves.toBeUndefined()
  })

  test('is asked no more often because of the checks', async () => {
    for (let left = 2 * mostCalls; left > 0; left--) await budget.check(ana)
    await expect(budget.check(ana)).resolves.toBeUndefined()
  })

  test('is counted when it lists, too', async () => {
    await spend(ana, mostCalls - 1)
    await graph().list('/items', 'token of ana')
    await expect(budget.check(ana)).rejects.toThrow(NoAnswer)
  })

  test('is counted for nobody with a token of nobody', async () => {
    await graph().call('/groups', 'token of the application')
    await graph().list('/groups', 'token of the application')
    expect(counts).toEqual(new Map())
  })

  test('is called as without the budget', async () => {
    expect(await graph().call('/me', 'token', { limitMs: 7 })).toBe('called')
    expect(await graph().list('/items', 'token')).toEqual(['listed'])
    expect(calls).toEqual([
      ['call', '/me', 'token', { limitMs: 7 }],
      ['list', '/items', 'token'],
    ])
  })

  test('answers what is not counted as it did', () => {
    expect(graph()).toMatchObject({ memberOf: 'as it was' })
  })

  test('is asked with the token of the person', async () => {
    expect(await tokens().get({ identity: ana, sessionId: 's' } as never)).toBe('token of ana')
  })

  test('leaves the rest of the source of tokens as it was', () => {
    expect(tokens()).toMatchObject({ drop: 'as it was' })
  })

  test('is counted by the minute', async () => {
    await budget.check(ana)
    expect([...windows]).toEqual([minute])
  })
})

describe('a refresh token', () => {
  const redeemed: unknown[][] = []
  const refresh = (person = ana) =>
    budget.refreshing({ refresh: async (...call: unknown[]) => redeemed.push(call) } as never)(
      'token',
      person as never,
      {},
    )
  const spend = async (times: number) => {
    for (let left = times; left > 0; left--) await refresh()
  }
  beforeEach(() => void redeemed.splice(0))

  test('is redeemed up to six hundred times', async () => {
    await spend(mostCalls)
    expect(redeemed).toHaveLength(mostCalls)
  })

  test('is redeemed as without the budget', async () => {
    expect(await refresh()).toBe(1)
    expect(redeemed).toEqual([['token', ana, {}]])
  })

  test('is not redeemed after that, which is no refusal of Entra', async () => {
    await spend(mostCalls)
    await expect(refresh()).rejects.toMatchObject({ code: 'entra-unreachable', cause: throttled(45_000) })
    expect(redeemed).toHaveLength(mostCalls)
  })

  test('is redeemed however often others redeem theirs', async () => {
    await spend(mostCalls)
    await expect(refresh(bert)).resolves.toBeDefined()
  })

  test('is redeemed again in the next minute', async () => {
    await spend(mostCalls)
    now = noon + minute
    await expect(refresh()).resolves.toBeDefined()
  })

  test('is counted apart from the calls of Graph', async () => {
    await spend(mostCalls)
    await expect(budget.check(ana)).resolves.toBeUndefined()
  })
})

test('with more than five gates a person may have as much again asked', async () => {
  const counted = (count: number) => ({ count: async () => ({ count, leftMs: 1 }) }) as never
  const clock = () => new Date('2026-03-02T12:00:00Z')
  const check = (gates: number, count: number) =>
    createPersonBudget({ counters: counted(count), clock, gates }).check({ objectId: 'o' })
  await expect(check(6, 1_199)).resolves.toBeUndefined()
  await expect(check(6, 1_200)).rejects.toMatchObject({ name: 'NoAnswer' })
  await expect(check(5, 600)).rejects.toMatchObject({ name: 'NoAnswer' })
})
