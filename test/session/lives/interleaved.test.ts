import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Request, type Response } from 'express'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { loadConfig } from '../../../src/config/load.ts'
import { createLog } from '../../../src/observability.ts'
import { createGateSessions } from '../../../src/session/gate-sessions.ts'
import { withPlan } from '../../../src/session/record/continuing.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'
import type { Redis as OurRedis } from '../../../src/session/redis/redis.ts'
import { createKnownPlans } from '../../../src/session/replicas/known-plans.ts'
import { createNotes } from '../../../src/session/replicas/notes.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import { createSessions, type Sessions } from '../../../src/session/sessions.ts'
import { createCensus } from '../../../src/session/stored/census.ts'
import { createVault } from '../../../src/session/vault.ts'
import { good } from '../../config/good.ts'
import { createPausable } from '../redis/paused-redis.ts'

// A database of this file's own: what is left is counted among few keys.
const redis = new Redis(inject('redisUrl'), { db: 7 })
const log = createLog({ level: 'silent' })
const tokens = {
  accessToken: 'access',
  refreshToken: 'refresh',
  idToken: 'id',
  accessTokenExpiresAt: Date.now() + 3_600_000,
}

let prefix: string
let house: ReturnType<typeof openTwo>
let sid: string
/** The handle of the other session, as the page that lists sessions had it. */
let listed: string | undefined
let recorded: SessionRecord | undefined
let person: ReturnType<typeof newPerson>
const newPerson = () => ({
  tenantId: good.ENTRA_TENANT_ID,
  objectId: randomUUID(),
  subject: 'subject',
  name: 'Alice',
  username: 'alice@contoso.example',
  sid,
})

function createSessionsOn(redis: OurRedis): Sessions {
  const config = loadConfig({ ...good, BASE_URL: 'http://localhost:3000', REDIS_PREFIX: prefix })
  const seal = createSeal(config.session.secrets)
  const vault = createVault({ redis, seal, prefix })
  const census = createCensus({ redis, prefix, maxMs: config.session.maxMs })
  return createSessions({ config, clock: () => new Date(), redis, seal, vault, log, census })
}

/** Two replicas over one Redis. The commands of each can be held up. */
function openTwo() {
  const config = loadConfig({ ...good, BASE_URL: 'http://localhost:3000', REDIS_PREFIX: prefix })
  const seal = createSeal(config.session.secrets)
  const replica = () => {
    const pausable = createPausable(redis)
    const vault = createVault({ redis: pausable.redis, seal, prefix })
    const clock = () => new Date()
    const notes = createNotes({ redis: pausable.redis, seal, prefix })
    const knownPlans = createKnownPlans({ notes, clock })
    const sessions = createSessions({
      config,
      clock,
      redis: pausable.redis,
      seal,
      vault,
      log,
      census: createCensus({ redis: pausable.redis, prefix, maxMs: config.session.maxMs }),
      knownPlans: { members: knownPlans },
    })
    return { sessions, knownPlans, pausable }
  }
  return { born: replica(), ended: replica() }
}

const farewell = { by: 'Ada', reason: 'A secret was published', at: 0 }

/** The act of a request on its session, by the path of the request; `x-replica` names the replica. */
const acts: Record<string, (sessions: Sessions, request: Request, response: Response) => Promise<unknown>> = {
  '/begin': (sessions, request) => sessions.begin(request, proven(), tokens),
  '/renew': (sessions, request) => sessions.renew(request, proven(), tokens),
  '/rotate': (sessions, request) => sessions.rotate(request),
  '/sign-out': (sessions, request, response) => sessions.end(request, response),
  '/end-all': (sessions, request) => sessions.endOwn(request, 'all'),
  '/end-everyone': (sessions, request) => sessions.endEveryones(request, { whose: 'all' }, farewell),
  '/end-others': (sessions, request) => sessions.endOwn(request, 'others'),
  '/end-one': (sessions, request) => sessions.endOwn(request, listed ?? 'none'),
  '/list': async (sessions, request) => {
    listed = (await sessions.ownSessions(request)).find(({ isThisOne }) => !isThisOne)?.handle
  },
  // As "End now" does it: first word for the sessions to come, then all sessions that are there.
  '/end-now': async sessions => {
    const at = Date.now()
    const plan = await house.ended.knownPlans.act(person, () => ({ askedAt: at, until: at, endedAt: at }))
    const membership = { member: false, provenAt: at, reason: 'ended', endedAt: at } as const
    await createGateSessions(sessions, 'members').changeAll(person, found => withPlan({ ...found, membership }, plan))
  },
  '/front-channel': sessions => sessions.endOfEntraSession(sid),
  '/record': async (sessions, request) => {
    recorded = sessions.recordOf(request)
  },
  '/': async () => {},
}
const proven = () => {
  const membership = { member: true, provenAt: Date.now() } as const
  return { identity: person, gates: { members: { membership } }, contexts: {} }
}

