import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Append } from '../../../src/audit/trail.ts'
import { trailKeys } from '../../../src/session/ledger/trail-keys.ts'
import { createBoard } from '../../../src/session/replicas/board.ts'
import { createLeases } from '../../../src/session/replicas/lease.ts'
import { createNotes } from '../../../src/session/replicas/notes.ts'
import { scopeOf } from '../../../src/session/scope.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import { type House, openHouse } from '../../support/house.ts'
import { openReplica } from '../../support/replica.ts'
import { sessionIdOf, sessionKeyOf, taken } from '../../support/stored.ts'
import type { Answer, Visitor } from '../../support/visitor.ts'

/** Redis in some shape, and the tests' own way into it. */
export type Place = {
  url: string
  settings: Record<string, string>
  inspect: Redis
  [Symbol.asyncDispose](): Promise<void>
}
export type Shape<P extends Place> = {
  place: P
  house: House
  other: Awaited<ReturnType<typeof openReplica>>
}

/** A house and one more replica of it on Redis in some shape, for the tests of a file. */
export function inShape<P extends Place>(start: () => Promise<P>): Shape<P> {
  const shape = {} as Shape<P>
  beforeAll(async () => {
    shape.place = await start()
    const { url: redisUrl, inspect } = shape.place
    shape.house = await openHouse({
      redisUrl,
      inspect,
      settings: { ...shape.place.settings, MEMBERSHIP_ROSTER: 'on', MEMBERSHIP_ROSTER_SECONDS: '5' },
      tenant: {
        switches: { appPermissions: ['PrivilegedAssignmentSchedule.Read.AzureADGroup', 'GroupMember.Read.All'] },
      },
    })
    shape.other = await openReplica(shape.house)
  })
  afterAll(async () => {
    await shape.other?.[Symbol.asyncDispose]()
    await shape.house?.[Symbol.asyncDispose]()
    await shape.place?.[Symbol.asyncDispose]()
  })
  return shape
}

