import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { createSharedRoster } from '../../../src/gate/news/shared-roster.ts'
import { ago, inSeconds, now as noon } from '../memberships.ts'
import { boardInMemory, leasesInMemory } from './in-memory.ts'

const rosterMs = 15_000
let now: number
let announcedAt: number
let members: string[]
let listing: () => Promise<void>
let listed: number
let warned: unknown[]
let board: ReturnType<typeof boardInMemory>
let leases: ReturnType<typeof leasesInMemory>
let roster: ReturnType<typeof createSharedRoster>

const open = (period = rosterMs) =>
  createSharedRoster({
    clock: () => new Date(now),
    rosterMs: period,
    list: async () => {
      listed += 1
      await listing()
      return { assignments: [], members }
    },
    board,
    leases,
    log: { warn: (line: unknown) => void warned.push(line) } as never,
    announcedAt: () => announcedAt,
  })
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
  vi.advanceTimersByTime(60_000)
  now = noon
  announcedAt = 0
  members = ['ana']
  listing = async () => {}
  listed = 0
  warned = []
  board = boardInMemory()
  leases = leasesInMemory()
  roster = open()
})
afterEach(() => void vi.useRealTimers())

const renew = (owed = roster.isOwed) => roster.renew(owed)
const always = () => true
const people = () => Object.keys(roster.current()?.members ?? {})
/** Another replica shares a roster that it asked for at this instant of its own clock. */
const shared = (askedAt: number, text = JSON.stringify({ askedAt, members: { bert: {} }, ended: {} })) =>
  void board.news.set('roster', { at: askedAt, text, lifeMs: 1 })
const pass = (ms: number) => {
  now += ms
  vi.advanceTimersByTime(ms)
}

describe('the group', () => {
  test('is unknown at first, and has to be listed', () => {
    expect([roster.current(), roster.askedAt(), roster.isOwed()]).toEqual([undefined, 0, true])
  })

  test('is known as of when it was listed', async () => {
    await renew()
    expect([people(), roster.askedAt()]).toEqual([['ana'], noon])
  })

  test('is listed under a lease', async () => {
    await renew()
    expect(leases.held).toEqual([['roster', 3_000]])
  })

  test('is shared for a day as soon as it is listed', async () => {
    await renew()
    const text = JSON.stringify(roster.current())
    expect(board.news.get('roster')).toEqual({ at: noon, text, lifeMs: 24 * 3_600_000 })
  })

  test('is known to this replica although Redis does not take it', async () => {
    board.post = () => Promise.reject(new Error('away'))
    roster = open()
    await expect(renew()).rejects.toThrow('away')
    expect([people(), warned, [...leases.pauses]]).toEqual([['ana'], [], []])
  })

  test('is not listed where that is not owed', async () => {
    await renew(() => false)
    expect([listed, leases.held]).toEqual([0, []])
  })

  test('is not listed while nobody may', async () => {
    leases.pauses.set('roster', 1)
    await renew()
    expect([listed, leases.held, await roster.isPaused()]).toEqual([0, [], true])
  })

  test('is not paused otherwise', async () => {
    expect(await roster.isPaused()).toBe(false)
  })

  test('is not listed where another replica did that before our turn came', async () => {
    const { hold } = leases
    leases.hold = (...holding) => {
      shared(noon)
      return hold(...holding)
    }
    roster = open()
    await renew()
    expect([listed, people()]).toEqual([0, ['bert']])
  })
})

describe('a roster has to be renewed', () => {
  beforeEach(() => renew())

  test.for<[string, number, boolean]>([
    ['not before its period is over', rosterMs - 1, false],
    ['when its period is over', rosterMs, true],
    ['not where our clock was set back by half a minute', -30_000, false],
    ['where our clock was set back by more', -30_001, true],
  ])('%s', ([, ms, expected]) => {
    now += ms
    expect(roster.isOwed()).toBe(expected)
  })

  test.for<[string, number, number, boolean]>([
    ['a second after it was asked for, where a change was announced since', 1, 1_000, true],
    ['not sooner, where a change was announced since', 1, 999, false],
    ['not because of a change that was announced just as it was asked for', 0, 1_000, false],
  ])('%s', ([, announcedMs, ms, expected]) => {
    announcedAt = noon + announcedMs
    pass(ms)
    expect(roster.isOwed()).toBe(expected)
  })

  test('because of a change that is heard of now, whichever clock dated it', () => {
    pass(1_000)
    roster.outdate()
    expect(roster.isOwed()).toBe(true)
  })

  test('no more once it was renewed since', async () => {
    pass(1_000)
    roster.outdate()
    await renew()
    pass(1_000)
    expect([listed, roster.isOwed()]).toEqual([2, false])
  })
})

