import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { pageWaitMs } from '../../../src/clock.ts'
import type { Tokens } from '../../../src/entra/oidc/signed-in.ts'
import { Problem } from '../../../src/errors.ts'
import { createRecheck } from '../../../src/gate/asking/recheck.ts'
import { createRedisDoubts } from '../../../src/gate/asking/redis-doubts.ts'
import { atGate } from '../../../src/session/record/at-gate.ts'
import type { Membership } from '../../../src/session/record/membership.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'
import { ago, inSeconds, no, now, yes } from '../memberships.ts'
import { refusedWith } from './refusals.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

const identity = { tenantId: 't', objectId: 'o', subject: 's', name: 'Alice', username: 'alice' }
/** The facts of a session of the gate `members`. */
const at = (membership: Membership) => ({ members: { membership } })
const session = { identity, gates: at(yes(60)), contexts: {}, signedInAt: ago(60), lastSeenAt: ago(60), browser: 'b' }
/** The same as the gate sees it. */
const seen = (membership: Membership) => atGate({ ...session, gates: at(membership) }, 'members')
const tokens: Tokens = { accessToken: 'a', refreshToken: 'r', idToken: 'i', accessTokenExpiresAt: now }
const away = new Problem('redis-away')

type Scene = {
  record?: Partial<SessionRecord> | 'over'
  isPaused?: boolean
  /** Stands in place of the turn that a session has. */
  hold?: () => Promise<{ held: false }>
  readable?: Promise<never>
  refusal?: Problem
  /** What Entra's answer says of each gate. */
  memberships?: Record<string, Membership>
} & Partial<Parameters<typeof createRecheck>[0]>

/** A replica with one session; `asked` counts the questions to Entra. */
function replica({ record = {}, isPaused = false, hold, readable, refusal, memberships, ...more }: Scene = {}) {
  const asked: string[] = []
  const logged: unknown[] = []
  let found = record === 'over' ? undefined : ({ ...session, ...record } as SessionRecord)
  const recheckFor = createRecheck({
    clock: () => new Date(now),
    oidc: {
      refresh: async token => {
        asked.push(token)
        if (refusal) throw refusal
        return { identity, groups: [], roles: [], contexts: [], tokens }
      },
    },
    vault: { read: async () => tokens, replace: async () => true, holds: async () => true } as never,
    sessions: {
      read: async () => readable ?? found,
      change: async (_id: string, edit: (found: SessionRecord) => SessionRecord) => {
        if (found) found = edit(found)
        return found
      },
      destroy: async () => {},
    } as never,
    leases: {
      hold: hold ?? (async (_name: string, _ms: number, work: () => unknown) => ({ held: true, value: await work() })),
      isPaused: async () => isPaused,
      pause: async () => {},
    } as never,
    proof: async (_signedIn, askedAt) => ({
      memberships: memberships ?? { members: { member: true, provenAt: askedAt.getTime() } },
    }),
    gates: [{ name: 'members' }],
    log: { info() {}, warn: (line: unknown) => void logged.push(line) } as never,
    ...more,
  })
  return { recheck: recheckFor('members'), recheckFor, asked, logged }
}

