import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Tokens } from '../../src/entra/oidc/signed-in.ts'
import { Problem } from '../../src/errors.ts'
import { createGate, type Gate } from '../../src/gate/gate.ts'
import type { SessionRecord } from '../../src/session/record/record.ts'
import { refusedWith } from './asking/refusals.ts'
import { ago, inSeconds, now as noon, yes } from './memberships.ts'
import { boardInMemory, leasesInMemory } from './news/in-memory.ts'

const groupId = '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05'
const identity = { tenantId: 't', objectId: 'ana', subject: 's', name: 'Ana', username: 'ana' }
const tokens: Tokens = { accessToken: 'a', refreshToken: 'r', idToken: 'i', accessTokenExpiresAt: inSeconds(3_600) }
const session = { identity, membership: yes(60), contexts: {}, signedInAt: ago(60), lastSeenAt: ago(60), browser: 'b' }

type Scene = {
  roster?: boolean
  notifications?: boolean
  selfService?: boolean
  groups?: readonly string[]
  /** How often everything that is counted was counted already. */
  spent?: number
}
let now: number
let done: string[]
let logged: Record<string, unknown>[]
let observed: unknown[]
let refusal: Error | undefined
let record: SessionRecord | undefined
let board: ReturnType<typeof boardInMemory>
let gate: Gate

function open(scene: Scene = {}) {
  const { roster = false, notifications = false, selfService = true, groups = [groupId], spent = 0 } = scene
  const leases = leasesInMemory()
  const counts = new Map<string, number>()
  const line = (facts: Record<string, unknown>) => void logged.push(facts)
  board = boardInMemory()
  record = session as SessionRecord
  gate = createGate({
    config: {
      access: { groupId },
      graph: { notifications },
      membership: { recheckMs: 30_000, graceMs: 300_000, roster, rosterMs: 15_000, authContext: undefined },
      pim: { selfService },
      session: { maxMs: 36_000_000 },
    } as never,
    clock: () => new Date(now),
    log: { info: line, warn: line, error: line } as never,
    meter: { decision: (facts: unknown) => void observed.push(facts) } as never,
    microsoft: {
      oidc: {
        async refresh(_token: string, _identity: unknown, forPim?: object) {
          done.push(forPim ? 'redeemed for PIM' : 'redeemed')
          if (refusal) throw refusal
          return { identity, groups, contexts: [], tokens }
        },
      },
      graph: {
        async list(path: string) {
          done.push(`listed ${path.split('/')[4]?.split('?')[0]?.split('(')[0]}`)
          return []
        },
        isMember: async (ofGroup: string) => ofGroup === groupId,
      },
      async listGroup() {
        done.push('listed the group')
        return { assignments: [], members: ['ana'] }
      },
      subscriptions: {
        notificationUrl: 'https://app.example/hooks/graph',
        async create(clientState: string) {
          done.push(`subscribed with ${clientState}`)
          return { id: 'subscription', expiresAt: now + 48 * 3_600_000 }
        },
        ours: async () => [],
      },
    } as never,
    stores: {
      board: {
        ...board,
        at(name: string) {
          if (name === 'announced') done.push('looked')
          return board.at(name)
        },
      },
      groupLeases: leases,
      leases,
      clientStates: ['the newest state', 'an older state'],
      counters: {
        async count(name: string, _windowMs: number, by = 1) {
          const count = (counts.get(name) ?? spent) + by
          counts.set(name, count)
          return { count, leftMs: 1 }
        },
      },
      knownPlans: {
        latest: async () => undefined,
        learned: async (_of: never, _at: never, edit: () => unknown) => edit(),
      },
      sessions: {
        recordOf: () => record,
        read: async () => record,
        async change(_id: string, edit: (found: SessionRecord) => SessionRecord) {
          record = record && edit(record)
          return record
        },
        async destroy() {
          record = undefined
        },
        forget() {},
      },
      vault: {
        read: async () => tokens,
        readPim: async () => undefined,
        replace: async () => true,
        holds: async () => true,
        keepPim: async () => {},
      },
    } as never,
  })
  return gate
}
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  now = noon
  done = []
  logged = []
  observed = []
  refusal = undefined
})
afterEach(() => {
  gate.stop()
  vi.useRealTimers()
})

const pass = async (ms: number) => {
  now += ms
  await vi.advanceTimersByTimeAsync(ms)
}
const events = () => logged.map(({ event }) => event)
const times = (what: string) => done.filter(each => each === what).length
const standing = () => gate.standingOf('id', session as SessionRecord)