/** Everything that is kept in Redis must work on every shape, each from one replica to the other. */
const works: { what: string; shown: (shape: Shape<Place>) => Promise<void> }[] = [
  {
    what: 'a person who signs in at one replica is in at the other',
    shown: async ({ house, other }) => {
      const alice = await house.visitor('alice')
      expect((await alice.get(other.at('/'))).text).toContain('Alice')
    },
  },
  {
    what: 'tokens are kept, renewed and forgotten, and do not come back',
    shown: async ({ house, other }) => {
      const id = sessionIdOf(await house.visitor('alice'))
      const [mine, theirs] = [house.services.vault, other.services.vault]
      const tokens = await mine.read(id)
      if (typeof tokens !== 'object') throw new Error('there are no tokens')
      expect(await theirs.read(id)).toEqual(tokens)
      const renewed = { ...tokens, accessToken: 'renewed' }
      expect(await theirs.replace(id, tokens, renewed)).toBe(true)
      expect(await mine.read(id)).toMatchObject({ accessToken: 'renewed' })
      await mine.forget(id)
      expect(await theirs.replace(id, renewed, tokens)).toBe(false)
      expect(await mine.read(id)).toBeUndefined()
    },
  },
  {
    what: 'a person who has two sessions sees both, and ends the other',
    shown: async ({ house, other }) => {
      const [here, there] = [await house.visitor('alice'), await house.visitor('alice')]
      const listed = await here.get(other.at('/sessions'))
      expect(listed.text.match(/name="which"/g)?.length).toBeGreaterThanOrEqual(2)
      expect((await here.post(other.at('/sessions/end'), { which: 'others' })).status).toBe(303)
      expect((await there.get('/')).status).toBe(302)
      expect((await here.get('/')).status).toBe(200)
    },
  },
  {
    what: 'signing out is final: nothing is left, and a late write brings nothing back',
    shown: async ({ house, other, place }) => {
      const alice = await house.visitor('alice')
      const [id, key] = [sessionIdOf(alice), sessionKeyOf(house, alice)]
      const cookie = alice.cookieHeader()
      expect(await place.inspect.exists(key)).toBe(1)
      expect((await alice.post('/auth/sign-out')).status).toBe(200)
      expect(
        await other.services.sessions.change(id, record => ({ ...record, lastSeenAt: Date.now() })),
      ).toBeUndefined()
      const late = await house.visitor('alice', { signIn: false })
      const answer = await late.get(other.at('/'), { headers: { cookie } })
      expect(answer.status).toBe(302)
      for (const left of [key, `${house.prefix}tokens:${id}`]) expect(await place.inspect.exists(left)).toBe(0)
    },
  },
  {
    what: 'a callback cannot be used twice, whichever replica it comes to',
    shown: async ({ house, other }) => {
      const attempt = { state: randomUUID(), nonce: 'n', verifier: 'v' }
      const pending = { attempt, returnTo: '/', retries: 0, startedAt: Date.now() }
      expect(await house.services.signIns.finish(pending)).toBe(true)
      expect(await other.services.signIns.finish(pending)).toBe(false)
    },
  },
  {
    what: 'a lease is held by one replica at a time, and free when it is done',
    shown: async shape => {
      const [mine, theirs] = both(shape, ({ redis, prefix }) => createLeases({ redis, prefix }))
      const name = randomUUID()
      const inside = await mine.hold(name, 5_000, () => theirs.hold(name, 5_000, async () => 'not reached'))
      expect(inside).toEqual({ held: true, value: { held: false } })
      expect(await theirs.hold(name, 5_000, async () => 'mine now')).toEqual({ held: true, value: 'mine now' })
      await mine.pause(name, 60_000)
      expect(await theirs.isPaused(name)).toBe(true)
    },
  },
  {
    what: 'the roster that one replica fetched is known to all',
    shown: async ({ house, other }) => {
      const known = () => [house, other].map(({ members }) => Object.keys(members.news.roster()?.members ?? {}).length)
      await expect.poll(known, { timeout: 10_000, interval: 50 }).toEqual([expect.any(Number), expect.any(Number)])
      await expect.poll(() => Math.min(...known()), { timeout: 10_000, interval: 50 }).toBeGreaterThan(0)
    },
  },
  {
    what: 'old news on the board does not replace new',
    shown: async shape => {
      const [mine, theirs] = both(shape, parts => createBoard(parts))
      const [name, at] = [randomUUID(), Date.now()]
      await mine.post(name, { at, text: 'new', lifeMs: 60_000 })
      await theirs.post(name, { at: at - 1, text: 'old', lifeMs: 60_000 })
      expect([await theirs.read(name), await theirs.at(name)]).toEqual(['new', at])
    },
  },
  {
    what: 'a stranger’s entry on the board counts as nothing, and is replaced',
    shown: async shape => {
      const [mine] = both(shape, parts => createBoard(parts))
      const [name, at] = [randomUUID(), Date.now()]
      await shape.place.inspect.lpush(`${shape.house.prefix}board:${name}`, 'not a text')
      expect([await mine.read(name), await mine.at(name)]).toEqual([undefined, 0])
      await mine.post(name, { at, text: 'new', lifeMs: 60_000 })
      expect(await mine.read(name)).toBe('new')
    },
  },
  {
    what: 'a note that several change at once loses nothing',
    shown: async shape => {
      const [mine, theirs] = both(shape, parts => createNotes(parts))
      const name = randomUUID()
      const add = (notes: typeof mine, letter: string) => notes.change(name, (text = '') => text + letter, 60_000)
      await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((letter, index) => add(index % 2 ? mine : theirs, letter)))
      expect([...((await mine.read(name)) ?? '')].sort().join('')).toBe('abcdef')
      await theirs.change(name, () => null, 60_000)
      expect(await mine.read(name)).toBeUndefined()
    },
  },
  {
    what: 'a form that was kept is taken out once',
    shown: async ({ house, other }) => {
      const owner = { person: { tenantId: 't', objectId: randomUUID() }, path: '/form' }
      const id = await house.services.drafts.keep(owner, [['amount', '12']])
      expect(await other.services.drafts.look(owner, id)).toEqual([['amount', '12']])
      expect(await taken(other.services.drafts, owner, id)).toEqual([['amount', '12']])
      expect(await taken(house.services.drafts, owner, id)).toBeUndefined()
    },
  },
  {
    what: 'the records of both replicas stand in one audit trail, in order',
    shown: async shape => {
      const [mine, theirs] = [shape.house, shape.other].map(({ services }) => services.ledger.append) as [
        Append,
        Append,
      ]
      const { records: trail } = trailKeys({ prefix: shape.house.prefix, mark: scopeOf(shape.house.config).app })
      const before = await shape.place.inspect.xlen(trail)
      const actor = { objectId: randomUUID(), name: 'Alice', username: 'alice@contoso.example' }
      const record = (event: 'activationRequested' | 'activationCompleted') =>
        ({ event, gate: 'members', act: actor.objectId, actor }) as const
      await mine(record('activationRequested'))
      await theirs(record('activationCompleted'))
      const entries = (await shape.place.inspect.xrange(trail, '-', '+')).slice(before)
      expect(entries.map(([, [, text = '']]) => JSON.parse(text).event)).toEqual([
        'activationRequested',
        'activationCompleted',
      ])
    },
  },
  {
    what: 'both replicas count together how often somebody comes',
    shown: async ({ house, other }) => {
      const name = randomUUID()
      expect((await house.services.counters.count(name, 60_000)).count).toBe(1)
      expect((await other.services.counters.count(name, 60_000)).count).toBe(2)
    },
  },
]

