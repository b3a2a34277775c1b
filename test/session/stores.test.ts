import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import { loadConfig } from '../../src/config/load.ts'
import type { Leases } from '../../src/session/replicas/lease.ts'
import { createNotes, noteOf } from '../../src/session/replicas/notes.ts'
import { scopeOf } from '../../src/session/scope.ts'
import { createStores, type Stores } from '../../src/session/stores.ts'
import { good } from '../config/good.ts'
import { alice, recordAt, yes } from '../support/alice.ts'
import { gatesFile } from '../support/gates-file.ts'
import { visit } from './visiting.ts'

const redis = new Redis(inject('redisUrl'))
afterAll(() => redis.disconnect())

const now = Date.now()
const hour = 3_600_000
const tokens = { accessToken: 'access', refreshToken: 'refresh', idToken: 'id', accessTokenExpiresAt: now }

let prefix: string
let stores: Stores
let logged: unknown[]
let observed: unknown[]
beforeEach(async () => {
  prefix = `test-${randomUUID()}:`
  logged = []
  observed = []
  stores = await open()
})
afterEach(() => stores.close())

const configOf = (settings: object) =>
  loadConfig({ ...good, REDIS_URL: inject('redisUrl'), REDIS_PREFIX: prefix, ...settings })

/** Stores that are connected to Redis. */
async function open(settings: object = {}): Promise<Stores> {
  const opened = await createStores({
    config: configOf(settings),
    clock: () => new Date(now),
    log: new Proxy(
      {},
      { get: (_log, name) => (name === 'child' ? () => ({ info() {} }) : (line: unknown) => logged.push(line)) },
    ) as never,
    meter: { redis: (...seen: unknown[]) => observed.push(seen), trailFault() {} } as never,
  })
  if (opened.redis.status !== 'ready') await once(opened.redis, 'ready')
  // It writes for a moment. From here on nothing but what a test does is in Redis.
  await opened.presence.isThere()
  return opened
}

/** The stores of the same installation with other settings, for as long as `use` takes. */
async function elsewhere<T>(settings: object, use: (stores: Stores) => Promise<T>): Promise<T> {
  const others = await open(settings)
  return use(others).finally(() => others.close())
}
/** What is about the gate of ACCESS_GROUP_ID. */
const members = (opened: Stores) => opened.aboutGate('members')
const marks = () => scopeOf(configOf({}))
const keys = async () => (await redis.keys(`${prefix}*`)).map(key => key.slice(prefix.length)).sort()
const anotherGroup = { ACCESS_GROUP_ID: '00000000-1111-4222-8333-444444444444' }
/** The settings of two more gates. */
const gates = {
  ADMIN_GROUP_ID: '00000000-1111-4222-8333-555555555555',
  AUDITOR_GROUP_ID: '00000000-1111-4222-8333-666666666666',
}
const anotherClient = { ENTRA_CLIENT_ID: '00000000-94b7-4e53-a0d8-1b7c3e9f6a24' }

describe('what an installation remembers lies in Redis', () => {
  const kept: [string, (stores: Stores) => unknown, (marks: { app: string; group: string }) => string[]][] = [
    ['the tokens of a session', ({ vault }) => vault.keep('id', tokens, hour), () => ['tokens:id']],
    [
      'a note of the group',
      stores => members(stores).notes.change('n', () => 'x', hour),
      ({ group }) => [`note:n:${group}`],
    ],
    [
      'news of the group',
      stores => members(stores).board.post('n', { at: now, text: 'x', lifeMs: hour }),
      ({ group }) => [`board:n:${group}`],
    ],
    ['a pause of everybody', ({ leases }) => leases.pause('n', hour), () => ['pause:n']],
    ['a pause of the group', stores => members(stores).leases.pause('n', hour), ({ group }) => [`pause:n:${group}`]],
    ['a count', ({ counters }) => counters.count('n', hour), () => ['count:n']],
    [
      'the audit trail',
      ({ ledger }) => ledger.append({ event: 'activationRequested', reason: 'x' }),
      ({ app }) => ['head', 'personal', 'records'].map(name => `{trail:${app}}:${name}`),
    ],
    [
      'how much the audit trail tells of an act',
      ({ told }) => told('act', 1, async () => {}),
      ({ group }) => [`note:told:act:${group}`],
    ],
  ]
  test.for(kept)('%s, under its key', async ([_what, keep, expected], { expect }) => {
    await keep(stores)
    const { app, gates } = marks()
    expect(await keys()).toEqual(expected({ app, group: gates.members as string }))
  })

  test('the list of all sessions', async () => {
    await stores.census.enter('id', { until: now + hour, now })
    expect(await keys()).toEqual([`sessions:${marks().app}`])
  })

  test('the number of open sessions at the gate, where there are metrics', async () => {
    await elsewhere({ METRICS_PORT: '9464' }, async ({ gateCensus }) => {
      gateCensus?.seen('id', recordAt(now))
      await expect.poll(keys).toEqual([`gate-sessions:${marks().gates.members}`])
    })
  })

  test('no number of open sessions at a gate, where there are no metrics', () => {
    expect(stores.gateCensus).toBeUndefined()
  })
})

