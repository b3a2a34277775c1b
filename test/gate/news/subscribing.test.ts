import { beforeEach, describe, expect, test } from 'vitest'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { createKept, type Kept, type KeptEntry } from '../../../src/gate/news/kept-subscription.ts'
import { createSubscribing } from '../../../src/gate/news/subscribing.ts'
import { inSeconds, now } from '../memberships.ts'
import { boardInMemory, leasesInMemory } from './in-memory.ts'

const expiresAt = inSeconds(48 * 3_600)
const silence = new Error('silence')
const refusal = (status: number) => new GraphRefusal('refused', { status })
const none: KeptEntry = { kept: undefined, at: 0 }

/** What Graph does: `thrown` in turn before it does what it is asked, `ours` are the subscriptions that it lists. */
let graph: { thrown: unknown[]; ours: string[] | 'silent'; onCreate: () => Promise<unknown>; isDropping: boolean }
let did: unknown[][]
let leases: ReturnType<typeof leasesInMemory>
let kept: ReturnType<typeof createKept>
let settings: { notificationUrl: string; secret: string }
let subscribing: ReturnType<typeof createSubscribing>

beforeEach(() => {
  did = []
  graph = { thrown: [], ours: [], onCreate: async () => {}, isDropping: true }
  settings = { notificationUrl: 'https://app.example/hooks/graph', secret: 'newest secret' }
  leases = leasesInMemory()
  kept = createKept({ board: boardInMemory(), clock: () => new Date(now) })
  const note = (...what: unknown[]): void => void did.push(what)
  const throwNext = () => {
    const thrown = graph.thrown.shift()
    if (thrown) throw thrown
  }
  subscribing = createSubscribing({
    subscriptions: {
      get notificationUrl() {
        return settings.notificationUrl
      },
      async create(clientState) {
        note('create', clientState)
        throwNext()
        await graph.onCreate()
        return { id: 'made', expiresAt }
      },
      async renew(id, how) {
        note('renew', id, how)
        throwNext()
        return { id, expiresAt }
      },
      async drop(id) {
        note('drop', id)
        if (!graph.isDropping) throw silence
      },
      async ours() {
        if (graph.ours === 'silent') throw silence
        return graph.ours
      },
    },
    clientState: () => settings.secret,
    announce: async () => note('announce'),
    kept,
    leases,
    log: { info: (line: object) => note('info', line), warn: (line: object) => note('warn', line) } as never,
  })
})

const of = (what: string) => did.filter(([each]) => each === what).map(([, ...facts]) => facts)
const dropped = () => of('drop').flat()
const told = (event: string) => [...of('info'), ...of('warn')].flat().filter(line => (line as Told).event === event)
type Told = { event: string }
const current = async () => (await kept.current()).kept

/** One that is written down. */
async function written(more: Partial<Kept> = {}) {
  const found: Kept = { id: 'one', expiresAt: inSeconds(60), state: 'a mark', ...more }
  await kept.post(found, none)
  return { found, entry: await kept.current() }
}

describe('a renewal', () => {
  test('prolongs the subscription that is written down, and leaves its mark', async () => {
    const { found, entry } = await written()
    await subscribing.renewed(found, entry)
    expect(await current()).toEqual({ id: 'one', expiresAt, state: 'a mark' })
  })

  test('that is due takes any token, and is told as a renewal', async () => {
    const { found, entry } = await written()
    await subscribing.renewed(found, entry)
    expect(of('renew')).toEqual([['one', { token: 'any' }]])
    expect(told('subscribed')).toEqual([{ event: 'subscribed', why: 'renewed', expiresAt: '2026-03-04T12:00:00.000Z' }])
    expect(of('announce')).toEqual([])
  })

  test('that Graph demands takes a new token, and has everybody asked about anew', async () => {
    const { found, entry } = await written({ owed: 'renewal' })
    await subscribing.renewed(found, entry)
    expect(of('renew')).toEqual([['one', { token: 'new' }]])
    expect(told('subscribed')).toMatchObject([{ why: 'reauthorized' }])
    expect(of('announce')).toHaveLength(1)
  })

  test('of a subscription that is gone makes another', async () => {
    const { found, entry } = await written()
    graph.thrown = [refusal(404)]
    await subscribing.renewed(found, entry)
    expect(await current()).toMatchObject({ id: 'made' })
    expect(told('subscribed')).toMatchObject([{ why: 'gone' }])
  })

  test('that Graph does not do makes no other', async () => {
    const { found, entry } = await written()
    graph.thrown = [silence]
    await expect(subscribing.renewed(found, entry)).rejects.toBe(silence)
    expect(of('create')).toEqual([])
    expect(await current()).toEqual(found)
  })
})

