import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePort } from '../../../infra/demo/ports.ts'
import { type House, openHouse } from '../../support/house.ts'
import { startRedis } from '../../support/machine.ts'
import { openRelay } from '../../support/redis/relay.ts'
import { eventsIn, sessionKeyOf } from '../../support/stored.ts'
import type { Answer, Visitor } from '../../support/visitor.ts'

type Redis = Awaited<ReturnType<typeof startRedis>>

/** Two seconds are promised; a busy test machine gets half a second more. */
const limitMs = 2_500
const patience = { timeout: 15_000, interval: 50 }
const unhandled: unknown[] = []
const remember = (reason: unknown) => void unhandled.push(reason)
beforeAll(() => void process.on('unhandledRejection', remember))
afterAll(() => void process.off('unhandledRejection', remember))

async function openFaulty(redis: Redis, url = redis.url) {
  const house = await openHouse({ redisUrl: url })
  house.redis.on('error', () => {})
  return house
}
/** Ends both, in whatever state a failed test has left them. */
async function close(house: House, redis: Redis | undefined) {
  const closed = house.redis.status === 'ready' ? once(house.redis, 'close') : undefined
  house.redis.disconnect()
  await redis?.stop()
  await closed
  await house[Symbol.asyncDispose]()
}
/** Written to disk before Redis answers: a machine that is slow to write would lose the last second with the process. */
const kept = ['--appendonly', 'yes', '--appendfsync', 'always']
const killed = async (redis: Redis) => {
  redis.signal('SIGKILL')
  await redis.exited
}
const again = ({ port, folder }: Redis, args: string[] = []) => startRedis({ port, folder, args })
/** Also while Redis is loading, when no client would be ready. */
const tell = (port: number, command: string) =>
  new Promise<string>(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`))
    socket.once('data', answer => {
      socket.destroy()
      resolve(String(answer))
    })
  })

type Timed = Answer & { ms: number }
async function timed(answer: Promise<Answer>): Promise<Timed> {
  const started = performance.now()
  return Object.assign(await answer, { ms: performance.now() - started })
}
const cookiesSet = ({ headers }: Answer) => ([] as string[]).concat(headers['set-cookie'] ?? [])
const waitingAt = async (house: House) =>
  (await (await house.visitor('alice', { signIn: false })).fetch('/health/ready')).body

type Fault = {
  name: string
  open: () => Promise<{ redis: Redis; house: House }>
  fail: (redis: Redis) => Promise<Redis>
  mend: (redis: Redis) => Promise<Redis>
}
let relay: Awaited<ReturnType<typeof openRelay>>

const faults: Fault[] = [
  {
    name: 'dead: the connection is refused',
    open: async () => {
      const redis = await startRedis({ args: kept })
      return { redis, house: await openFaulty(redis) }
    },
    fail: async redis => {
      await killed(redis)
      return redis
    },
    mend: redis => again(redis, kept),
  },
  {
    name: 'silent: it takes what is sent and never answers',
    open: async () => {
      const redis = await startRedis()
      return { redis, house: await openFaulty(redis) }
    },
    fail: async redis => {
      redis.signal('SIGSTOP')
      return redis
    },
    mend: async redis => {
      redis.signal('SIGCONT')
      return redis
    },
  },
  {
    name: 'lost: the network between swallows every byte',
    open: async () => {
      const redis = await startRedis()
      relay = await openRelay(redis)
      return { redis, house: await openFaulty(redis, relay.url) }
    },
    fail: async redis => {
      relay.swallow(true)
      return redis
    },
    mend: async redis => {
      relay.swallow(false)
      return redis
    },
  },
  {
    name: 'loading: it was restarted and reads its data',
    open: async () => {
      const redis = await startRedis({ args: ['--rdbcompression', 'no'] })
      const house = await openFaulty(redis)
      for (let index = 0; index < 300; index++) await house.redis.set(`filling-${index}`, 'x'.repeat(1024))
      return { redis, house }
    },
    fail: async redis => {
      await tell(redis.port, 'SAVE')
      await killed(redis)
      const slowly = ['--key-load-delay', '100000', '--loading-process-events-interval-bytes', '1024']
      const next = await startRedis({ port: redis.port, folder: redis.folder, args: slowly, until: 'Loading RDB' })
      expect(await tell(redis.port, 'GET any')).toMatch(/^-LOADING/)
      return next
    },
    mend: async redis => {
      await tell(redis.port, 'CONFIG SET key-load-delay 0')
      return redis
    },
  },
]

describe.each(faults)('Redis is $name', ({ open, fail, mend }) => {
  let redis: Redis
  let house: House
  let alice: Visitor
  let before: string
  beforeAll(async () => {
    const opened = await open()
    house = opened.house
    alice = await house.visitor('alice')
    before = alice.cookieHeader()
    redis = await fail(opened.redis)
  })
  afterAll(async () => {
    await close(house, redis)
    await relay?.[Symbol.asyncDispose]()
  })

  test('a page says so in time, and asks to come back', async () => {
    const answer = await timed(alice.get('/'))
    expect(answer.status).toBe(503)
    expect(answer.ms).toBeLessThan(limitMs)
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    expect(answer.text).toContain('Nobody is signed out by this')
    expect(answer.headers).not.toHaveProperty('location')
  })

  test('so does every other, many at once and one after another', async () => {
    const many = await Promise.all(Array.from({ length: 10 }, () => timed(alice.get('/sessions'))))
    for (const answer of [...many, await timed(alice.get('/nowhere')), await timed(alice.get('/'))]) {
      expect(answer.status).toBe(503)
      expect(answer.ms).toBeLessThan(limitMs)
    }
  })

  test('a script is told so, too', async () => {
    const answer = await timed(alice.fetch('/'))
    expect(answer.status).toBe(503)
    expect(answer.ms).toBeLessThan(limitMs)
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(JSON.parse(answer.text)).toMatchObject({ status: 503, code: 'redis-away' })
  })

  test('signing out does not claim to be done', async () => {
    const answer = await timed(alice.post('/auth/sign-out'))
    expect(answer.status).toBe(503)
    expect(answer.ms).toBeLessThan(limitMs)
    expect(answer.text).toContain('Nobody is signed out by this')
    expect(cookiesSet(answer)).toEqual([])
  })

  test('nobody loses their cookie', async () => {
    for (const answer of [await alice.get('/'), await alice.fetch('/'), await alice.get('/auth/signed-out')])
      expect(cookiesSet(answer)).toEqual([])
    expect(alice.cookieHeader()).toBe(before)
  })

  test('whoever has no cookie is still sent to sign in, or told to', async () => {
    const nobody = await house.visitor('alice', { signIn: false })
    const page = await timed(nobody.get('/sessions'))
    expect([page.status, page.headers.location]).toEqual([302, '/auth/sign-in?returnTo=%2Fsessions'])
    expect(page.ms).toBeLessThan(limitMs)
    expect((await nobody.fetch('/')).status).toBe(401)
  })

  test('a sign-in does not claim to have worked, and leaves no cookie of a session', async () => {
    const nobody = await house.visitor('alice', { signIn: false })
    const answer = await nobody.signIn('/')
    expect(answer.status).toBe(503)
    expect(answer.at).toContain(`${house.baseUrl}/auth/callback`)
    expect(nobody.cookieHeader()).not.toMatch(/gatehouse=/)
  })

  test('the process lives and says what it waits for', async () => {
    const nobody = await house.visitor('alice', { signIn: false })
    expect((await nobody.fetch('/health/live')).status).toBe(200)
    expect(await waitingAt(house)).toEqual({ status: 'ready', waiting: ['redis'] })
  })

  test('the log says that Redis is away, not once a try', async () => {
    const lines = () => ['redis-connection-lost', 'redis-away'].flatMap(event => eventsIn(house.logged, event))
    await expect.poll(() => lines().length, patience).toBeGreaterThan(0)
    expect(lines().length).toBeLessThanOrEqual(3)
    expect(house.logged.join()).not.toContain(`${house.prefix}session:`)
  })

  test('afterwards everything is as it was, by itself, and everybody still signed in', async () => {
    redis = await mend(redis)
    await expect.poll(async () => (await alice.get('/')).status, patience).toBe(200)
    await expect.poll(() => waitingAt(house), patience).toEqual({ status: 'ready' })
    expect(alice.cookieHeader()).toBe(before)
    const newcomer = await house.visitor('ada', { signIn: false })
    expect((await newcomer.signIn('/')).status).toBe(200)
    expect((await alice.post('/auth/sign-out')).status).toBe(200)
  })
})

describe('Redis is killed in the middle of use', () => {
  /** Asks for pages without a pause while something happens, and says what was answered. */
  async function askingDuring(visitor: Visitor, work: () => Promise<unknown>) {
    let isDone = false
    const statuses = new Set<number>()
    const asking = Array.from({ length: 3 }, async () => {
      while (!isDone) statuses.add((await visitor.get('/')).status)
    })
    await work().finally(() => {
      isDone = true
    })
    await Promise.all(asking)
    return [...statuses].sort()
  }

  test('and comes back with its data: nobody is signed out, again and again', async () => {
    let redis = await startRedis({ args: kept })
    const house = await openFaulty(redis)
    await using _both = { [Symbol.asyncDispose]: () => close(house, redis) }
    const alice = await house.visitor('alice')
    const before = alice.cookieHeader()
    const statuses = await askingDuring(alice, async () => {
      for (let times = 0; times < 3; times++) {
        await killed(redis)
        await expect.poll(async () => (await alice.get('/')).status, patience).toBe(503)
        redis = await again(redis, kept)
        await expect.poll(async () => (await alice.get('/')).status, patience).toBe(200)
      }
    })
    expect(statuses).toEqual([200, 503])
    expect(alice.cookieHeader()).toBe(before)
  })

  test('and comes back empty: everybody signs in anew, and that works at once', async () => {
    let redis = await startRedis()
    const house = await openFaulty(redis)
    await using _both = { [Symbol.asyncDispose]: () => close(house, redis) }
    const alice = await house.visitor('alice')
    await killed(redis)
    redis = await again(redis)
    await expect.poll(async () => (await alice.get('/')).status, patience).toBe(302)
    expect((await alice.signIn('/sessions')).status).toBe(200)
  })
})

test('started while Redis is away, the house sends people to sign in, and lets them in once Redis is there', async () => {
  const port = await freePort()
  let redis: Redis | undefined
  const house = await openHouse({ redisUrl: `redis://127.0.0.1:${port}` })
  await using _both = { [Symbol.asyncDispose]: () => close(house, redis) }
  house.redis.on('error', () => {})
  const alice = await house.visitor('alice', { signIn: false })
  expect((await alice.get('/')).status).toBe(302)
  expect((await alice.signIn('/')).status).toBe(503)
  redis = await startRedis({ port })
  await expect.poll(() => waitingAt(house), patience).toEqual({ status: 'ready' })
  expect((await alice.signIn('/')).status).toBe(200)
})