describe('a session', () => {
  test('that is over is not asked about', async () => {
    const { recheck, asked } = replica({ record: 'over' })
    expect([await recheck('ana', ago(1)), asked]).toEqual(['over', []])
  })

  test('that was proven since is not asked about, and takes no turn', async () => {
    const { recheck, asked } = replica({ record: { gates: at(yes(0)) }, hold: () => Promise.reject(away) })
    expect([await recheck('ana', ago(1)), asked]).toEqual([{ record: seen(yes(0)) }, []])
  })

  test('about which nobody asks for a while is not asked about', async () => {
    const { recheck, asked } = replica({ isPaused: true })
    expect([await recheck('ana', ago(1)), asked]).toEqual(['unanswered', []])
  })

  test('that was not proven since is asked about', async () => {
    const { recheck, asked } = replica()
    expect(await recheck('ana', ago(1))).toEqual({ record: { ...seen(yes(0)), ownProvenAt: now } })
    expect(asked).toEqual(['r'])
  })

  test('whose turn does not come while a page waits stays as it was', async () => {
    const hold = async () => {
      vi.advanceTimersByTime(pageWaitMs)
      return { held: false } as const
    }
    expect(await replica({ hold }).recheck('ana', ago(1))).toBe('unanswered')
  })

  test('among too many stays as it was', async () => {
    const { recheck, logged } = replica({ inFlight: { atOnce: 0, waiting: 0, longestWaitMs: 1 } })
    expect(await recheck('ana', ago(1))).toBe('unanswered')
    expect(logged).toMatchObject([{ event: 'rechecks-crowded', atOnce: 0 }])
  })

  test('that a policy ends is told of', async () => {
    const blocked = vi.fn(async () => {})
    const refusal = refusedWith(53003)
    expect(await replica({ refusal, blocked }).recheck('ana', ago(1))).toBe('over')
    expect(blocked).toHaveBeenCalledWith(session, refusal)
  })

  test('tells those who watch the set-up what its token names', async () => {
    const setUp = { saw: vi.fn(), tooManyGroups: vi.fn() }
    await replica({ setUp }).recheck('ana', ago(1))
    expect(setUp.saw).toHaveBeenCalledWith(identity, [], { isRunning: false })
  })
})

describe('after an announcement that a clock ahead of ours has dated', () => {
  const announced = (heardAt: number) => ({
    gates: [{ name: 'members', staleBefore: () => inSeconds(20), heardAt: () => heardAt }],
  })

  test('a proof is dated so that it answers the announcement', async () => {
    const { recheck } = replica(announced(ago(1)))
    expect(await recheck('ana', ago(1))).toMatchObject({ record: { membership: yes(-20) } })
  })

  test('what was asked since it was heard of answers it', async () => {
    const { recheck, asked } = replica({ ...announced(ago(1)), memberships: { members: no(0) } })
    await recheck('ana', inSeconds(20))
    await recheck('ana', inSeconds(20))
    expect(asked).toHaveLength(1)
  })

  test('what was asked just as it was heard of does not answer it', async () => {
    const { recheck, asked } = replica({ ...announced(now), memberships: { members: no(0) } })
    await recheck('ana', inSeconds(20))
    await recheck('ana', inSeconds(20))
    expect(asked).toHaveLength(2)
  })
})

test('where nothing is ever announced, what was asked a moment ago answers an instant that is still to come', async () => {
  const { recheck, asked } = replica({ memberships: { members: no(0) } })
  await recheck('ana', inSeconds(20))
  await recheck('ana', inSeconds(20))
  expect(asked).toHaveLength(1)
})

