import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createObservations } from '../../src/audit/observations.ts'
import type { GateSettings } from '../../src/config/gates.ts'
import type { Tokens } from '../../src/entra/oidc/signed-in.ts'
import { Problem } from '../../src/errors.ts'
import type { Audience } from '../../src/gate/decide.ts'
import { createGate, type Gate } from '../../src/gate/gate.ts'
import type { OneGate } from '../../src/gate/one-gate.ts'
import { atGate } from '../../src/session/record/at-gate.ts'
import { isMember, type Membership } from '../../src/session/record/membership.ts'
import type { SessionRecord } from '../../src/session/record/record.ts'
import { refusedWith } from './asking/refusals.ts'
import { ago, inSeconds, now as noon, yes } from './memberships.ts'
import { boardInMemory, leasesInMemory } from './news/in-memory.ts'

const groupId = '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05'
const identity = { tenantId: 't', objectId: 'ana', subject: 's', name: 'Ana', username: 'ana' }
const tokens: Tokens = { accessToken: 'a', refreshToken: 'r', idToken: 'i', accessTokenExpiresAt: inSeconds(3_600) }
const operatorsId = '7c1f9a52-63d0-4b8e-9f14-2a5d8c3e6b90'
/** The facts of a session of the gate `members`. */
const at = (membership: Membership) => ({ members: { membership } })
const session: SessionRecord = {
  identity,
  gates: at(yes(60)),
  contexts: {},
  signedInAt: ago(60),
  lastSeenAt: ago(60),
  browser: 'b',
}
/** The same as the gate `members` sees it. */
const seen = atGate(session, 'members')

type Scene = {
  roster?: boolean
  notifications?: boolean
  selfService?: boolean
  groups?: readonly string[]
  /** How often everything that is counted was counted already. */
  spent?: number
  /** The gates beside `members`. */
  beside?: readonly GateSettings[]
  /** The gate in whose group Ana is. */
  listedAt?: string
}
let now: number
let done: string[]
let logged: Record<string, unknown>[]
let observed: unknown[]
let refusal: Error | undefined
let isGraphSilent: boolean
let record: SessionRecord | undefined
let board: ReturnType<typeof boardInMemory>
let gate: Gate
let members: OneGate