test('after a fail-over the house leaves the old Redis, which only reads now, for the new one', async () => {
  const [old, next] = [await startRedis({ args: ['--repl-diskless-sync-delay', '0'] }), await startRedis()]
  await tell(next.port, `REPLICAOF 127.0.0.1 ${old.port}`)
  await using way = await openRelay(old)
  const house = await openFaulty(old, way.url)
  await using _all = { [Symbol.asyncDispose]: () => close(house, old).finally(next.stop) }
  const alice = await house.visitor('alice')
  const copied = async () => (await tell(next.port, `EXISTS ${sessionKeyOf(house, alice)}`)).trim()
  await expect.poll(copied, patience).toBe(':1')

  await tell(next.port, 'REPLICAOF NO ONE')
  await tell(old.port, `REPLICAOF 127.0.0.1 ${next.port}`)
  way.leadTo(next)
  const newcomer = await house.visitor('ada', { signIn: false })
  await expect.poll(async () => (await newcomer.signIn('/')).status, patience).toBe(200)
  expect((await alice.get('/')).status).toBe(200)
})

describe('Redis takes no writes', () => {
  let redis: Redis
  let house: House
  let alice: Visitor
  beforeAll(async () => {
    redis = await startRedis({ args: ['--maxmemory-policy', 'noeviction'] })
    house = await openFaulty(redis)
    alice = await house.visitor('alice')
  })
  afterAll(() => close(house, redis))
  const isReady = () => expect.poll(() => waitingAt(house), patience).toEqual({ status: 'ready' })

  const refusals: [string, () => Promise<unknown>, () => Promise<unknown>][] = [
    [
      'it is a replica now',
      async () => house.redis.replicaof('127.0.0.1', await freePort()),
      () => house.redis.replicaof('NO', 'ONE'),
    ],
    [
      'it is full',
      () => house.redis.config('SET', 'maxmemory', '1'),
      () => house.redis.config('SET', 'maxmemory', '0'),
    ],
    [
      'it lets nobody write tokens',
      () => house.redis.acl('SETUSER', 'default', 'resetkeys', '%R~*', `~${house.prefix}s*`, `~${house.prefix}[pe]*`),
      () => house.redis.acl('SETUSER', 'default', 'resetkeys', '~*'),
    ],
  ]

  describe.each(refusals)('because %s', (_name, fail, mend) => {
    beforeAll(fail)
    afterAll(async () => {
      await mend()
      // Her membership is asked for again before the next fault: grace is not for ever.
      await alice.get('/')
    })

    test('whoever is in stays in, also when it is time to write down that they were seen', async () => {
      house.clock.advance({ minutes: 2 })
      for (let times = 0; times < 5; times++) {
        await isReady()
        const answer = await timed(alice.get('/'))
        expect([200, 503]).toContain(answer.status)
        expect(answer.ms).toBeLessThan(limitMs)
        expect(cookiesSet(answer)).toEqual([])
      }
      await expect.poll(async () => (await alice.get('/')).status, patience).toBe(200)
    })

    test('a sign-in does not claim to have worked', async () => {
      await isReady()
      const nobody = await house.visitor('ada', { signIn: false })
      const answer = await timed(nobody.signIn('/'))
      expect(answer.status).toBe(503)
      expect(answer.headers['retry-after']).toBeTruthy()
      expect(nobody.cookieHeader()).not.toMatch(/gatehouse=/)
    })

    test('whoever is signed in and signs in again stays as they were', async () => {
      await isReady()
      const before = alice.cookies().get('gatehouse')
      expect((await alice.signIn('/auth/sign-in')).status).toBe(503)
      expect(alice.cookies().get('gatehouse')).toBe(before)
      await expect.poll(async () => (await alice.get('/')).status, patience).toBe(200)
    })
  })

  test('signing out of one that only reads says that it is not done, and keeps the cookie', async () => {
    await isReady()
    const ada = await house.visitor('ada')
    const before = ada.cookieHeader()
    await house.redis.replicaof('127.0.0.1', await freePort())
    const answer = await timed(ada.post('/auth/sign-out'))
    expect(answer.status).toBe(503)
    expect(answer.ms).toBeLessThan(limitMs)
    expect(answer.headers['retry-after']).toBeTruthy()
    expect(answer.text).toContain('We could not sign you out')
    expect(cookiesSet(answer)).toEqual([])
    expect(ada.cookieHeader()).toBe(before)

    await house.redis.replicaof('NO', 'ONE')
    await isReady()
    expect((await ada.post('/auth/sign-out')).status).toBe(200)
    expect(ada.cookieHeader()).not.toMatch(/gatehouse=/)
  })

  test('nobody becomes idle who comes back again and again, for as long as it lasts', async () => {
    const ada = await house.visitor('ada')
    const key = sessionKeyOf(house, ada)
    await house.redis.config('SET', 'maxmemory', '1')
    for (let times = 0; times < 3; times++) {
      house.clock.advance({ minutes: 25 })
      await house.redis.expire(key, 60)
      // Nobody is let in on a proof so old; they are not sent to sign in either.
      expect((await ada.get('/')).status).toBe(503)
      // Its time in Redis is all that can be written.
      await expect.poll(() => house.redis.ttl(key)).toBeGreaterThan(60)
    }
    await house.redis.config('SET', 'maxmemory', '0')
    await expect.poll(async () => (await ada.get('/')).status, patience).toBe(200)
  })

  test('signing out works when it is merely full', async () => {
    const ada = await house.visitor('ada')
    await house.redis.config('SET', 'maxmemory', '1')
    const answer = await ada.post('/auth/sign-out')
    await house.redis.config('SET', 'maxmemory', '0')
    expect(answer.status).toBe(200)
  })
})

test('in all of this no promise was left to fail unheard', () => {
  expect(unhandled).toEqual([])
})