describe('a subscription that is made', () => {
  test('carries the newest secret, and is written down with its mark', async () => {
    await subscribing.created({ create: 'first' }, none)
    expect(of('create')).toEqual([['newest secret']])
    expect(await current()).toEqual({ id: 'made', expiresAt, state: subscribing.newest() })
  })

  test.for([
    ['first', 0, []],
    ['gone', 1, []],
    ['changed', 1, [['subscription-settling', 600_000]]],
  ] as const)('is told with its reason, and has asked anew what was missed: %s', async ([create, times, pauses]) => {
    await subscribing.created({ create }, none)
    expect(told('subscribed')).toEqual([{ event: 'subscribed', why: create, expiresAt: '2026-03-04T12:00:00.000Z' }])
    expect(of('announce')).toHaveLength(times)
    expect([...leases.pauses]).toEqual(pauses)
  })

  test('takes the place of all that came before it', async () => {
    const { entry } = await written()
    graph.ours = ['lost', 'one', 'made']
    await subscribing.created({ create: 'changed' }, entry)
    expect(dropped()).toEqual(['lost', 'one'])
    expect(told('subscription-dropped')).toHaveLength(2)
  })

  test('takes the place of the one that is written down where Graph does not list them', async () => {
    const { entry } = await written()
    graph.ours = 'silent'
    await subscribing.created({ create: 'changed' }, entry)
    expect(dropped()).toEqual(['one'])
  })

  test('takes the place of one that cannot be read', async () => {
    await subscribing.created({ create: 'changed' }, { ...none, kept: 'unreadable' })
    expect(await current()).toMatchObject({ id: 'made' })
    expect(dropped()).toEqual([])
  })

  test('counts although an older one could not be dropped, which is logged', async () => {
    const { entry } = await written()
    graph.isDropping = false
    await subscribing.created({ create: 'gone' }, entry)
    expect(await current()).toMatchObject({ id: 'made' })
    expect(told('subscription-not-dropped')).toEqual([{ event: 'subscription-not-dropped', error: silence }])
  })

  test('is dropped where another replica has made one meanwhile', async () => {
    graph.onCreate = () => kept.post({ id: 'theirs', expiresAt }, none)
    graph.ours = ['theirs']
    await subscribing.created({ create: 'first' }, none)
    expect(await current()).toEqual({ id: 'theirs', expiresAt })
    expect([dropped(), told('subscribed'), of('announce')]).toEqual([['made'], [], []])
  })

  test('that Graph does not make leaves what there is', async () => {
    const { found, entry } = await written()
    graph.thrown = [silence]
    graph.ours = ['one']
    await expect(subscribing.created({ create: 'changed' }, entry)).rejects.toBe(silence)
    expect([await current(), dropped()]).toEqual([found, []])
  })
})

describe('where Graph takes no second subscription', () => {
  test('ours are dropped first, and what was missed meanwhile is asked about', async () => {
    graph.thrown = [refusal(409)]
    graph.ours = ['lost', 'older']
    await subscribing.created({ create: 'first' }, none)
    expect(did.map(([what]) => what).slice(0, 6)).toEqual(['create', 'drop', 'info', 'drop', 'info', 'create'])
    expect(await current()).toMatchObject({ id: 'made' })
    expect(of('announce')).toHaveLength(1)
  })

  test('ours take the place of what was written down while room was made', async () => {
    graph.thrown = [refusal(409)]
    graph.ours = ['theirs']
    graph.onCreate = () => kept.post({ id: 'theirs', expiresAt }, none)
    await subscribing.created({ create: 'first' }, none)
    expect(await current()).toMatchObject({ id: 'made' })
  })

  test("somebody else's is left alone", async () => {
    graph.thrown = [refusal(409)]
    await expect(subscribing.created({ create: 'first' }, none)).rejects.toMatchObject({ status: 409 })
    expect(of('create')).toHaveLength(1)
  })
})

describe('what Graph says while a subscription is renewed', () => {
  const saying = async (more: Partial<Kept>, { made = 'one' } = {}) => {
    const { found, entry } = await written()
    await kept.post({ ...found, ...more }, entry)
    if (made === 'one') await subscribing.renewed(found, entry)
    else await subscribing.created({ create: 'gone' }, entry)
    return current()
  }

  test('stays owed where the subscription was removed', async () => {
    expect(await saying({ owed: 'another' })).toEqual({ id: 'one', expiresAt, state: 'a mark', owed: 'another' })
  })

  test('is done where the subscription had to be renewed', async () => {
    expect(await saying({ owed: 'renewal' })).toEqual({ id: 'one', expiresAt, state: 'a mark' })
  })

  test('is done where another one was made meanwhile', async () => {
    expect(await saying({ owed: 'another' }, { made: 'another' })).toEqual({
      id: 'made',
      expiresAt,
      state: subscribing.newest(),
    })
  })
})

describe('the mark of the newest settings', () => {
  test('is another one with another secret', () => {
    const before = subscribing.newest()
    settings.secret = 'an older secret'
    expect(subscribing.newest()).not.toBe(before)
  })

  test('is another one with another address', () => {
    const before = subscribing.newest()
    settings.notificationUrl = 'https://other.example/hooks/graph'
    expect(subscribing.newest()).not.toBe(before)
  })
})

test('settings are being changed for ten minutes after a subscription was made for new ones', async () => {
  expect(await subscribing.isSettling()).toBe(false)
  await subscribing.created({ create: 'changed' }, none)
  expect(await subscribing.isSettling()).toBe(true)
})
