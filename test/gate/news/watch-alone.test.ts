import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createWatch, type Watch } from '../../../src/gate/news/watch.ts'
import { inSeconds, now as noon } from '../memberships.ts'
import { boardInMemory, leasesInMemory } from './in-memory.ts'

const lookMs = 500
const away = new Error('away')
let now: number
let listed: number
let looks: number
let isAway: boolean
let awayAfterLooks: number
let isListing: boolean
let isBusy: boolean
let warned: unknown[]
let board: ReturnType<typeof boardInMemory>
let leases: ReturnType<typeof leasesInMemory>
let watch: Watch

function open({ roster = true, delayMs = 0 } = {}): Watch {
  board = boardInMemory()
  leases = leasesInMemory()
  return createWatch({
    config: { membership: { recheckMs: 60_000, graceMs: 0, roster, rosterMs: 15_000 } },
    clock: () => new Date(now),
    list: async () => {
      listed += 1
      if (!isListing) throw new Error('silence')
      return { assignments: [{ principalId: 'ana', startsAt: 0, until: inSeconds(60) }], members: ['ana'] }
    },
    board: {
      ...board,
      async at(name) {
        if (name === 'announced') looks += 1
        if (isAway || looks > awayAfterLooks) throw away
        return board.at(name)
      },
    },
    leases: { ...leases, hold: (...turn) => (isBusy ? Promise.resolve({ held: false }) : leases.hold(...turn)) },
    log: { warn: (line: unknown) => void warned.push(line) } as never,
    delayMs,
  })
}
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  now = noon
  listed = 0
  looks = 0
  isAway = false
  awayAfterLooks = Infinity
  isListing = true
  isBusy = false
  warned = []
  watch = open()
})
afterEach(() => {
  watch.stop()
  vi.useRealTimers()
})

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) {
    now += Math.min(left, 100)
    await vi.advanceTimersByTimeAsync(Math.min(left, 100))
  }
}
/** Whether a wish is fulfilled by now. */
function wish(work: Promise<void>) {
  const state = { isDone: false }
  work.then(
    () => {
      state.isDone = true
    },
    () => {},
  )
  return state
}
const settled = () => vi.advanceTimersByTimeAsync(0)

describe('a watch', () => {
  test('looks at the board at once, and then twice a second', async () => {
    watch.start()
    await settled()
    expect(looks).toBe(1)
    await pass(lookMs - 1)
    expect(looks).toBe(1)
    await pass(1)
    expect(looks).toBe(2)
  })

  test('looks no more once it is stopped', async () => {
    watch.start()
    await settled()
    watch.stop()
    await pass(3 * lookMs)
    expect(looks).toBe(1)
  })

  test('looks no more where it is stopped while it looks', async () => {
    watch.start()
    watch.stop()
    await pass(3 * lookMs)
    expect(looks).toBe(1)
  })

  test('lists no group once it is retired, and still hears what others have learned', async () => {
    watch.retire()
    watch.start()
    await pass(lookMs)
    expect(listed).toBe(0)
    const askedAt = now
    const text = JSON.stringify({ askedAt, members: { bert: {} }, ended: {} })
    board.news.set('roster', { at: askedAt, text, lifeMs: 1 })
    await pass(lookMs)
    expect(watch.source.membershipOf('bert')).toEqual({ member: true, provenAt: askedAt })
  })

  test('without a roster lists no group', async () => {
    watch = open({ roster: false })
    watch.start()
    await pass(lookMs)
    expect([listed, looks]).toEqual([0, 2])
  })

  test('is logged once in an outage, at the second look that fails', async () => {
    isAway = true
    watch.start()
    await settled()
    expect(warned).toEqual([])
    await pass(4 * lookMs)
    expect(warned).toEqual([{ event: 'watch-failed', error: away }])
  })

  test('is logged in the next outage as well', async () => {
    watch.start()
    for (const state of [true, false, true]) {
      isAway = state
      await pass(3 * lookMs)
    }
    expect(warned).toHaveLength(2)
  })

  test('is not logged where single looks fail', async () => {
    watch.start()
    await settled()
    for (const state of [true, false, true, false]) {
      isAway = state
      await pass(lookMs)
    }
    expect(warned).toEqual([])
  })
})