function open(scene: Scene = {}) {
  const {
    roster = false,
    notifications = false,
    selfService = true,
    groups = [groupId],
    spent = 0,
    beside = [],
    listedAt = 'members',
  } = scene
  const leases = leasesInMemory()
  const counts = new Map<string, number>()
  const logOf = (about: object): object => {
    const line = (facts: object) => void logged.push({ ...about, ...facts })
    return { info: line, warn: line, error: line, child: (more: object) => logOf({ ...about, ...more }) }
  }
  record = session
  const aboutGate = Object.fromEntries(['members', ...beside.map(({ name }) => name)].map(name => [name, made(name)]))
  gate = createGate({
    config: {
      gates: [{ name: 'members', title: 'Members', groupId, selfService }, ...beside],
      graph: { notifications },
      membership: { recheckMs: 30_000, graceMs: 300_000, roster, rosterMs: 15_000 },
      pim: { selfService },
      session: { maxMs: 36_000_000 },
    } as never,
    clock: () => new Date(now),
    log: logOf({}) as never,
    meter: { decision: (facts: unknown) => void observed.push(facts) } as never,
    observations: createObservations({ append: async () => {}, onLost: () => {} }),
    microsoft: {
      oidc: {
        async refresh(_token: string, _identity: unknown, forPim?: object) {
          done.push(forPim ? 'redeemed for PIM' : 'redeemed')
          if (refusal) throw refusal
          return { identity, groups, roles: ['Operate'], contexts: [], tokens }
        },
      },
      graph: {
        async list(path: string) {
          done.push(`listed ${path.split('/')[4]?.split('?')[0]?.split('(')[0]}`)
          return []
        },
        async memberOf(ofGroups: readonly string[]) {
          done.push('looked up')
          if (isGraphSilent) throw new Error('silence')
          return new Set(ofGroups.filter(each => each === groupId))
        },
      },
      groupOf: ({ name }: { name: string }) => ({
        async list() {
          done.push(name === 'members' ? 'listed the group' : `listed ${name}`)
          return { assignments: [], members: name === listedAt ? ['ana'] : [] }
        },
        subscriptions: {
          notificationUrl: 'https://app.example/hooks/graph',
          async create(clientState: string) {
            done.push(`subscribed with ${clientState}`)
            return { id: 'subscription', expiresAt: now + 48 * 3_600_000 }
          },
          ours: async () => [],
        },
      }),
    } as never,
    stores: {
      aboutGate: (name: string) => aboutGate[name],
      leases,
      counters: {
        async count(name: string, _windowMs: number, by = 1) {
          const count = (counts.get(name) ?? spent) + by
          counts.set(name, count)
          return { count, leftMs: 1 }
        },
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
  members = gate.gates.named('members')
  return gate
}

/** What is remembered about a gate. Its looks at the board are noted for `members`, the first. */
function made(name: string) {
  const own = boardInMemory()
  if (name === 'members') board = own
  return {
    board: {
      ...own,
      at(what: string) {
        if (what === 'announced' && name === 'members') done.push('looked')
        return own.at(what)
      },
    },
    leases: leasesInMemory(),
    notes: { change: async () => false },
    clientStates: () => (name === 'members' ? ['the newest state', 'an older state'] : [`the state of ${name}`]),
    knownPlans: {
      latest: async () => undefined,
      learned: async (_of: never, _at: never, edit: () => unknown) => edit(),
    },
  }
}
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  now = noon
  done = []
  logged = []
  observed = []
  refusal = undefined
  isGraphSilent = false
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
const standing = () => members.standingOf('id', seen)

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
    expect(members.known(seen)).toEqual({ member: true, provenAt: noon })
  })

  test('come from Graph where there are notifications, which carry the newest state', async () => {
    await start({ notifications: true })
    expect(done).toEqual(['looked', 'subscribed with the newest state'])
  })

  test('that may have been missed make older proofs stale', async () => {
    await start({ notifications: true })
    await members.news.subscription.told({ id: 'subscription', what: 'missed' })
    expect(members.news.staleBefore()).toBe(noon)
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
    open()
    await members.firstEnd?.('id', seen)
    expect(done).toEqual(['redeemed for PIM', 'listed assignmentScheduleInstances', 'listed assignmentSchedules'])
    expect(record?.gates.members?.plan).toMatchObject({ askedAt: noon })
  })

  test('is not asked of PIM for somebody who had Graph asked too often', async () => {
    open({ spent: 600 })
    await members.firstEnd?.('id', seen)
    expect(done).toEqual([])
    expect(logged).toMatchObject([{ event: 'plan-unknown', gate: 'members' }])
  })

  test('is not asked of PIM where people do not turn on their access here', async () => {
    open({ selfService: false })
    expect(members.firstEnd).toBeUndefined()
    await members.anew('id', seen)
    expect(done).toEqual(['redeemed'])
  })

  test('is asked of PIM of somebody who waits to be let in', async () => {
    open()
    await members.anew('id', seen)
    expect(record?.gates.members?.plan).toMatchObject({ askedAt: noon })
  })

  test('counts each call of Graph for the person', async () => {
    open({ spent: 598 })
    await members.firstEnd?.('id', seen)
    await expect(gate.budget.check(identity)).rejects.toThrow('asked too often')
  })
})

describe('a page', () => {
  const visited = async (audience: Audience = 'members') => {
    const next = vi.fn()
    const response = { locals: { log: { info() {} } }, once() {}, on() {} }
    await gate.guard({ audience })({ sessionID: 'id' } as never, response as never, next)
    return next.mock.calls[0]
  }

  test('for members lets a member pass, and the decision is counted', async () => {
    open()
    expect(await visited()).toEqual([])
    expect(observed).toHaveLength(1)
  })

  test('says that it is Redis that keeps us from asking, where that is so', async () => {
    open()
    record = { ...session, gates: at(yes(3_600)) }
    refusal = new Problem('redis-away')
    expect(await visited()).toEqual([expect.objectContaining({ code: 'redis-away' })])
  })

  test('shows how access stands', () => {
    open()
    expect(members.accessNow({ record: seen, membership: yes(0) })).toMatchObject({ state: 'on' })
  })
})

test('a person in more groups than a token can list is looked up in the group of this application', async () => {
  open({ groups: 'overage' as never })
  expect(await standing()).toMatchObject({ membership: { member: true, provenAt: noon } })
})

