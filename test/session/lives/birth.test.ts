import type { Request } from 'express'
import { describe, expect, test } from 'vitest'
import { Problem } from '../../../src/errors.ts'
import { type BirthNeeds, createBirth } from '../../../src/session/lives/birth.ts'
import { handleOf, type SessionRecord } from '../../../src/session/record/record.ts'
import { alice, yes } from '../../support/alice.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const hour = 3_600_000
const tokens = { accessToken: 'access', refreshToken: 'refresh', idToken: 'id', accessTokenExpiresAt: now }
const proven = { identity: alice, gates: { members: yes(now) }, contexts: { c1: now } }
const plan = { askedAt: now, until: now + hour }
const planned = { ...proven, gates: { members: { ...yes(now), plan } } }

type Born = Parameters<ReturnType<typeof createBirth>>[1]
const redisAway = () => Promise.reject(new Problem('redis-away'))

/** A request with a session, and births whose every step is written down. The new session gets the id "new". */
function open({
  userAgent,
  address,
  needs = {},
  saving,
  isEnded = false,
  afterwards = (record: SessionRecord): SessionRecord | undefined => record,
}: {
  userAgent?: string
  address?: string
  needs?: Partial<BirthNeeds>
  saving?: Error
  isEnded?: boolean
  afterwards?: (record: SessionRecord) => SessionRecord | undefined
} = {}) {
  const steps: unknown[][] = []
  const before = { sessionID: 'old', session: { name: 'the old session' } }
  const session = {
    record: undefined as SessionRecord | undefined,
    save(done: (error?: Error) => void) {
      steps.push(['saved', this.record])
      done(saving)
    },
  }
  const request = {
    ...before,
    sessionStore: { generate: (made: object) => void Object.assign(made, { sessionID: 'new', session }) },
    ip: address,
    get: (header: string) => (header === 'user-agent' ? userAgent : undefined),
  }
  const records: BirthNeeds['records'] = new WeakMap()
  const step =
    (name: string) =>
    async (...args: unknown[]) =>
      void steps.push([name, ...args])
  const bear = createBirth({
    maxMs: 10 * hour,
    clock: () => new Date(now),
    records,
    client: { expectBirth: (key: string) => void steps.push(['expected', key]) },
    keyOf: (id: string) => `session:${id}`,
    lifetimes: { tokenLifeMs: () => 7, overAt: ({ lastSeenAt }: SessionRecord) => lastSeenAt + 1 },
    byId: {
      change: async (id: string, edit: (record: SessionRecord) => SessionRecord) => {
        steps.push(['changed', id])
        return afterwards(edit(session.record as SessionRecord))
      },
    },
    removal: { discard: step('discarded') },
    registry: { add: step('listed') },
    vault: { keep: step('tokens') },
    ends: {
      areAbout: async (about: unknown) => {
        steps.push(['looked for ends', about])
        return isEnded
      },
    },
    knownPlans: {},
    census: { enter: step('entered') },
    gateCensus: { seen: (...seen: unknown[]) => void steps.push(['counted at gates', ...seen]) },
    ...needs,
  } as never as BirthNeeds)
  const asRequest = request as never as Request
  return {
    before,
    request,
    session,
    steps,
    names: () => steps.map(([name]) => name),
    stepsOf: (name: string) => steps.filter(([each]) => each === name),
    record: () => records.get(asRequest),
    bear: (born: Partial<Born> = {}, replace: (id: string) => Promise<void> = step('replaced')) =>
      bear(asRequest, { proven, tokens, since: 3, ...born }, replace),
  }
}

const known = (found: unknown) =>
  ({ knownPlans: { members: { read: async () => found } } }) as never as Partial<BirthNeeds>

