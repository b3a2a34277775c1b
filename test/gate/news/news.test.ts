import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { GateSettings } from '../../../src/config/gates.ts'
import { createNews, type News } from '../../../src/gate/news/news.ts'
import { inSeconds, now as noon } from '../memberships.ts'
import { boardInMemory, leasesInMemory } from './in-memory.ts'

const groupId = '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05'
const operators: GateSettings = { name: 'operators', title: 'Operators', groupId, selfService: true }
const byRoleAlone: GateSettings = { name: 'readers', title: 'Readers', role: 'Read', selfService: false }

let now: number
let done: string[]
let logged: unknown[]
let board: ReturnType<typeof boardInMemory>
let news: News

function open(settings = operators, { roster = true, notifications = true, delayMs = 0 } = {}): News {
  const logOf = (facts: object) => ({
    info() {},
    warn: (line: object) => void logged.push({ ...facts, ...line }),
    child: (more: object) => logOf({ ...facts, ...more }),
  })
  news = createNews(settings, {
    config: {
      membership: { recheckMs: 60_000, graceMs: 0, roster, rosterMs: 15_000 },
      graph: { notifications },
    } as never,
    clock: () => new Date(now),
    log: logOf({}) as never,
    microsoft: {
      groupOf: (group: object) => ({
        async list() {
          done.push(`listed ${JSON.stringify(group)}`)
          return { assignments: [], members: ['ana'] }
        },
        subscriptions: {
          notificationUrl: 'https://app.example/hooks/graph',
          async create(clientState: string) {
            done.push(`subscribed with ${clientState}`)
            return { id: 'subscription', expiresAt: inSeconds(48 * 3_600) }
          },
          ours: async () => [],
        },
      }),
    } as never,
    stores: {
      board,
      leases: leasesInMemory(),
      notes: { change: async () => false },
      clientStates: () => ['the newest state', 'an older state'],
    } as never,
    observations: {} as never,
    delayMs,
  })
  return news
}
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  now = noon
  done = []
  logged = []
  board = boardInMemory()
})
afterEach(() => {
  news.stop()
  vi.useRealTimers()
})
const pass = async (ms: number) => {
  now += ms
  await vi.advanceTimersByTimeAsync(ms)
}
const kinds = () => new Set(done.map(each => each.split(' ')[0]))

describe('the news of a gate with a group', () => {
  test('do not come before they are started', async () => {
    open()
    await pass(60_000)
    expect(done).toEqual([])
  })

  test('come from a list of that group', async () => {
    open(operators, { notifications: false }).start()
    await pass(0)
    expect(done).toEqual([`listed ${JSON.stringify({ name: 'operators', groupId })}`])
    expect(news.source.membershipOf('ana')).toEqual({ member: true, provenAt: noon })
  })

  test('come from Graph, which is given the newest secret', async () => {
    open(operators, { roster: false }).start()
    await pass(0)
    expect(done).toEqual(['subscribed with the newest state'])
  })

  test('are what another replica announced, where there are notifications and no list', async () => {
    open(operators, { roster: false }).start()
    await pass(0)
    board.news.set('announced', { at: noon, text: '', lifeMs: 1 })
    await pass(500)
    expect(news.staleBefore()).toBe(noon)
  })

  test('are nothing where there is neither a list nor a notification', async () => {
    open(operators, { roster: false, notifications: false }).start()
    board.news.set('announced', { at: noon, text: '', lifeMs: 1 })
    await pass(60_000)
    expect([done, news.staleBefore()]).toEqual([[], 0])
  })

  test('wait for their turn among those of other gates', async () => {
    open(operators, { notifications: false, delayMs: 5_000 }).start()
    await pass(4_999)
    expect(done).toEqual([])
    await pass(1)
    expect(kinds()).toEqual(new Set(['listed']))
  })

  test('that other replicas announce and list are heard of while they wait for their turn', async () => {
    const roster = { askedAt: noon, members: {}, ended: {} }
    board.news.set('announced', { at: noon, text: '', lifeMs: 1 })
    board.news.set('roster', { at: noon, text: JSON.stringify(roster), lifeMs: 1 })
    open(operators, { notifications: false, delayMs: 5_000 }).start()
    await pass(500)
    expect([news.staleBefore(), news.roster()?.askedAt, done]).toEqual([noon, noon, []])
  })

  test('that are announced are told to the other replicas, and make older proofs stale', async () => {
    await open().announce()
    expect([board.news.get('announced')?.at, news.staleBefore(), news.heardAt()]).toEqual([noon, noon, noon])
  })

  test('that may have been missed are announced', async () => {
    await open().subscription.told({ id: 'subscription', what: 'missed' })
    expect(news.staleBefore()).toBe(noon)
  })

  test('carry any of its secrets', () => {
    expect(open().clientStates()).toEqual(['the newest state', 'an older state'])
  })

  test('that fail are logged with the name of the gate', async () => {
    board.at = () => Promise.reject(new Error('away'))
    open(operators, { notifications: false }).start()
    await pass(0)
    await pass(500)
    expect(logged).toMatchObject([{ gate: 'operators', event: 'watch-failed' }])
  })

  test.for([
    [`Groups/${groupId}`, true],
    [`groups/${groupId.toUpperCase()}/members`, true],
    ['Groups/e91b3d68-0f27-4ac5-b6d4-7c3f8e2a5d19', false],
    ['', false],
  ] as const)('are about the resource %j: %s', ([resource, isAbout]) => {
    expect(open().isAbout(resource)).toBe(isAbout)
  })

  test.for(['retire', 'stop'] as const)('ask Microsoft nothing any more after %s', async what => {
    open().start()
    await pass(0)
    expect(kinds()).toEqual(new Set(['listed', 'subscribed']))
    news[what]()
    board.news.clear()
    done = []
    await pass(120_000)
    expect(done).toEqual([])
  })

  test('are still heard from other replicas after they are retired', async () => {
    open().start()
    await pass(0)
    news.retire()
    board.news.set('announced', { at: inSeconds(1), text: '', lifeMs: 1 })
    await pass(1_000)
    expect(news.staleBefore()).toBe(inSeconds(1))
  })

  test('are not heard after they are stopped', async () => {
    open().start()
    await pass(0)
    news.stop()
    board.news.set('announced', { at: inSeconds(1), text: '', lifeMs: 1 })
    await pass(1_000)
    expect(news.staleBefore()).toBe(0)
  })
})

describe('the news of a gate without a group', () => {
  test('are silence: nothing is asked, listed or stale', async () => {
    open(byRoleAlone).start()
    await pass(60_000)
    expect([done, news.roster(), news.staleBefore(), news.heardAt()]).toEqual([[], undefined, 0, 0])
  })

  test('say of nobody whether they are members', () => {
    expect(open(byRoleAlone).source.membershipOf('ana')).toBe('unknown')
  })

  test('are about no resource, and carry no secret', () => {
    open(byRoleAlone)
    expect([news.isAbout(''), news.isAbout(`Groups/${groupId}`), news.clientStates()]).toEqual([false, false, []])
  })

  test('cannot be renewed, announced or subscribed to, and nobody minds', async () => {
    open(byRoleAlone)
    await news.source.renew(now)
    await news.announce()
    await news.subscription.told({ id: 'subscription', what: 'missed' })
    await news.subscription.keep()
    news.subscription.start()
    news.subscription.stop()
    news.retire()
    await pass(60_000)
    expect([done, news.staleBefore(), board.news.size]).toEqual([[], 0, 0])
  })
})