describe('a watch that waits for its turn to list', () => {
  beforeEach(() => {
    watch = open({ delayMs: 2 * lookMs })
    watch.start()
  })

  test('lists no group before its turn', async () => {
    await pass(2 * lookMs - 1)
    expect(listed).toBe(0)
  })

  test('lists the group once its turn has come', async () => {
    await pass(3 * lookMs)
    expect(listed).toBe(1)
  })

  test('hears meanwhile what others have learned', async () => {
    const text = JSON.stringify({ askedAt: now, members: { bert: {} }, ended: {} })
    board.news.set('roster', { at: now, text, lifeMs: 1 })
    await pass(lookMs)
    expect(watch.source.membershipOf('bert')).toEqual({ member: true, provenAt: noon })
  })

  test('has the group listed for a person who waits', async () => {
    await settled()
    await watch.source.renew(noon - 1)
    expect(listed).toBe(1)
  })

  test('waits for nothing more once it is stopped', async () => {
    await settled()
    watch.stop()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('the roster as a source', () => {
  test('says of nobody whether they are members before the group is listed', () => {
    expect(watch.source.membershipOf('ana')).toBe('unknown')
  })

  test('says of each person whether they are members', async () => {
    watch.start()
    await settled()
    expect(watch.source.membershipOf('ana')).toEqual({ member: true, provenAt: noon, until: inSeconds(60) })
    expect(watch.source.membershipOf('bert')).toMatchObject({ member: false })
  })

  test('keeps an end by our clock', async () => {
    watch.start()
    await settled()
    watch.stop()
    board.news.clear()
    now = inSeconds(60)
    expect(watch.source.membershipOf('ana')).toMatchObject({ member: true, until: inSeconds(60) })
  })

  test('says of nobody whether they are members where it is off', async () => {
    watch = open({ roster: false })
    watch.start()
    await settled()
    expect(watch.source.membershipOf('ana')).toBe('unknown')
  })
})

describe('a wish for a newer roster', () => {
  test('is fulfilled at once where the roster is new enough', async () => {
    watch.start()
    await settled()
    await watch.source.renew(noon - 1)
    expect([listed, looks]).toEqual([1, 1])
  })

  test('has the group listed', async () => {
    await watch.source.renew(noon - 1)
    expect([listed, watch.roster()?.askedAt]).toEqual([1, noon])
  })

  test('for a list that is newer than that of this instant waits until a second has passed', async () => {
    await watch.source.renew(noon - 1)
    const state = wish(watch.source.renew(noon))
    await pass(900)
    expect([listed, state.isDone]).toEqual([1, false])
    await pass(200)
    expect([listed, state.isDone]).toEqual([2, true])
  })

  test('looks ten times a second', async () => {
    await watch.source.renew(noon - 1)
    wish(watch.source.renew(noon))
    await settled()
    looks = 0
    await pass(500)
    expect(looks).toBe(5)
  })

  test('shares the looks of others', async () => {
    await Promise.all([watch.source.renew(noon - 1), watch.source.renew(noon - 1)])
    expect([listed, looks]).toEqual([1, 1])
  })

  test('is given up while Graph is left alone', async () => {
    isListing = false
    await watch.source.renew(noon - 1)
    expect([listed, looks, watch.roster()]).toEqual([1, 1, undefined])
  })

  test('is given up after four seconds', async () => {
    isBusy = true
    const state = wish(watch.source.renew(noon - 1))
    await pass(3_900)
    expect(state.isDone).toBe(false)
    await pass(100)
    expect(state.isDone).toBe(true)
  })

  test('is nothing to a watch without a roster', async () => {
    watch = open({ roster: false })
    await watch.source.renew(noon - 1)
    expect([listed, looks]).toEqual([0, 0])
  })

  test('fails where Redis does not answer', async () => {
    isAway = true
    await expect(watch.source.renew(noon - 1)).rejects.toBe(away)
  })

  test('is heard again after a look that failed', async () => {
    isAway = true
    await watch.source.renew(noon - 1).catch(() => {})
    isAway = false
    await watch.source.renew(noon - 1)
    expect(listed).toBe(1)
  })
})

describe('an announcement', () => {
  test('makes older proofs stale', async () => {
    await watch.announce()
    expect([watch.staleBefore(), watch.heardAt()]).toEqual([noon, noon])
  })

  test('is told to the other replicas', async () => {
    await watch.announce()
    expect(board.news.get('announced')?.at).toBe(noon)
  })

  test('has the group listed at once', async () => {
    await watch.announce()
    await settled()
    expect(listed).toBe(1)
  })

  test('has the group listed anew although the roster is of this very instant', async () => {
    watch.start()
    await settled()
    await watch.announce()
    await pass(1_000)
    expect(listed).toBe(2)
  })

  test('that cannot be followed by a look is logged', async () => {
    awayAfterLooks = 1
    await watch.announce()
    await settled()
    expect(warned).toEqual([{ event: 'watch-failed', error: away }])
  })

  test('fails where Redis does not answer', async () => {
    isAway = true
    await expect(watch.announce()).rejects.toBe(away)
  })
})