let server: Server
let origin: string
beforeAll(async () => {
  const app = express()
  app.use((request, response, next) => {
    const { sessions } = house[request.get('x-replica') === 'ended' ? 'ended' : 'born']
    sessions.middleware(request, response, (thrown?: unknown) => {
      if (thrown) return next(thrown)
      acts[request.path]?.(sessions, request, response).then(
        () => response.json({ in: sessions.recordOf(request) !== undefined }),
        thrown => response.status(403).json({ code: thrown.code ?? String(thrown) }),
      )
    })
  })
  server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  redis.disconnect()
})
beforeEach(() => fresh())
function fresh(): void {
  void redis.flushdb()
  prefix = `test-${randomUUID()}:`
  sid = randomUUID()
  person = newPerson()
  house = openTwo()
}

type Where = 'born' | 'ended'
/** A browser with one cookie of ours. */
function browser(cookie = '') {
  return {
    cookie: () => cookie,
    async go(path: string, where: Where = 'born'): Promise<{ in?: boolean; code?: string }> {
      const answer = await fetch(origin + path, { headers: { cookie, 'x-replica': where } })
      const [set = ''] = answer.headers.getSetCookie()
      if (set) cookie = set.split(';')[0] ?? ''
      return (await answer.json()) as { in?: boolean; code?: string }
    },
  }
}
const left = async (kind: string) => (await redis.keys(`${prefix}${kind}:*`)).length

/** How many commands a request takes when nothing comes between. */
async function commandsOf(path: string, where: Where, { isSignedIn = true } = {}): Promise<number> {
  fresh()
  const alice = browser()
  if (isSignedIn) await alice.go('/begin')
  house[where].pausable.stopAt(Infinity)
  await alice.go(path, where)
  return house[where].pausable.count()
}

type Run = { birth: string; end: string; birthStops: number; endStops: number; first: Where; isSignedIn: boolean }

/** Both requests begin, each stops before a command of its own, and then `first` is done before the other goes on. */
async function played({ birth, end, birthStops, endStops, first, isSignedIn }: Run) {
  fresh()
  const alice = browser()
  if (isSignedIn) await alice.go('/begin')
  const ender = isSignedIn && !fromElsewhere.includes(end) ? browser(alice.cookie()) : browser()
  if (!ender.cookie()) await ender.go('/begin', 'ended')
  if (end === '/end-one') await ender.go('/list', 'ended')
  const { born, ended } = house
  born.pausable.stopAt(birthStops)
  ended.pausable.stopAt(endStops)
  const bearing = alice.go(birth)
  await born.pausable.stopped(bearing)
  const ending = ender.go(end, 'ended')
  await ended.pausable.stopped(ending)
  const [one, other] = first === 'born' ? [born, ended] : [ended, born]
  const [work, rest] = first === 'born' ? [bearing, ending] : [ending, bearing]
  one.pausable.goOn()
  await work
  other.pausable.goOn()
  await rest
  return { birth: await bearing, end: await ending, alice, ender }
}

const births = ['/renew', '/rotate', '/begin']
const wholes = ['/sign-out', '/end-all', '/end-one', '/front-channel', '/end-everyone']
/** Asked for by somebody in another browser. */
const fromElsewhere = ['/end-all', '/end-one', '/end-everyone']
const table = births.flatMap(birth => wholes.map(end => ({ birth, end })))

describe.each(table)('$birth and $end at the same moment', ({ birth, end }) => {
  test('the end stands and nothing is left, whichever of the two is held up, before any of its commands', async () => {
    const [most, mostEnds] = [await commandsOf(birth, 'born'), await commandsOf(end, 'ended')]
    expect(Math.min(most, mostEnds)).toBeGreaterThan(3)
    const common = { birth, end, isSignedIn: true }
    // A request's first command finds its session; a sign-in's second is the moment since when an end counts against it.
    const held = [
      ...range(birth === '/begin' ? 2 : 1, most).map(birthStops => ({
        ...common,
        birthStops,
        endStops: Infinity,
        first: 'ended' as const,
      })),
      ...range(1, mostEnds).map(endStops => ({ ...common, birthStops: Infinity, endStops, first: 'born' as const })),
    ]
    for (const run of held) {
      const { alice } = await played(run)
      const open = end === '/end-one' ? 1 : 0
      const found = { ...run, sessions: await left('session'), tokens: await left('tokens') }
      expect(found).toEqual({ ...run, sessions: open, tokens: open })
      expect(await alice.go('/')).toEqual({ in: false })
    }
  })
})