describe('a session that begins', () => {
  test('is that of the person who was proven, in the browser that asks, from now on', async () => {
    const { bear, record } = open({ userAgent: 'Firefox' })
    await bear()
    expect(record()).toStrictEqual({
      ...proven,
      lineage: handleOf('new'),
      signedInAt: now,
      lastSeenAt: now,
      browser: 'Firefox',
    })
  })

  test('remembers all that was proven', async () => {
    const { bear, record } = open()
    const all = { ...planned, ownProvenAt: now - 1, unlistedAt: now - 2 }
    await bear({ proven: all })
    expect(record()).toMatchObject(all)
  })

  test('keeps the lineage and the sign-in of the session that it follows', async () => {
    const { bear, record } = open()
    await bear({ lineage: 'the lineage', signedInAt: now - hour })
    expect(record()).toMatchObject({ lineage: 'the lineage', signedInAt: now - hour, lastSeenAt: now })
  })

  test('remembers no more than 300 characters of what its browser says of itself', async () => {
    const { bear, record } = open({ userAgent: 'x'.repeat(301) })
    await bear()
    expect(record()?.browser).toBe('x'.repeat(300))
  })

  test('remembers no browser that says nothing of itself', async () => {
    const { bear, record } = open()
    await bear()
    expect(record()?.browser).toBe('')
  })

  test('is listed under its person until it is as old as it may become', async () => {
    const { bear, stepsOf } = open()
    await bear({ signedInAt: now - hour })
    expect(stepsOf('listed')).toEqual([['listed', alice, 'new', now + 9 * hour, now]])
  })

  test('has its tokens for as long as they may be needed', async () => {
    const { bear, stepsOf } = open()
    await bear()
    expect(stepsOf('tokens')).toEqual([['tokens', 'new', tokens, 7]])
  })

  test('is announced as a birth, so that it comes in place of no other', async () => {
    const { bear, stepsOf } = open()
    await bear()
    expect(stepsOf('expected')).toEqual([['expected', 'session:new']])
  })

  test('is saved with its record', async () => {
    const { bear, record, stepsOf } = open()
    await bear()
    expect(stepsOf('saved')).toEqual([['saved', record()]])
  })

  test('is there before ends are looked for, and before the session ends that it follows', async () => {
    const { bear, names } = open()
    await bear()
    expect(names()).toEqual([
      ...['listed', 'entered', 'tokens', 'expected', 'saved'],
      ...['counted at gates', 'looked for ends', 'replaced'],
    ])
  })

  test('takes the place of the session before under its new id', async () => {
    const { bear, stepsOf } = open()
    await bear()
    expect(stepsOf('replaced')).toEqual([['replaced', 'new']])
  })

  test('is not written once more at the end of its request', async () => {
    const { bear, session, stepsOf } = open()
    await bear()
    session.save(() => {})
    expect(stepsOf('saved')).toHaveLength(1)
  })

  test('lets its request end', async () => {
    const { bear, session } = open()
    await bear()
    await expect(new Promise<void>(ended => session.save(() => ended()))).resolves.toBeUndefined()
  })

  test('may be saved by whoever waits for nothing', async () => {
    const { bear, session } = open()
    await bear()
    expect(() => (session.save as () => void)()).not.toThrow()
  })

  test('is listed among all sessions before it is there, so that an end of all finds it', async () => {
    const { bear, names, stepsOf } = open()
    await bear()
    expect(stepsOf('entered')).toEqual([['entered', 'new', { until: now + 1, now }]])
    expect(names().indexOf('entered')).toBeLessThan(names().indexOf('saved'))
  })

  test('does not begin where it cannot be listed', async () => {
    const { bear, names } = open({ needs: { census: { enter: redisAway } } as never })
    await expect(bear()).rejects.toMatchObject({ code: 'redis-away' })
    expect(names()).not.toContain('saved')
  })

  test('remembers the address of the sign-in', async () => {
    const { bear, record } = open({ address: '::ffff:203.0.113.7' })
    await bear()
    expect(record()).toMatchObject({ signedInFrom: '203.0.113.7', lastSeenFrom: '203.0.113.7' })
  })

  test('remembers no address that is none', async () => {
    const { bear, record } = open({ address: '<script>alert(1)</script>' })
    await bear()
    expect(Object.keys(record() ?? {}).filter(name => name.endsWith('From'))).toEqual([])
  })

  test('under a new id keeps the address of the sign-in before', async () => {
    const { bear, record } = open({ address: '203.0.113.8' })
    await bear({ signedInAt: now - 1, signedInFrom: '203.0.113.7' })
    expect(record()).toMatchObject({ signedInFrom: '203.0.113.7', lastSeenFrom: '203.0.113.8' })
  })

  test('is counted at the gates as it was written, before it may be changed', async () => {
    const { bear, names, steps } = open({ needs: known(plan) })
    await bear()
    const [, saved] = steps.find(([name]) => name === 'saved') ?? []
    expect(steps.slice(names().indexOf('saved') + 1, names().indexOf('changed'))).toEqual([
      ['counted at gates', 'new', saved],
    ])
  })

  test('begins also where nobody counts sessions', async () => {
    const { bear, record } = open({ needs: { gateCensus: undefined } })
    await bear()
    expect(record()).toBeDefined()
  })
})

describe('a plan that other sessions of the person learned', () => {
  test('binds a session that begins', async () => {
    const { bear, record } = open({ needs: known(plan) })
    await bear()
    expect(record()?.gates.members?.plan).toEqual(plan)
  })

  test('binds that session in Redis, too', async () => {
    const { bear, stepsOf } = open({ needs: known(plan) })
    await bear()
    expect(stepsOf('changed')).toEqual([['changed', 'new']])
  })

  test('is asked for only when the session is there', async () => {
    const { bear, names } = open({ needs: known(plan) })
    await bear()
    expect(names().indexOf('changed')).toBeGreaterThan(names().indexOf('saved'))
  })

  test('is looked for under the person', async () => {
    const asked: unknown[] = []
    const read = async (who: unknown) => void asked.push(who)
    const { bear } = open({ needs: { knownPlans: { members: { read } } } as never })
    await bear()
    expect(asked).toEqual([alice])
  })

  test.for([
    ['is not known', undefined],
    ['is older than what was proven', { ...plan, askedAt: now - 1 }],
  ] as const)('changes nothing where it %s', async ([_where, found], { expect }) => {
    const { bear, stepsOf } = open({ needs: known(found) })
    await bear({ proven: planned })
    expect(stepsOf('changed')).toEqual([])
  })

  test('changes nothing where it is not known, and none was proven either', async () => {
    const { bear, stepsOf } = open({ needs: known(undefined) })
    await bear()
    expect(stepsOf('changed')).toEqual([])
  })

  test('leaves a request its record where the session went away meanwhile', async () => {
    const { bear, record } = open({ needs: known(plan), afterwards: () => undefined })
    await bear()
    expect(record()).toMatchObject(proven)
  })
})