describe('a group is listed at most once a second', () => {
  test('by our clock', async () => {
    await renew()
    pass(999)
    expect(roster.mayPoll()).toBe(false)
    pass(1)
    expect(roster.mayPoll()).toBe(true)
  })

  test('by the time that passes, where a clock ahead of ours dated the list', async () => {
    announcedAt = inSeconds(20)
    await renew()
    pass(999)
    expect(roster.mayPoll()).toBe(false)
    pass(1)
    expect(roster.mayPoll()).toBe(true)
  })

  test('by our clock where that stands still', async () => {
    await renew()
    vi.advanceTimersByTime(1_000)
    expect(roster.mayPoll()).toBe(false)
  })

  test('and at once where only others have listed it', async () => {
    shared(inSeconds(20))
    await renew(() => false)
    expect(roster.mayPoll()).toBe(true)
  })
})

describe('a list is dated', () => {
  test('after the announcement that it answers', async () => {
    announcedAt = inSeconds(20)
    await renew()
    expect(roster.askedAt()).toBe(inSeconds(20))
  })

  test('after the list that it replaces', async () => {
    shared(inSeconds(20))
    await renew(always)
    expect([roster.askedAt(), people()]).toEqual([inSeconds(20) + 1, ['ana']])
  })
})

describe('a list of another replica', () => {
  test('is taken where it is newer', async () => {
    await renew()
    shared(noon + 1)
    await renew()
    expect([people(), listed]).toEqual([['bert'], 1])
  })

  test('is not taken where it is as old as ours', async () => {
    await renew()
    shared(noon)
    await renew()
    expect(people()).toEqual(['ana'])
  })

  test('is taken where its clock is half a minute ahead', async () => {
    shared(inSeconds(30))
    await renew()
    expect(people()).toEqual(['bert'])
  })

  test('is not taken where its clock is further ahead', async () => {
    shared(inSeconds(30) + 1)
    await renew(() => false)
    expect(roster.current()).toBeUndefined()
  })

  test('that cannot be read leaves ours', async () => {
    await renew()
    shared(noon + 1, 'x')
    await renew()
    expect(people()).toEqual(['ana'])
  })
})

test.for<[string, number, string[]]>([
  ['is kept for as long as clocks may differ', -30_000, ['ana']],
  ['is dropped beyond that', -30_001, []],
])('a list that our own clock dated ahead %s', async ([, ms, expected]) => {
  await renew()
  now += ms
  board.news.clear()
  await renew(() => false)
  expect(people()).toEqual(expected)
})

describe('where Graph does not list the group', () => {
  const silence = new Error('silence')
  const failing = async (thrown: unknown, period?: number) => {
    roster = open(period)
    listing = () => Promise.reject(thrown)
    await renew(always)
  }

  test('the list there was goes on counting', async () => {
    await renew()
    listing = () => Promise.reject(silence)
    pass(rosterMs)
    await renew()
    expect([people(), roster.askedAt()]).toEqual([['ana'], noon])
  })

  test('nothing is shared', async () => {
    await failing(silence)
    expect([...board.news]).toEqual([])
  })

  test('the log says so', async () => {
    await failing(silence)
    expect(warned).toEqual([{ event: 'roster-failed', error: silence }])
  })

  test.for<[string, unknown, number, number]>([
    ['for five seconds', silence, rosterMs, 5_000],
    ['for a period, where that is shorter', silence, 2_000, 2_000],
    ['for as long as it asks', new NoAnswer('status 429', { retryAfterMs: 17_000 }), rosterMs, 17_000],
  ])('it is left alone by all replicas %s', async ([, thrown, period, pauseMs]) => {
    await failing(thrown, period)
    expect([...leases.pauses]).toEqual([['roster', pauseMs]])
  })
})

test('somebody whose membership has ended since the last list is known to have been in the group', async () => {
  const until = ago(1)
  shared(ago(20), JSON.stringify({ askedAt: ago(20), members: { bert: { until } }, ended: {} }))
  await renew()
  expect(roster.current()?.ended).toEqual({ bert: { at: until, ranOut: true } })
})