describe('the news of the group', () => {
  const start = async (scene: Scene) => {
    open(scene).start()
    await pass(0)
  }

  test('are nothing to a gate with neither a roster nor notifications', async () => {
    await start({})
    expect(done).toEqual([])
  })

  test('come from a list of the group where there is a roster', async () => {
    await start({ roster: true })
    expect(done).toEqual(['looked', 'listed the group'])
    expect(gate.known(session as SessionRecord)).toEqual({ member: true, provenAt: noon })
  })

  test('come from Graph where there are notifications, which carry the newest state', async () => {
    await start({ notifications: true })
    expect(done).toEqual(['looked', 'subscribed with the newest state'])
  })

  test('that may have been missed make older proofs stale', async () => {
    await start({ notifications: true })
    await gate.subscription.told({ id: 'subscription', what: 'missed' })
    expect(gate.watch.staleBefore()).toBe(noon)
    expect(await standing()).toMatchObject({ membership: { provenAt: noon } })
  })

  test('are heard by a gate that is retired, which leaves the rest to others', async () => {
    await start({ roster: true, notifications: true })
    gate.retire()
    board.news.clear()
    done = []
    await pass(60_000)
    expect(new Set(done)).toEqual(new Set(['looked']))
  })

  test('are not heard by a gate that is stopped', async () => {
    await start({ roster: true, notifications: true })
    gate.stop()
    board.news.clear()
    done = []
    await pass(60_000)
    expect(done).toEqual([])
  })
})

describe('where somebody stands', () => {
  test('is what Entra says, where the last proof is old', async () => {
    open()
    expect(await standing()).toMatchObject({ membership: { member: true, provenAt: noon } })
    expect(times('redeemed')).toBe(1)
  })

  test('is not asked for somebody who had Entra asked too often', async () => {
    open({ spent: 600 })
    expect(await standing()).toMatchObject({ membership: yes(60) })
    expect(times('redeemed')).toBe(0)
  })

  test('is nowhere once a policy ends the session, and the second time that is logged', async () => {
    open({ spent: 1 })
    refusal = refusedWith(53003)
    expect(await standing()).toBeUndefined()
    expect(events()).toContain('blocked-at-recheck')
  })

  test('is told to those who watch the set-up', async () => {
    open({ groups: ['Staff'] })
    await standing()
    expect(logged).toMatchObject([{ event: 'set-up-doubtful', why: 'names' }])
  })
})

test('somebody whom the roster lists, and whose tokens go on naming no group, is a doubt about the set-up', async () => {
  open({ roster: true }).start()
  await pass(0)
  for (let minutes = 0; minutes <= 2; minutes++) {
    gate.setUp.saw(identity, [])
    await pass(60_000)
  }
  expect(logged).toMatchObject([{ event: 'set-up-doubtful', why: 'listed-elsewhere' }])
})

describe('the end of access', () => {
  test('is asked of PIM with a token of the person', async () => {
    await open().firstEnd?.('id', session as SessionRecord)
    expect(done).toEqual(['redeemed for PIM', 'listed assignmentScheduleInstances', 'listed assignmentSchedules'])
    expect(record?.plan).toMatchObject({ askedAt: noon })
  })

  test('is not asked of PIM for somebody who had Graph asked too often', async () => {
    await open({ spent: 600 }).firstEnd?.('id', session as SessionRecord)
    expect(done).toEqual([])
    expect(events()).toEqual(['plan-unknown'])
  })

  test('is not asked of PIM where people do not turn on their access here', async () => {
    expect(open({ selfService: false }).firstEnd).toBeUndefined()
    await gate.anew('id', session as SessionRecord)
    expect(done).toEqual(['redeemed'])
  })

  test('is asked of PIM of somebody who waits to be let in', async () => {
    await open().anew('id', session as SessionRecord)
    expect(record?.plan).toMatchObject({ askedAt: noon })
  })

  test('counts each call of Graph for the person', async () => {
    open({ spent: 598 })
    await gate.firstEnd?.('id', session as SessionRecord)
    await expect(gate.budget.check(identity)).rejects.toThrow('asked too often')
  })
})

describe('a page', () => {
  const visited = async () => {
    const next = vi.fn()
    const response = { locals: { log: { info() {} } }, once() {}, on() {} }
    await gate.guard({ audience: 'members' })({ sessionID: 'id' } as never, response as never, next)
    return next.mock.calls[0]
  }

  test('for members lets a member pass, and the decision is counted', async () => {
    open()
    expect(await visited()).toEqual([])
    expect(observed).toHaveLength(1)
  })

  test('says that it is Redis that keeps us from asking, where that is so', async () => {
    open()
    record = { ...(session as SessionRecord), membership: yes(3_600) }
    refusal = new Problem('redis-away')
    expect(await visited()).toEqual([expect.objectContaining({ code: 'redis-away' })])
  })

  test('shows how access stands', () => {
    expect(open().accessNow({ record: session as SessionRecord, membership: yes(0) })).toMatchObject({ state: 'on' })
  })
})

test('a person in more groups than a token can list is looked up in the group of this application', async () => {
  open({ groups: 'overage' as never })
  expect(await standing()).toMatchObject({ membership: { member: true, provenAt: noon } })
})
