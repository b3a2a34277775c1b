import { beforeEach, describe, expect, test } from 'vitest'
import type { Membership } from '../../../src/session/record/membership.ts'
import { lagMs, type Plan } from '../../../src/session/record/plan.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'
import type { Redis } from '../../../src/session/redis/redis.ts'
import { createGateCensus } from '../../../src/session/stored/gate-census.ts'
import { recordAt, yes } from '../../support/alice.ts'
import { awayRedis, ownKeys, redisThat } from '../own-keys.ts'

const { redis, prefix } = ownKeys()
const start = Date.parse('2026-03-02T12:00:00Z')
const minute = 60_000
const hour = 60 * minute
const limits = { idleMs: 30 * minute, maxMs: 10 * hour }
let last = 0
let now: number
beforeEach(() => {
  now = start
})

/** The census of an installation of its own with three gates. `elsewhere` are the marks that differ in another one. */
function open({ over = redis as Redis, elsewhere = {} }: { over?: Redis; elsewhere?: Record<string, string> } = {}) {
  const installation = Object.keys(elsewhere).length > 0 ? last : ++last
  const named = ['members', 'operators', 'auditors'].map(gate => [gate, `${gate}-${installation}`] as const)
  const marks = { ...Object.fromEntries(named), ...elsewhere }
  const census = createGateCensus({ redis: over, prefix, marks, limits, clock: () => new Date(now) })
  const countsAt = async (at: number) =>
    Object.fromEntries((await census.counts(at)).map(({ gate, count }) => [gate, count]))
  return { ...census, marks, countsAt, membersAt: async (at: number) => (await countsAt(at)).members }
}

const no = (provenAt: number) => ({ membership: { member: false, provenAt, reason: 'not-in-group' } as const })
const unknown = { membership: 'unknown' } as const
const session = (gates: SessionRecord['gates'] = { members: yes(start) }): SessionRecord => ({
  ...recordAt(start),
  gates,
})
/** A session that knows this of the gate `members`. */
const knowing = (membership: Membership, plan?: Plan) => session({ members: { membership, ...(plan && { plan }) } })
const member = (more: { until?: number } = {}): Membership => ({ member: true, provenAt: start, ...more })

describe('a session counts', () => {
  test('at no gate before it was seen: each gate has 0', async () => {
    expect(await open().countsAt(now)).toEqual({ members: 0, operators: 0, auditors: 0 })
  })

  test('at each gate of which its person is a member, and at no other', async () => {
    const { seen, countsAt } = open()
    seen('one', session({ members: yes(start), operators: no(start), auditors: yes(start) }))
    expect(await countsAt(now)).toEqual({ members: 1, operators: 0, auditors: 1 })
  })

  test.for([
    ['is not known', { operators: unknown }],
    ['was never asked about', {}],
  ] as const)('not where the membership %s', async ([_what, gates], { expect }) => {
    const { seen, countsAt } = open()
    seen('one', session(gates))
    expect(await countsAt(now)).toEqual({ members: 0, operators: 0, auditors: 0 })
  })

  test('once, however often it is seen', async () => {
    const { seen, membersAt } = open()
    seen('one', session())
    seen('one', session())
    expect(await membersAt(now)).toBe(1)
  })

  test('by itself, also beside another one of the same person', async () => {
    const { seen, membersAt } = open()
    seen('one', session())
    seen('two', session())
    expect(await membersAt(now)).toBe(2)
  })

  test('until it was not used for too long', async () => {
    const { seen, membersAt } = open()
    seen('one', session())
    const over = start + limits.idleMs
    expect([await membersAt(over - 1), await membersAt(over)]).toEqual([1, 0])
  })

  test('until it is as old as it may become', async () => {
    const { seen, membersAt } = open()
    const over = start + limits.maxMs
    now = over - minute
    seen('one', { ...session(), lastSeenAt: now })
    expect([await membersAt(over - 1), await membersAt(over)]).toEqual([1, 0])
  })

  test('under its id, with the mark of the gate', async () => {
    const { seen, marks } = open()
    seen('one', session())
    expect(await redis.zrange(`${prefix}gate-sessions:${marks.members}`, '0', '-1')).toEqual(['one'])
  })
})