describe('plans of several gates that other sessions of the person learned', () => {
  const older = { ...plan, askedAt: now - 1 }
  const gates = { members: yes(now), operators: { ...yes(now), plan }, auditors: yes(now - 1) }
  const ended = { askedAt: now + 1, until: now, endedAt: now }
  const plans = (found: Record<string, unknown>) => {
    const knownPlans = Object.entries(found).map(([gate, known]) => [gate, { read: async () => known }])
    return { knownPlans: Object.fromEntries(knownPlans) } as never as Partial<BirthNeeds>
  }
  const bornWith = async (found: Record<string, unknown>) => {
    const opened = open({ needs: plans(found) })
    await opened.bear({ proven: { ...proven, gates } })
    return opened
  }

  test('bind a session that begins, each at its gate', async () => {
    const { record } = await bornWith({ members: ended, operators: ended })
    const bound = { members: { ...yes(now), plan: ended }, operators: { ...yes(now), plan: ended } }
    expect(record()?.gates).toEqual({ ...gates, ...bound })
  })

  test('bind it in one change', async () => {
    const { stepsOf } = await bornWith({ members: ended, operators: ended })
    expect(stepsOf('changed')).toEqual([['changed', 'new']])
  })

  test('bind it only where they are newer than what was proven', async () => {
    const { record } = await bornWith({ members: ended, operators: older, auditors: undefined })
    expect(record()?.gates).toEqual({ ...gates, members: { ...yes(now), plan: ended } })
  })

  test.for(['operators', 'constructor'])(
    'bind it also at the gate %s, of which nothing was proven',
    async (gate, { expect }) => {
      const opened = open({ needs: plans({ [gate]: ended }) })
      await opened.bear()
      expect(opened.record()?.gates).toEqual({ ...proven.gates, [gate]: { membership: 'unknown', plan: ended } })
    },
  )
})

describe('an end of sessions while a session begins', () => {
  test('is looked for by person, lineage and beginning', async () => {
    const { bear, stepsOf } = open()
    await bear({ lineage: 'the lineage', startedAt: now - 5 })
    expect(stepsOf('looked for ends')).toEqual([
      ['looked for ends', { identity: alice, lineage: 'the lineage', since: 3, startedAt: now - 5 }],
    ])
  })

  test('ends it', async () => {
    await expect(open({ isEnded: true }).bear()).rejects.toMatchObject({ code: 'signed-out-meanwhile' })
  })

  test('leaves the session before as it was', async () => {
    const { bear, stepsOf } = open({ isEnded: true })
    await bear().catch(() => {})
    expect(stepsOf('replaced')).toEqual([])
  })
})

describe('a session that cannot begin', () => {
  test('is undone under its own id', async () => {
    const { bear, stepsOf } = open()
    await bear({}, redisAway).catch(() => {})
    expect(stepsOf('discarded')).toEqual([['discarded', 'new', alice]])
  })

  test('leaves the request the session that it had', async () => {
    const { bear, before, request } = open()
    await bear({}, redisAway).catch(() => {})
    expect(request).toMatchObject(before)
  })

  test('is not known to the request', async () => {
    const { bear, record } = open()
    await bear({}, redisAway).catch(() => {})
    expect(record()).toBeUndefined()
  })

  test('says that Redis is away where Redis does not save it, and why', async () => {
    const saving = new Error('lost')
    await expect(open({ saving }).bear()).rejects.toMatchObject({ code: 'redis-away', cause: saving })
  })

  const slowly = (gone: string[]) =>
    ({
      removal: { discard: () => new Promise<void>(done => setImmediate(() => done(void gone.push('gone')))) },
    }) as never

  test.for(['signed-out-meanwhile', 'step-up-too-late'] as const)(
    'is gone before its request hears that it came "%s"',
    async (code, { expect }) => {
      const gone: string[] = []
      await open({ needs: slowly(gone) })
        .bear({}, () => Promise.reject(new Problem(code)))
        .catch(() => {})
      expect(gone).toEqual(['gone'])
    },
  )

  test('lets its request not wait once more for a Redis that failed', async () => {
    const gone: string[] = []
    await open({ needs: slowly(gone) })
      .bear({}, redisAway)
      .catch(() => {})
    expect(gone).toEqual([])
  })

  test('says why, although it cannot be undone either', async () => {
    const removal = { discard: () => Promise.reject(new Error('lost again')) }
    await expect(open({ needs: { removal } as never }).bear({}, redisAway)).rejects.toMatchObject({
      code: 'redis-away',
    })
  })
})