test('an end stands, though both are held up before each of their commands and either is done first', async () => {
  const [most, mostEnds] = [await commandsOf('/renew', 'born'), await commandsOf('/end-all', 'ended')]
  for (const birthStops of range(1, most))
    for (const endStops of range(1, mostEnds))
      for (const first of ['born', 'ended'] as const) {
        const run = { birth: '/renew', end: '/end-all', birthStops, endStops, first, isSignedIn: true }
        await played(run)
        expect({ ...run, sessions: await left('session') }).toEqual({ ...run, sessions: 0 })
      }
}, 60_000)

describe('a first sign-in that is being finished', () => {
  test.each(['/end-all', '/front-channel', '/end-everyone'])('ends with %s, whatever it was about to do', async end => {
    const most = await commandsOf('/begin', 'born', { isSignedIn: false })
    // Its first command is the moment since when an end counts.
    for (const birthStops of range(1, most)) {
      const run = { birth: '/begin', end, birthStops, endStops: Infinity, first: 'ended' as const, isSignedIn: false }
      await played(run)
      const found = { ...run, sessions: await left('session'), tokens: await left('tokens') }
      expect(found).toEqual({ ...run, sessions: 0, tokens: 0 })
    }
  })

  test.each(['/end-all', '/front-channel', '/sign-out', '/end-everyone'])('works after %s', async end => {
    const alice = browser()
    await alice.go('/begin')
    await browser(alice.cookie()).go(end, 'ended')
    expect(await alice.go('/begin')).toEqual({ in: true })
    expect(await alice.go('/', 'ended')).toEqual({ in: true })
  })
})

test.each(births)('a session goes on through %s while its person ends all their others in another tab', async birth => {
  const [most, mostEnds] = [await commandsOf(birth, 'born'), await commandsOf('/end-others', 'ended')]
  const runs = [
    ...range(1, most).map(birthStops => ({ birthStops, endStops: Infinity, first: 'ended' as const })),
    ...range(1, mostEnds).map(endStops => ({ birthStops: Infinity, endStops, first: 'born' as const })),
  ]
  for (const stops of runs) {
    const { alice } = await played({ birth, end: '/end-others', isSignedIn: true, ...stops })
    const found = { ...stops, sessions: await left('session'), tokens: await left('tokens'), ...(await alice.go('/')) }
    expect(found).toEqual({ ...stops, sessions: 1, tokens: 1, in: true })
  }
})

test.each([...births, '/first'])(
  'an end of access binds the session that goes on through %s at the same moment',
  async birth => {
    const isSignedIn = birth !== '/first'
    const path = isSignedIn ? birth : '/begin'
    const [most, mostEnds] = [await commandsOf(path, 'born', { isSignedIn }), await commandsOf('/end-now', 'ended')]
    const runs = [
      ...range(1, most).map(birthStops => ({ birthStops, endStops: Infinity, first: 'ended' as const })),
      ...range(1, mostEnds).map(endStops => ({ birthStops: Infinity, endStops, first: 'born' as const })),
    ]
    for (const stops of runs) {
      const { alice } = await played({ birth: path, end: '/end-now', isSignedIn, ...stops })
      await alice.go('/record')
      expect({ ...stops, plan: recorded?.gates.members?.plan?.endedAt }).toEqual({ ...stops, plan: expect.any(Number) })
    }
  },
)

test('a session that is there only at the second look is changed, too', async () => {
  const alice = browser()
  await alice.go('/begin')
  let looks = 0
  const { ended } = house
  const sessions = createSessionsOn(
    new Proxy(ended.pausable.redis, {
      get: (target, name) =>
        name === 'zrange' && looks++ === 0 ? () => Promise.resolve([]) : Reflect.get(target, name),
    }),
  )
  await sessions.changeAll(person, found => ({ ...found, browser: 'changed' }))
  await alice.go('/record')
  expect([looks, recorded?.browser]).toEqual([2, 'changed'])
})

test('one of two step-ups of a session at the same moment goes on', async () => {
  const alice = browser()
  await alice.go('/begin')
  const tabs = [browser(alice.cookie()), browser(alice.cookie())] as const
  const answers = await Promise.all(tabs.map(tab => tab.go('/renew')))
  expect(answers.filter(answer => answer.in)).toHaveLength(1)
  expect(answers.filter(answer => answer.code === 'step-up-too-late')).toHaveLength(1)
  expect(await left('session')).toBe(1)
})

test('a step-up that loses any one of its commands leaves the browser one session, and no other', async () => {
  const alice = browser()
  await alice.go('/begin')
  const most = await commandsOf('/renew', 'born')
  for (const failing of range(2, most)) {
    fresh()
    const ben = browser()
    await ben.go('/begin')
    house.born.pausable.failAt(failing)
    await ben.go('/renew')
    await expect.poll(() => left('session')).toBe(1)
    expect({ failing, ...(await ben.go('/', 'ended')) }).toEqual({ failing, in: true })
  }
})

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