describe('an installation with another group', () => {
  const statesOf = async (of: Stores) => members(of).clientStates()

  test('believes no notifications for this one', async () => {
    expect(await elsewhere(anotherGroup, statesOf)).not.toEqual(await statesOf(stores))
  })

  test('is, with the same group, the same installation', async () => {
    expect(await elsewhere({}, statesOf)).toEqual(await statesOf(stores))
  })

  test('does not know the plans of this one', async () => {
    await members(stores).knownPlans.act(alice, () => ({ askedAt: now, until: now + hour }))
    expect(await elsewhere(anotherGroup, others => members(others).knownPlans.read(alice))).toBeUndefined()
  })
})

describe('what an installation remembers about one gate', () => {
  let threeGates: Stores
  beforeEach(async () => {
    threeGates = await open(gates)
  })
  afterEach(() => threeGates.close())

  test('lies in Redis under the mark of this gate', async () => {
    const { notes, board, leases, knownPlans } = threeGates.aboutGate('administrators')
    await notes.change('n', () => 'x', hour)
    await board.post('n', { at: now, text: 'x', lifeMs: hour })
    await leases.pause('n', hour)
    await knownPlans.act(alice, () => ({ askedAt: now }))
    const found = await keys()
    expect(found.map(key => key.split(':').at(0))).toEqual(['board', 'note', 'note', 'pause'])
    const mark = scopeOf(configOf(gates)).gates.administrators as string
    expect(found.filter(key => !key.endsWith(`:${mark}`))).toEqual([])
  })

  test('is not known at another gate', async () => {
    await threeGates.aboutGate('administrators').knownPlans.act(alice, () => ({ askedAt: now }))
    const read = (gate: string) => threeGates.aboutGate(gate).knownPlans.read(alice)
    expect([await read('members'), await read('auditors')]).toEqual([undefined, undefined])
    expect(await read('administrators')).toMatchObject({ askedAt: now })
  })

  test('has notifications believed for no other gate', () => {
    const states = ['members', 'administrators', 'auditors'].flatMap(gate => threeGates.aboutGate(gate).clientStates())
    expect(new Set(states).size).toBe(3)
  })

  test('is the same at the gate members, however many other gates there are', () => {
    expect(members(threeGates).clientStates()).toEqual(members(stores).clientStates())
  })

  test('knows a plan of the first release at the gate members alone', async () => {
    const unmarked = createNotes({ redis, seal: stores.seal, prefix })
    await unmarked.change(noteOf('plan', alice), () => JSON.stringify({ askedAt: now, until: now, endedAt: now }), hour)
    const read = (gate: string) => threeGates.aboutGate(gate).knownPlans.read(alice)
    expect([await read('members'), await read('administrators')]).toEqual([{ askedAt: now, until: now }, undefined])
  })

  test.for(['operators', 'constructor', 'toString'])('is a fault where there is no gate %s', (name, { expect }) => {
    expect(() => threeGates.aboutGate(name)).toThrow(`there is no gate ${name}`)
  })
})

describe('the sessions at each gate', () => {
  const METRICS_PORT = '9464'
  const countsOf = async ({ gateCensus }: Stores) => (await gateCensus?.counts(now))?.map(({ count }) => count)
  /** Signs Alice in at three gates, and returns how many sessions an installation with these settings counts. */
  const countedBy = (settings: object) =>
    elsewhere({ METRICS_PORT, ...gates }, async ({ sessions }) => {
      const { request } = await visit(sessions)
      const all = { members: yes(now), administrators: yes(now), auditors: yes(now) }
      await sessions.begin(request, { identity: alice, gates: all, contexts: {} }, tokens)
      return elsewhere({ METRICS_PORT, ...gates, ...settings }, countsOf)
    })

  test('are counted by each replica of the installation', async () => {
    expect(await countedBy({})).toEqual([1, 1, 1])
  })

  test('are not those of another group under the same name', async () => {
    expect(await countedBy({ ADMIN_GROUP_ID: anotherGroup.ACCESS_GROUP_ID })).toEqual([1, 0, 1])
  })

  test('are not those of the same group in another application', async () => {
    expect(await countedBy(anotherClient)).toEqual([0, 0, 0])
  })

  test('are counted until the session was not used for too long', async () => {
    await countedBy({})
    await elsewhere({ METRICS_PORT, ...gates }, async ({ gateCensus }) => {
      const later = async (ms: number) => (await gateCensus?.counts(now + ms))?.[0]?.count
      expect([await later(hour / 2 - 1), await later(hour / 2)]).toEqual([1, 0])
    })
  })
})