describe('with two gates', () => {
  const gates = [{ name: 'members' }, { name: 'operators' }]
  const memberships = { members: yes(0), operators: no(0) }

  test('one answer of Entra proves both', async () => {
    const { recheckFor, asked } = replica({ gates, memberships })
    const [members, operators] = [
      await recheckFor('members')('ana', ago(1)),
      await recheckFor('operators')('ana', ago(1)),
    ]
    expect(members).toMatchObject({ record: { membership: yes(0) } })
    expect(operators).toMatchObject({ record: { membership: no(0) } })
    expect(asked).toHaveLength(1)
  })

  test('requests for both at the same time share one question', async () => {
    const { recheckFor, asked } = replica({ gates, memberships })
    const both = [recheckFor('members')('ana', ago(1)), recheckFor('operators')('ana', ago(1))]
    expect(await Promise.all(both)).toMatchObject([
      { record: { membership: yes(0) } },
      { record: { membership: no(0) } },
    ])
    expect(asked).toHaveLength(1)
  })

  test('each sees the session with its own facts alone', async () => {
    const { recheckFor } = replica({ gates, memberships })
    expect(await recheckFor('operators')('ana', ago(1))).toEqual({ record: { ...seen(no(0)), ownProvenAt: now } })
  })

  test('a proof of one is none of the other', async () => {
    const { recheckFor, asked } = replica({ gates, memberships, record: { gates: at(yes(0)) } })
    await recheckFor('operators')('ana', ago(1))
    expect(asked).toHaveLength(1)
  })

  test('an answer that was silent about one is asked for anew there, and not at the other', async () => {
    const { recheckFor, asked } = replica({ gates, memberships: { members: no(0) } })
    for (const gate of ['members', 'members', 'operators', 'operators']) await recheckFor(gate)('ana', inSeconds(20))
    expect(asked).toHaveLength(3)
  })

  test('what one heard of a clock ahead says nothing of when the other heard of it', async () => {
    const ahead = [
      { name: 'members', heardAt: () => now },
      { name: 'operators', heardAt: () => ago(1) },
    ]
    const { recheckFor, asked } = replica({ gates: ahead, memberships: { members: no(0), operators: no(0) } })
    for (const gate of ['operators', 'operators', 'members', 'members']) await recheckFor(gate)('ana', inSeconds(20))
    expect(asked).toHaveLength(3)
  })

  test.each([
    ['operators', no(-20)],
    ['members', yes(0)],
  ] as const)(
    'a proof answers the announcement of its own gate, and is dated by no other: %s',
    async (gate, membership) => {
      const announced = [{ name: 'members' }, { name: 'operators', staleBefore: () => inSeconds(20) }]
      const { recheckFor } = replica({ gates: announced, memberships })
      expect(await recheckFor(gate)('ana', ago(1))).toMatchObject({ record: { membership } })
    },
  )
})

test('a person whom Entra no longer lets use the application is a member at no gate', async () => {
  const { recheckFor } = replica({ gates: [{ name: 'members' }, { name: 'operators' }], refusal: refusedWith(50105) })
  const membership = { member: false, provenAt: now, reason: 'not-assigned' }
  expect(await recheckFor('operators')('ana', ago(1))).toMatchObject({ record: { membership } })
})

test('an answer may tell of a gate that nobody asks about', async () => {
  const { recheck } = replica({ memberships: { members: no(0), strangers: yes(0) } })
  expect(await recheck('ana', ago(1))).toMatchObject({ record: { membership: no(0) } })
})

test('of a gate that nobody describes nothing is ever proven', async () => {
  const { recheckFor, asked } = replica()
  for (const gate of ['strangers', 'strangers']) await recheckFor(gate)('ana', ago(1))
  expect(asked).toHaveLength(2)
})

describe('a Redis that takes no writes', () => {
  const hold = () => Promise.reject(away)

  test('leaves a session as it was', async () => {
    expect(await replica({ hold }).recheck('ana', ago(1))).toBe('unanswered')
  })

  test('is logged with whom it is about', async () => {
    const { recheck, logged } = replica({ hold })
    await recheck('ana', ago(1))
    expect(logged).toEqual([{ event: 'recheck-failed', oid: 'o', code: 'redis-away', error: away }])
  })

  test('is logged once for many requests', async () => {
    const { recheck, logged } = replica({ hold })
    for (let left = 3; left > 0; left--) await recheck('ana', ago(1))
    expect(logged).toHaveLength(1)
  })

  test('leaves the session in doubt', async () => {
    const doubts = createRedisDoubts()
    await replica({ hold, doubts }).recheck('ana', ago(1))
    expect(doubts.has('ana')).toBe(true)
  })

  test('leaves the session in no doubt once it is asked about', async () => {
    const doubts = createRedisDoubts()
    doubts.note('ana')
    await replica({ doubts }).recheck('ana', ago(1))
    expect(doubts.has('ana')).toBe(false)
  })
})

test('a Redis that cannot be read leaves nobody to name in the log', async () => {
  const { recheck, logged } = replica({ readable: Promise.reject(away) })
  expect(await recheck('ana', ago(1))).toBe('unanswered')
  expect(logged).toMatchObject([{ event: 'recheck-failed', oid: undefined }])
})

test('a bug rises, and is no silence of Entra', async () => {
  const { recheck } = replica({ hold: () => Promise.reject(new TypeError('a bug')) })
  await expect(recheck('ana', ago(1))).rejects.toThrow('a bug')
})
