import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import { afterAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import { createGateSessions } from '../../src/session/gate-sessions.ts'
import { createKnownPlans } from '../../src/session/replicas/known-plans.ts'
import { createNotes } from '../../src/session/replicas/notes.ts'
import { scopeOf } from '../../src/session/scope.ts'
import { createSeal } from '../../src/session/sealing/seal.ts'
import { createSessions } from '../../src/session/sessions.ts'
import { createCensus } from '../../src/session/stored/census.ts'
import { createGateCensus } from '../../src/session/stored/gate-census.ts'
import { createVault } from '../../src/session/vault.ts'
import { good } from '../config/good.ts'
import { alice as person, yes } from '../support/alice.ts'
import type { House } from '../support/house.ts'
import { signedCookie } from '../support/stored.ts'
import { visit } from './visiting.ts'

const redis = new Redis(inject('redisUrl'))
afterAll(() => redis.disconnect())

const start = Date.parse('2026-03-02T12:00:00Z')
const minute = 60_000
const hour = 60 * minute
const tokens = { accessToken: 'access', refreshToken: 'refresh', idToken: 'id', accessTokenExpiresAt: start + hour }

let now: number
let prefix: string
let alice: typeof person & { sid: string }
let house: ReturnType<typeof open>
beforeEach(() => {
  now = start
  prefix = `test-${randomUUID()}:`
  alice = { ...person, sid: randomUUID() }
  house = open()
})

/** Sessions of an installation with these settings, and everything that they stand on. */
function open(settings: object = {}) {
  const config = loadConfig({ ...good, BASE_URL: 'http://localhost:3000', REDIS_PREFIX: prefix, ...settings })
  const seal = createSeal(config.session.secrets)
  const clock = () => new Date(now)
  const vault = createVault({ redis, seal, prefix })
  const census = createCensus({ redis, prefix, maxMs: config.session.maxMs })
  const { gates: marks } = scopeOf(config)
  const gateCensus = createGateCensus({ redis, prefix, marks, limits: config.session, clock })
  const knownPlans = createKnownPlans({ notes: createNotes({ redis, seal, prefix }), clock })
  const logged: unknown[] = []
  const log = { warn: (line: unknown) => logged.push(line) } as never
  const sessions = createSessions({
    config,
    clock,
    redis,
    seal,
    vault,
    log,
    census,
    gateCensus,
    knownPlans: { members: knownPlans },
  })

  return {
    ...{ sessions, vault, census, knownPlans, logged },
    /** How many sessions count at each gate after so long (in ms). */
    countsAfter: async (ms = 0) =>
      Object.fromEntries((await gateCensus.counts(now + ms)).map(({ gate, count }) => [gate, count])),
    /** A request with the cookie of the session of this id. */
    visit: (id?: string) => visit(sessions, id && `gatehouse=${signedCookie({ config } as House, id)}`),
  }
}

const proven = () => ({ identity: alice, gates: { members: yes(now) }, contexts: {} })
const keyOf = (id: string) => `${prefix}session:${id}`

/** Signs Alice in. Returns the id of her session. */
async function signedIn(): Promise<string> {
  const { request } = await house.visit()
  await house.sessions.begin(request, proven(), tokens)
  return request.sessionID
}
const isIn = async (id: string, at = house) => (await at.visit(id)).record() !== undefined

describe('a sign-in', () => {
  test('lets a person in', async () => {
    expect((await house.visit(await signedIn())).record()).toMatchObject({ identity: alice, browser: 'Firefox' })
  })

  test('lies in Redis under the id of the session', async () => {
    expect(await redis.exists(keyOf(await signedIn()))).toBe(1)
  })

  test('comes with tokens', async () => {
    expect(await house.vault.read(await signedIn())).toEqual(tokens)
  })

  test('is counted among the open sessions', async () => {
    await signedIn()
    await expect.poll(() => house.census.count(now)).toBe(1)
  })

  test('ends the session before', async () => {
    const id = await signedIn()
    const { request } = await house.visit(id)
    await house.sessions.begin(request, proven(), tokens)
    expect(await isIn(id)).toBe(false)
  })

  test('of a person who ended their access elsewhere is bound by that end', async () => {
    await house.knownPlans.act(alice, () => ({ askedAt: now, until: now, endedAt: now }))
    expect((await house.visit(await signedIn())).record()?.gates.members?.plan).toMatchObject({ endedAt: now })
  })

  test('counts for nothing when the person ended all sessions since its moment', async () => {
    const since = await house.sessions.moment()
    const { request: another } = await house.visit(await signedIn())
    await house.sessions.endOwn(another, 'all')
    const { request } = await house.visit()
    await expect(house.sessions.begin(request, proven(), tokens, { since })).rejects.toMatchObject({
      code: 'signed-out-meanwhile',
    })
  })
})

describe('a session', () => {
  const after = async (ms: number) => {
    const id = await signedIn()
    now += ms
    return isIn(id)
  }

  test.for([
    ['is open just before its idle time is up', 30 * minute - 1, true],
    ['is over when its idle time is up', 30 * minute, false],
  ] as const)('%s', async ([_what, ms, expected], { expect }) => {
    expect(await after(ms)).toBe(expected)
  })

  test('is over when it is as old as it may become', async () => {
    const id = await signedIn()
    now += 10 * hour
    await house.sessions.change(id, found => ({ ...found, lastSeenAt: now }))
    expect(await isIn(id)).toBe(false)
  })

  test('goes from Redis some time after it may be idle', async () => {
    const left = await redis.pttl(keyOf(await signedIn()))
    expect(left).toBeGreaterThan(30 * minute)
    expect(left).toBeLessThanOrEqual(31 * minute)
  })

  test('that is used is seen', async () => {
    const id = await signedIn()
    now += 2 * minute
    await house.visit(id)
    await expect.poll(async () => (await house.sessions.read(id))?.lastSeenAt).toBe(now)
  })

  test('keeps its tokens while it is used', async () => {
    const id = await signedIn()
    await redis.pexpire(`${prefix}tokens:${id}`, hour)
    now += 2 * minute
    await house.visit(id)
    await expect.poll(() => redis.pttl(`${prefix}tokens:${id}`)).toBeLessThan(32 * minute)
  })

  test('is none in another application, and stays', async () => {
    const id = await signedIn()
    const another = open({ ENTRA_CLIENT_ID: '00000000-94b7-4e53-a0d8-1b7c3e9f6a24' })
    expect([await isIn(id, another), await isIn(id)]).toEqual([false, true])
  })

  test('that is damaged is in the log', async () => {
    const id = await signedIn()
    await redis.set(keyOf(id), 'junk')
    await house.visit(id)
    expect(house.logged).toMatchObject([{ event: 'session-unreadable' }])
  })

  test('goes on under a new id', async () => {
    const id = await signedIn()
    const { request, record } = await house.visit(id)
    await house.sessions.rotate(request)
    expect([await isIn(id), await isIn(request.sessionID), record()?.signedInAt]).toEqual([false, true, start])
  })

  test('goes on after a step-up', async () => {
    const id = await signedIn()
    const { request, record } = await house.visit(id)
    await house.sessions.renew(request, { ...proven(), contexts: { c1: now } }, tokens)
    expect([await isIn(id), record()?.contexts]).toEqual([false, { c1: now }])
  })

  test('changes with all sessions of its person', async () => {
    const ids = [await signedIn(), await signedIn()]
    await house.sessions.changeAll(alice, found => ({ ...found, browser: 'changed' }))
    const found = await Promise.all(ids.map(id => house.sessions.read(id)))
    expect(found.map(record => record?.browser)).toEqual(['changed', 'changed'])
  })
})

describe('a session of a house with several gates', () => {
  const plan = { askedAt: start, until: start + hour }
  const gates = { members: yes(start), administrators: { ...yes(start - 1), plan }, auditors: yes(start - 2) }
  const settings = {
    ADMIN_GROUP_ID: '00000000-1111-4222-8333-555555555555',
    AUDITOR_GROUP_ID: '00000000-1111-4222-8333-666666666666',
  }
  let threeGates: ReturnType<typeof open>
  let id: string
  beforeEach(async () => {
    threeGates = open(settings)
    const { request } = await threeGates.visit()
    await threeGates.sessions.begin(request, { ...proven(), gates }, tokens)
    id = request.sessionID
  })

  test('knows what was proven of each', async () => {
    expect((await threeGates.visit(id)).record()?.gates).toEqual(gates)
  })

  test('knows as much of each when it goes on under a new id', async () => {
    const { request } = await threeGates.visit(id)
    await threeGates.sessions.rotate(request)
    expect((await threeGates.sessions.read(request.sessionID))?.gates).toEqual(gates)
  })

  test('knows as much of each, or more, when it goes on after a step-up', async () => {
    const { request } = await threeGates.visit(id)
    now += 1
    await threeGates.sessions.renew(request, { ...proven(), gates: { auditors: yes(now) } }, tokens)
    expect((await threeGates.sessions.read(request.sessionID))?.gates).toEqual({ ...gates, auditors: yes(now) })
  })

  test('knows as much of each when a replica that knows one gate changed it meanwhile', async () => {
    await house.sessions.change(id, found => ({ ...found, browser: 'changed' }))
    expect(await threeGates.sessions.read(id)).toMatchObject({ browser: 'changed', gates })
  })

  test('is changed at one gate, and as it was at the others', async () => {
    const members = createGateSessions(threeGates.sessions, 'members')
    await members.changeAll(alice, seen => ({ ...seen, membership: 'unknown' }))
    expect((await threeGates.sessions.read(id))?.gates).toEqual({ ...gates, members: { membership: 'unknown' } })
  })

  test('counts at each, from its beginning', async () => {
    await expect.poll(() => threeGates.countsAfter()).toEqual({ members: 1, administrators: 1, auditors: 1 })
  })

  test('counts no more at a gate whose membership its person lost', async () => {
    const lost = { member: false, provenAt: now, reason: 'not-in-group' } as const
    const auditors = createGateSessions(threeGates.sessions, 'auditors')
    await auditors.changeAll(alice, seen => ({ ...seen, membership: lost }))
    await expect.poll(() => threeGates.countsAfter()).toEqual({ members: 1, administrators: 1, auditors: 0 })
  })

  test('counts on at each while it is used', async () => {
    now += 20 * minute
    await threeGates.visit(id)
    await expect
      .poll(() => threeGates.countsAfter(30 * minute - 1))
      .toEqual({ members: 1, administrators: 1, auditors: 1 })
  })

  test('counts nowhere when it has ended', async () => {
    await threeGates.sessions.destroy(id, alice)
    await expect.poll(() => threeGates.countsAfter()).toEqual({ members: 0, administrators: 0, auditors: 0 })
  })

  test('is not written where nothing changed at a gate', async () => {
    const before = await redis.get(keyOf(id))
    await createGateSessions(threeGates.sessions, 'auditors').change(id, seen => ({ ...seen }))
    expect(await redis.get(keyOf(id))).toBe(before)
  })
})

describe('an end', () => {
  test('by a sign-out ends the session of the browser, and clears its cookie', async () => {
    const id = await signedIn()
    const { request, response, cleared } = await house.visit(id)
    await house.sessions.end(request, response)
    expect([await isIn(id), cleared]).toEqual([false, ['gatehouse']])
  })

  test('by a sign-out under an id of before ends the session that went on', async () => {
    const old = await signedIn()
    const { request } = await house.visit(old)
    await house.sessions.rotate(request)
    const late = await house.visit(old)
    await house.sessions.end(late.request, late.response)
    expect(await isIn(request.sessionID)).toBe(false)
  })

  test('of all other sessions leaves the one', async () => {
    const [one, other] = [await signedIn(), await signedIn()]
    await house.sessions.endOwn((await house.visit(one)).request, 'others')
    expect([await isIn(one), await isIn(other)]).toEqual([true, false])
  })

  test('of a session of Entra ends those that it opened', async () => {
    const id = await signedIn()
    await house.sessions.endOfEntraSession(alice.sid)
    expect(await isIn(id)).toBe(false)
  })

  test('of one session leaves nothing of it', async () => {
    const id = await signedIn()
    await house.sessions.destroy(id, alice)
    const keys = await redis.keys(`${prefix}*`)
    expect(keys.map(key => key.slice(prefix.length).split(':')[0])).toEqual([])
  })

  test('of one session says nothing', async () => {
    expect(await house.sessions.destroy(await signedIn(), alice)).toBeUndefined()
  })

  test('of a session that is not there is no fault', async () => {
    await expect(house.sessions.destroy(randomUUID(), alice)).resolves.toBeUndefined()
  })

  test('takes the session out of the count of open sessions', async () => {
    const id = await signedIn()
    await expect.poll(() => house.census.count(now)).toBe(1)
    await house.sessions.destroy(id, alice)
    await expect.poll(() => house.census.count(now)).toBe(0)
  })
})

describe('a session that was not listed when all sessions were ended', () => {
  const all = { whose: 'all' } as const
  const farewell = { by: 'Ada', reason: 'Because of that', at: start }
  async function missed() {
    const id = await signedIn()
    house.census.gone(id)
    now += minute
    expect(await house.sessions.endEveryones((await house.visit()).request, all, farewell)).toBe(0)
    return id
  }

  test('ends when it is used', async () => {
    const id = await missed()
    await house.visit(id)
    await expect.poll(() => isIn(id)).toBe(false)
  })

  test('goes on where it began after that end', async () => {
    await missed()
    now += 1
    const id = await signedIn()
    house.census.gone(id)
    now += minute
    await house.visit(id)
    await expect.poll(() => house.census.all()).toContain(id)
    expect(await isIn(id)).toBe(true)
  })
})

test('a person sees their sessions', async () => {
  const [one, other] = [await signedIn(), await signedIn()]
  const own = await house.sessions.ownSessions((await house.visit(one)).request)
  expect([own.length, own.filter(({ isThisOne }) => isThisOne).length, one === other]).toEqual([2, 1, false])
})