describe('an installation of another application', () => {
  const owner = { person: alice, path: '/refunds/8841' }
  const fields = [['reason', 'Refund 8841']] as const

  test('does not know the forms of this one', async () => {
    const id = await stores.drafts.keep(owner, fields)
    const found = await elsewhere(anotherClient, ({ drafts }) => drafts.look(owner, id))
    expect([await stores.drafts.look(owner, id), found]).toEqual([fields, undefined])
  })

  test('does not know the sign-ins of this one', async () => {
    await stores.signIns.finish({ attempt: { state: 's', nonce: 'n', verifier: 'v' }, returnTo: '/' })
    const found = await elsewhere(anotherClient, ({ signIns }) => signIns.finished('s'))
    expect([await stores.signIns.finished('s'), found]).toEqual(['/', undefined])
  })
})

describe('a plan of a person that is known', () => {
  const ended = () => ({ askedAt: now, until: now, endedAt: now })
  const proven = { identity: alice, gates: { members: yes(now) }, contexts: {} }
  /** The plan that a session of Alice begins with. */
  const planOfSession = async (opened: Stores) => {
    const { sessions } = opened
    await members(opened).knownPlans.act(alice, ended)
    const { request, record } = await visit(sessions)
    await sessions.begin(request, proven, tokens)
    return record()?.gates.members?.plan
  }

  test('is read where the first release kept it', async () => {
    const unmarked = createNotes({ redis, seal: stores.seal, prefix })
    await unmarked.change(noteOf('plan', alice), () => JSON.stringify(ended()), hour)
    expect(await members(stores).knownPlans.read(alice)).toEqual({ askedAt: now, until: now })
  })

  test('binds a session that begins, where people turn on their access here', async () => {
    expect(await elsewhere({ PIM_SELF_SERVICE: 'on' }, planOfSession)).toMatchObject(ended())
  })

  test.each([
    ['where people turn on their access here', false, ['members', 'auditors', 'constructor']],
    ['where administrators end access', true, ['members', 'administrators', 'auditors', 'operators', 'constructor']],
  ])('binds a session that begins at each gate %s', async (_, hasAdministrators, expected) => {
    const GATES_FILE = gatesFile([
      { name: 'operators', title: 'Operators', group: '00000000-1111-4222-8333-777777777777', selfService: false },
      { name: 'constructor', title: 'Constructors', group: '00000000-1111-4222-8333-888888888888' },
    ])
    const { ADMIN_GROUP_ID, ...others } = gates
    const settings = { ...others, ...(hasAdministrators && { ADMIN_GROUP_ID }), GATES_FILE, PIM_SELF_SERVICE: 'on' }
    const names = ['members', ...(hasAdministrators ? ['administrators'] : []), 'auditors', 'operators', 'constructor']
    const bound = await elsewhere(settings, async opened => {
      await Promise.all(names.map(name => opened.aboutGate(name).knownPlans.act(alice, ended)))
      const { request, record } = await visit(opened.sessions)
      await opened.sessions.begin(request, proven, tokens)
      return names.filter(name => record()?.gates[name]?.plan?.endedAt === now)
    })
    expect(bound).toEqual(expected)
  })

  test('binds no session where they do not', async () => {
    expect(await elsewhere({ PIM_SELF_SERVICE: 'off' }, planOfSession)).toBeUndefined()
  })
})

describe('Redis', () => {
  test('is there', async () => {
    expect(await stores.presence.isThere()).toBe(true)
  })

  test('tells its time, which is ours', async () => {
    await stores.clockCheck.look()
    expect(stores.clockCheck.aheadSeconds()).toEqual(expect.any(Number))
  })

  test('has its commands timed', async () => {
    await stores.redis.get('none')
    expect(observed).toContainEqual([expect.any(Number)])
  })

  test('has the log say that it is connected', async () => {
    await expect.poll(() => logged).toContainEqual(expect.objectContaining({ event: 'redis-ready' }))
  })

  test('is left at once by a process that closes', async () => {
    stores.close()
    await expect.poll(() => stores.redis.status).toBe('end')
  })

  test('is left by a process that finishes', async () => {
    await stores.finish()
    await expect.poll(() => stores.redis.status).toBe('end')
  })

  test('is left also where it does not answer any more', async () => {
    Object.assign(stores.redis, { quit: () => Promise.reject(new Error('lost')) })
    await stores.finish()
    await expect.poll(() => stores.redis.status).toBe('end')
  })
})

test.for<[what: string, leasesOf: (stores: Stores) => Leases]>([
  ['leases', ({ leases }) => leases],
  ['leases on what it does for its group', stores => members(stores).leases],
  ['leases on what it does for the group of another gate', stores => stores.aboutGate('administrators').leases],
])('a process that finishes first gives back what it holds of its %s', async ([_what, leasesOf], { expect }) => {
  const threeGates = await open(gates)
  const [begun, work] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const held = leasesOf(threeGates).hold('n', hour, () => {
    begun.resolve()
    return work.promise
  })
  await begun.promise
  const finished = threeGates.finish()
  expect(await keys()).toHaveLength(1)
  work.resolve()
  await Promise.all([held, finished])
  expect(await keys()).toEqual([])
})