describe('a membership that ends', () => {
  const end = start + 10 * minute
  test.for<[string, SessionRecord]>([
    ['by its own end', knowing(member({ until: end }))],
    ['by the plan of its person', knowing(member(), { askedAt: start, until: end })],
    ['by the sooner of two ends: its own', knowing(member({ until: end }), { askedAt: start, until: end + 1 })],
    [
      'by the sooner of two ends: that of the plan',
      knowing(member({ until: end + 1 }), { askedAt: start, until: end }),
    ],
  ])('%s counts until that instant, without a write', async ([_what, record], { expect }) => {
    const { seen, membersAt } = open()
    seen('one', record)
    expect([await membersAt(end - 1), await membersAt(end)]).toEqual([1, 0])
  })

  test('later than its session counts until the session is over', async () => {
    const { seen, membersAt } = open()
    seen('one', knowing(member({ until: start + hour })))
    const over = start + limits.idleMs
    expect([await membersAt(over - 1), await membersAt(over)]).toEqual([1, 0])
  })

  test.for([
    ['while tokens may lag behind the end', lagMs - 1, 0],
    ['after that: it is a new one', lagMs, 1],
  ] as const)('and is proven once more, %s', async ([_what, later, count], { expect }) => {
    const { seen, membersAt } = open()
    const plan = { askedAt: start - hour, until: start - minute }
    seen('one', knowing({ member: true, provenAt: plan.until + later }, plan))
    expect(await membersAt(now)).toBe(count)
  })

  test('has ended where that was known when the session was seen', async () => {
    const { seen, membersAt } = open()
    seen('one', knowing(member()))
    now = end
    seen('one', knowing(member({ until: end })))
    expect([await membersAt(start), await membersAt(end)]).toEqual([0, 0])
  })
})

describe('a session that was changed', () => {
  /** What Redis was told when a session that was seen before was changed to this. */
  async function toldOf(after: SessionRecord, before = session()) {
    const told: [command: string, key: unknown][] = []
    const { changed } = open({
      over: redisThat(async (command, args) => told.push([command, args[command === 'eval' ? 2 : 0]])),
    })
    changed('one', before, after)
    return told
  }

  test('counts no more at a gate where the membership was lost, and as before at another', async () => {
    const { seen, changed, countsAt } = open()
    const before = session({ members: yes(start), auditors: yes(start) })
    seen('one', before)
    changed('one', before, session({ members: yes(start), auditors: no(start + 1) }))
    expect(await countsAt(now)).toEqual({ members: 1, operators: 0, auditors: 0 })
  })

  test('counts at a gate where its person became a member', async () => {
    const { seen, changed, countsAt } = open()
    seen('one', session())
    changed('one', session(), session({ members: yes(start), operators: yes(start + 1) }))
    expect(await countsAt(now)).toEqual({ members: 1, operators: 1, auditors: 0 })
  })

  test('counts on when it was used', async () => {
    const { seen, changed, membersAt } = open()
    seen('one', session())
    changed('one', session(), { ...session(), lastSeenAt: start + minute })
    expect(await membersAt(start + limits.idleMs)).toBe(1)
  })

  test('counts until the end that was learned', async () => {
    const { seen, changed, membersAt } = open()
    seen('one', session())
    const end = start + minute
    changed('one', session(), knowing(member(), { askedAt: start, until: end }))
    expect([await membersAt(end - 1), await membersAt(end)]).toEqual([1, 0])
  })

  test('is told to each gate: what an earlier change could not tell is made good', async () => {
    const gates = ['members', 'operators', 'auditors']
    const told = await toldOf({ ...session(), lastSeenAt: start + 1 })
    const keys = told.map(([command, key]) => [command, String(key).slice(prefix.length).replace(/-\d+$/, '')])
    expect(keys).toEqual(gates.map(gate => [gate === 'members' ? 'eval' : 'zrem', `gate-sessions:${gate}`]))
  })

  test.for<[string, SessionRecord]>([
    ['a newer proof that says the same', session({ members: yes(start + minute) })],
    ['something that is no concern of a gate', { ...session(), browser: 'another' }],
    ['a gate where the membership is not known', session({ members: yes(start), operators: unknown })],
  ])('by %s costs no command', async ([_what, after], { expect }) => {
    expect(await toldOf(after)).toEqual([])
  })

  test('by use costs no command where its person is a member nowhere', async () => {
    expect(await toldOf({ ...session({}), lastSeenAt: start + minute }, session({}))).toEqual([])
  })
})

test('a session that is gone counts at no gate', async () => {
  const { seen, gone, countsAt } = open()
  seen('one', session({ members: yes(start), operators: yes(start), auditors: yes(start) }))
  seen('two', session())
  gone('one')
  expect(await countsAt(now)).toEqual({ members: 1, operators: 0, auditors: 0 })
})

test('a group that another installation has under the same name counts by itself', async () => {
  const { seen } = open()
  const another = open({ elsewhere: { operators: `another-${last}` } })
  seen('one', session({ members: yes(start), operators: yes(start) }))
  expect(await another.countsAt(now)).toEqual({ members: 1, operators: 0, auditors: 0 })
})

describe('a Redis that is away', () => {
  test('is told to who asks for the counts', async () => {
    await expect(open({ over: awayRedis }).counts(now)).rejects.toMatchObject({ code: 'redis-away' })
  })

  test('is not told to anybody who is seen, changed or gone meanwhile', async () => {
    const unheard: unknown[] = []
    const hear = (error: unknown) => void unheard.push(error)
    process.on('unhandledRejection', hear)
    const { seen, changed, gone } = open({ over: awayRedis })
    seen('one', session())
    changed('one', session(), session({}))
    gone('one')
    await new Promise(resolve => setImmediate(resolve))
    process.off('unhandledRejection', hear)
    expect(unheard).toEqual([])
  })
})