describe('with several gates', () => {
  const operators = { name: 'operators', title: 'Operators', groupId: operatorsId, selfService: true }
  const readers = { name: 'readers', title: 'Readers', role: 'Operate', selfService: false }
  const beside = [operators, readers]
  const at = (name: string) => gate.gates.named(name).standingOf('id', atGate(record ?? session, name))

  test('one answer of Entra says where somebody stands at each', async () => {
    open({ beside })
    expect(await at('members')).toMatchObject({ membership: { member: true, provenAt: noon } })
    expect(await at('operators')).toMatchObject({ membership: { member: false, provenAt: noon } })
    expect(await at('readers')).toMatchObject({ membership: { member: true, provenAt: noon } })
    expect(times('redeemed')).toBe(1)
  })

  test('questions for several at the same time are one question', async () => {
    open({ beside })
    const found = await Promise.all([at('operators'), at('members'), at('readers')])
    expect(found.map(each => each && isMember(each.membership))).toEqual([false, true, true])
    expect(times('redeemed')).toBe(1)
  })

  test('a gate of a role is proven while Graph is silent about groups, and the others stay as they were', async () => {
    open({ beside, groups: 'overage' as never })
    isGraphSilent = true
    expect(await at('readers')).toMatchObject({ membership: { member: true, provenAt: noon } })
    expect(record?.gates.members).toEqual({ membership: yes(60) })
    expect(logged).toMatchObject([{ event: 'recheck-failed', code: 'membership-unknown' }])
  })

  test('one look at Graph is about the groups of all', async () => {
    open({ beside, groups: 'overage' as never })
    expect(await at('operators')).toMatchObject({ membership: { member: false } })
    expect(await at('members')).toMatchObject({ membership: { member: true } })
    expect(times('looked up')).toBe(1)
  })

  test('the groups are listed one after the other, spread over the period', async () => {
    open({ beside, roster: true }).start()
    await pass(0)
    const listed = () => done.filter(each => each.startsWith('listed'))
    expect(listed()).toEqual(['listed the group'])
    await pass(4_500)
    expect(listed()).toEqual(['listed the group'])
    await pass(500)
    expect(listed()).toEqual(['listed the group', 'listed operators'])
  })

  test('each group has a subscription, with a secret of its own', async () => {
    open({ beside, notifications: true }).start()
    await pass(5_000)
    const subscribed = done.filter(each => each.startsWith('subscribed'))
    expect(subscribed).toEqual(['subscribed with the newest state', 'subscribed with the state of operators'])
  })

  test.for<[what: 'retire' | 'stop', heard: string]>([
    ['retire', 'leaves every group to the other replicas'],
    ['stop', 'asks nothing about any group'],
  ])('a room that is to %s %s', async ([what]) => {
    open({ beside, roster: true, notifications: true }).start()
    await pass(5_000)
    gate[what]()
    done = []
    await pass(120_000)
    expect(done.filter(each => each !== 'looked')).toEqual([])
  })

  test('news of one group make no proof of another stale', async () => {
    open({ beside })
    record = { ...session, gates: { members: { membership: yes(5) }, operators: { membership: yes(5) } } }
    await gate.gates.named('operators').news.announce()
    expect(await at('members')).toMatchObject({ membership: yes(5) })
    expect(times('redeemed')).toBe(0)
    expect(await at('operators')).toMatchObject({ membership: { member: false, provenAt: noon } })
    expect(times('redeemed')).toBe(1)
  })

  test('somebody whom any roster lists is no stranger to those who watch the set-up', async () => {
    const nobody = { name: 'nobody', title: 'Nobody', role: 'None', selfService: false }
    open({ beside: [nobody, operators], listedAt: 'operators', roster: true }).start()
    await pass(15_000)
    for (let minutes = 0; minutes <= 2; minutes++) {
      gate.setUp.saw(identity, [])
      await pass(60_000)
    }
    expect(logged).toMatchObject([{ event: 'set-up-doubtful', why: 'listed-elsewhere' }])
  })

  test('PIM is asked for the end of each in its own group, where people turn it on here', async () => {
    open({ beside })
    expect(gate.gates.named('readers').firstEnd).toBeUndefined()
    record = { ...session, gates: { operators: { membership: yes(0) } } }
    await gate.gates.named('operators').firstEnd?.('id', atGate(record, 'operators'))
    expect(record.gates.members).toBeUndefined()
    expect(record.gates.operators?.plan).toMatchObject({ askedAt: noon })
  })

  test('a gate without a group has nothing that PIM could say of it', () => {
    open({ beside })
    expect([gate.gates.named('readers').pim, gate.gates.named('operators').pim]).toEqual([undefined, expect.anything()])
  })

  test('the list of the group that carries a role is no proof of that role', async () => {
    const bearers = { ...operators, name: 'bearers', role: 'Carry' }
    open({ beside: [bearers], listedAt: 'bearers', roster: true }).start()
    await pass(7_500)
    expect(gate.gates.isIn(session, 'bearers')).toBe(false)
    expect(times('listed bearers')).toBe(1)
  })

  test('somebody whom Entra no longer lets use the application is a member at none, once PIM is asked', async () => {
    open({ beside })
    refusal = refusedWith(50105)
    await gate.pimToken.get({ identity, sessionId: 'id' }).catch(() => {})
    const membership = { member: false, provenAt: noon, reason: 'not-assigned' }
    expect(record?.gates).toEqual({ members: { membership }, operators: { membership }, readers: { membership } })
  })
})