type Parts = Parameters<typeof createNotes>[0]
/** A part of the application, as each of the two replicas has it. */
const both = <T>({ house, other }: Shape<Place>, make: (parts: Parts) => T): [T, T] => {
  const seal = createSeal(house.config.session.secrets)
  return [house, other].map(({ services: { redis } }) => make({ redis, seal, prefix: house.prefix })) as [T, T]
}

export function everythingWorks(when: string, shape: Shape<Place>): void {
  describe(when, () => {
    test.each(works)('$what', ({ shown }) => shown(shape))
  })
}

/** Two seconds are promised; a busy test machine gets half a second more. */
export const limitMs = 2_500
export const patience = { timeout: 20_000, interval: 25 }

export type Seen = { status: number; ms: number; hasCookie: boolean; at: number }

/** Visits pages of both replicas without a pause while something happens. Returns every answer. */
export async function visitingDuring({ other }: Shape<Place>, visitor: Visitor, work: () => Promise<unknown>) {
  let isDone = false
  const seen: Seen[] = []
  const visiting = ['/', other.at('/'), '/sessions', other.at('/sessions')].map(async url => {
    while (!isDone) {
      const began = performance.now()
      const answer: Answer = await visitor.get(url)
      seen.push({
        status: answer.status,
        ms: performance.now() - began,
        hasCookie: visitor.cookies().has('gatehouse'),
        at: began,
      })
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  })
  await work().finally(() => {
    isDone = true
  })
  await Promise.all(visiting)
  return seen
}

/** Nobody was signed out, let down without a word, or kept waiting. */
export function expectNobodySuffered(seen: readonly Seen[]): void {
  expect(seen.length).toBeGreaterThan(10)
  expect(seen.filter(({ status }) => status !== 200 && status !== 503)).toEqual([])
  expect(seen.filter(({ hasCookie }) => !hasCookie)).toEqual([])
  expect(Math.max(...seen.map(({ ms }) => ms))).toBeLessThan(limitMs)
}

/** When the last answer began that was not the page. */
export const lastBadAt = (seen: readonly Seen[]): number =>
  Math.max(0, ...seen.filter(({ status }) => status !== 200).map(({ at }) => at))

/** Waits until both replicas show a page again, and somebody can sign in. */
export async function recovered({ house, other }: Shape<Place>, visitor: Visitor): Promise<void> {
  for (const url of ['/', other.at('/')])
    await expect.poll(async () => (await visitor.get(url)).status, patience).toBe(200)
  const newcomer = await house.visitor('ada', { signIn: false })
  await expect.poll(async () => (await newcomer.signIn('/')).status, patience).toBe(200)
}

export const waitingAt = async ({ house }: Shape<Place>) =>
  (await (await house.visitor('alice', { signIn: false })).fetch('/health/ready')).body
