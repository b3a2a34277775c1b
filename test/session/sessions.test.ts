import { randomBytes } from 'node:crypto'
import { describe, expect } from 'vitest'
import type { Tokens } from '../../src/entra/oidc/signed-in.ts'
import { createSeal } from '../../src/session/sealing/seal.ts'
import { type House, openHouse } from '../support/house.ts'
import {
  eventsIn,
  everythingIn,
  keysOf,
  sessionIdOf,
  sessionKeyOf,
  signedCookie,
  store,
  storedOf,
} from '../support/stored.ts'
import { testIn } from '../support/test-in.ts'
import type { Answer, Visitor } from '../support/visitor.ts'

const test = testIn({ now: '2026-03-02T12:00:00Z' })

const isSentToSignIn = ({ status, headers }: Answer) =>
  status === 302 && headers.location?.startsWith('/auth/sign-in?returnTo=') === true

describe('the keys of a signed-in person in Redis', () => {
  let alice: Visitor
  test.beforeAll(async ({ house }) => {
    alice = await house.visitor('alice')
    await (await house.visitor('oskar')).get('/')
  })

  test('name nobody, and hold no token that could be used', async ({ house }) => {
    const tokens = (await house.services.vault.read(sessionIdOf(alice))) as Tokens
    const { identity } = (await storedOf(house, alice)).record
    const secrets = [
      tokens.accessToken,
      tokens.refreshToken,
      tokens.idToken,
      identity.name,
      identity.username,
      identity.subject,
      identity.loginHint,
      identity.objectId,
      'Oskar',
    ]
    const everything = await everythingIn(house)
    expect(everything.length).toBeGreaterThan(5)
    for (const secret of secrets) {
      expect(secret?.length).toBeGreaterThan(4)
      for (const { key, text } of everything)
        for (const shown of [text, ...text.split(/[. ]/).map(part => Buffer.from(part, 'base64').toString('latin1'))])
          expect(shown, key).not.toContain(secret)
    }
  })

  test('go by themselves: every key has its time', async ({ house }) => {
    for (const { key, ttl } of await everythingIn(house)) {
      expect(ttl, key).toBeGreaterThan(0)
      expect(ttl, key).toBeLessThanOrEqual(10 * 3_600_000)
    }
  })

  test('are the session and, under a key of their own, its tokens', async ({ house }) => {
    const id = sessionIdOf(alice)
    expect(await keysOf(house, 'session:')).toContain(`${house.prefix}session:${id}`)
    expect(await keysOf(house, 'tokens:')).toContain(`${house.prefix}tokens:${id}`)
    expect(JSON.stringify(await storedOf(house, alice))).not.toMatch(/token|eyJ/i)
  })

  test('cannot be moved: the session of another person does not open under one’s own id', async ({ house }) => {
    const oskar = await house.visitor('oskar')
    const hers = (await house.redis.get(sessionKeyOf(house, alice))) ?? ''
    await house.redis.set(sessionKeyOf(house, oskar), hers, 'EX', 600)
    expect(isSentToSignIn(await oskar.get('/'))).toBe(true)
    expect((await alice.get('/')).status).toBe(200)
  })

  test('cannot be moved: the tokens of a person do not open under another id either', async ({ house }) => {
    const oskar = await house.visitor('oskar')
    const [from, to] = [alice, oskar].map(visitor => `${house.prefix}tokens:${sessionIdOf(visitor)}`)
    await house.redis.set(to as string, (await house.redis.get(from as string)) ?? '', 'EX', 600)
    expect(await house.services.vault.read(sessionIdOf(oskar))).toBeUndefined()
  })

  test('count as no tokens where the key of the tokens is of another type', async ({ house }) => {
    const oskar = await house.visitor('oskar')
    const key = `${house.prefix}tokens:${sessionIdOf(oskar)}`
    await house.redis.del(key)
    await house.redis.zadd(key, 1, 'no token')
    expect(await house.services.vault.read(sessionIdOf(oskar))).toBeUndefined()
    await house.redis.del(key)
  })
})

test('an anonymous visit leaves nothing behind in Redis and no cookie', async ({ house }) => {
  const before = await keysOf(house)
  const nobody = await house.visitor('alice', { signIn: false })
  for (const path of ['/', '/nowhere', '/sessions', '/auth/signed-out', '/assets/site.css']) await nobody.get(path)
  expect(await keysOf(house)).toEqual(before)
  expect(nobody.cookieHeader()).toBe('')
})

describe('a key that holds no session of ours lets nobody in', () => {
  type Plant = (house: House, visitor: Visitor) => Promise<unknown>
  const record = (wish: object) => async (house: House, visitor: Visitor) => {
    const stored = await storedOf(house, visitor)
    await store(house, visitor, JSON.stringify({ ...stored, record: { ...stored.record, ...wish } }))
  }
  const value = (make: (house: House) => string | Buffer) => (house: House, visitor: Visitor) => {
    const key = sessionKeyOf(house, visitor)
    return house.redis.set(key, make(house), 'EX', 600)
  }
  const ofType =
    (write: (redis: House['redis'], key: string) => Promise<unknown>) => async (house: House, visitor: Visitor) => {
      const key = sessionKeyOf(house, visitor)
      await house.redis.del(key)
      await write(house.redis, key)
    }
  const text = (json: string) => (house: House, visitor: Visitor) => store(house, visitor, json)

  const cases: [string, Plant][] = [
    ['an empty text', value(() => '')],
    ['random bytes', value(() => randomBytes(300))],
    ['a plain session that is not sealed', value(() => '{"cookie":{"path":"/"},"record":{}}')],
    [
      'something sealed for another place',
      value(({ config }) => createSeal(config.session.secrets).close('{}', 'else')),
    ],
    ['a text of another format', value(() => 'v1.abcdefgh.AAAA')],
    ['a hash', ofType((redis, key) => redis.hset(key, 'a', 'b'))],
    ['a list', ofType((redis, key) => redis.rpush(key, 'a'))],
    ['a set', ofType((redis, key) => redis.sadd(key, 'a'))],
    ['a sorted set', ofType((redis, key) => redis.zadd(key, 1, 'a'))],
    ['a stream', ofType((redis, key) => redis.xadd(key, '*', 'a', 'b'))],
  ]

  test.for(cases)('%s leads to sign-in, is in the log once, and goes', async ([_name, plant], { house }) => {
    const visitor = await house.visitor('alice')
    await plant(house, visitor)
    house.logged.length = 0
    expect(isSentToSignIn(await visitor.get('/'))).toBe(true)
    expect((await visitor.fetch('/')).status).toBe(401)
    expect(isSentToSignIn(await visitor.get('/sessions'))).toBe(true)
    expect(eventsIn(house.logged, 'session-unreadable')).toHaveLength(1)
    expect(await house.redis.exists(sessionKeyOf(house, visitor))).toBe(0)
  })

  const notUnderstood: [string, Plant][] = [
    ['a record of a later version', record({ v: 3 })],
    ['a record whose membership is written in another way', record({ membership: { state: 'in' } })],
    ['sealed, but no JSON', text('{')],
    ['sealed, but empty', text('')],
    ['sealed, but null', text('null')],
    ['sealed, but a list', text('[]')],
    [
      'sealed, but without a cookie',
      async (house, visitor) =>
        store(house, visitor, JSON.stringify({ record: (await storedOf(house, visitor)).record })),
    ],
    ['sealed, but without a record', text('{"cookie":{}}')],
    ['a record of an older shape', text('{"cookie":{},"record":{"user":"alice"}}')],
    ['a record without a person', record({ identity: undefined })],
    ['a record about an empty object id', record({ identity: { tenantId: '', objectId: '' } })],
    ['a record whose membership is just true', record({ membership: true })],
    ['a record with words for times', record({ signedInAt: 'today' })],
    ['a record without times', record({ signedInAt: null, lastSeenAt: null })],
    ['a record from before time began', record({ lastSeenAt: -1 })],
  ]
  test.for(notUnderstood)(
    '%s, of another release, leads to sign-in, is in the log once, and stays',
    async ([_name, plant], { house }) => {
      const visitor = await house.visitor('alice')
      await plant(house, visitor)
      const left = await house.redis.get(sessionKeyOf(house, visitor))
      house.logged.length = 0
      expect(isSentToSignIn(await visitor.get('/'))).toBe(true)
      expect((await visitor.fetch('/')).status).toBe(401)
      expect(isSentToSignIn(await visitor.get('/sessions'))).toBe(true)
      expect(eventsIn(house.logged, 'session-unreadable')).toHaveLength(1)
      expect(await house.redis.get(sessionKeyOf(house, visitor))).toBe(left)
    },
  )

  test('a session of another release ends when its person signs out', async ({ house }) => {
    const visitor = await house.visitor('alice')
    await record({ v: 3 })(house, visitor)
    const key = sessionKeyOf(house, visitor)
    expect((await visitor.post('/auth/sign-out')).status).toBe(200)
    expect(await house.redis.exists(key)).toBe(0)
  })

  test('a person with a broken session signs in again', async ({ house }) => {
    const visitor = await house.visitor('alice')
    await house.redis.set(sessionKeyOf(house, visitor), 'broken')
    expect((await visitor.signIn('/')).status).toBe(200)
  })

  test('the log does not name a broken session', async ({ house }) => {
    const visitor = await house.visitor('alice')
    await house.redis.set(sessionKeyOf(house, visitor), 'broken')
    house.logged.length = 0
    await visitor.get('/')
    expect(house.logged.join()).toContain('session-unreadable')
    expect(house.logged.join()).not.toContain(sessionIdOf(visitor))
  })

  test('a broken session of one’s own elsewhere does not break the page that lists sessions', async ({ house }) => {
    const [one, other] = [await house.visitor('ada'), await house.visitor('ada')]
    await store(house, other, '{"cookie":{}}')
    const answer = await one.get('/sessions')
    expect(answer.status).toBe(200)
    expect(answer.text.match(/class="card session"/g)).toHaveLength(1)
  })
})

describe('a session from the future', () => {
  const seconds = (many: number) => many * 1000
  const later = async (house: House, visitor: Visitor, wish: { signedInAt?: number; lastSeenAt?: number }) => {
    const stored = await storedOf(house, visitor)
    await store(house, visitor, JSON.stringify({ ...stored, record: { ...stored.record, ...wish } }))
  }
  const now = (house: House) => house.clock.read().getTime()

  test.for(['signedInAt', 'lastSeenAt'])('lets nobody in by its %s, and stays', async (name, { house }) => {
    const visitor = await house.visitor('alice')
    await later(house, visitor, { [name]: now(house) + seconds(31) })
    expect(isSentToSignIn(await visitor.get('/'))).toBe(true)
    expect(await house.redis.exists(sessionKeyOf(house, visitor))).toBe(1)
  })

  test('counts all the same up to half a minute ahead: two clocks may differ by that', async ({ house }) => {
    const visitor = await house.visitor('alice')
    await later(house, visitor, { lastSeenAt: now(house) + seconds(30) })
    expect((await visitor.get('/')).status).toBe(200)
  })
})

describe('a session begins under an id that nobody could know', () => {
  const chosen = 'chosen-by-someone-else-0123456789'
  const planted: [string, (house: House) => string][] = [
    ['with no signature', () => chosen],
    ['with a wrong signature', () => encodeURIComponent(`s:${chosen}.${'A'.repeat(43)}`)],
    ['rightly signed', house => signedCookie(house, chosen)],
    ['of another place in Redis', house => signedCookie(house, `x:${chosen}`)],
    ['without any id', house => signedCookie(house, '')],
  ]

  test.for(planted)('a planted id %s never becomes a session', async ([_name, cookie], { house }) => {
    const alice = await house.visitor('alice', { signIn: false })
    alice.cookies().set('gatehouse', cookie(house))
    expect(isSentToSignIn(await alice.get('/'))).toBe(true)
    expect((await alice.signIn('/')).status).toBe(200)
    expect(alice.cookies().get('gatehouse')).not.toBe(cookie(house))
    expect(sessionIdOf(alice)).toMatch(/^[\w-]{32}$/)
    expect((await keysOf(house)).filter(key => key.includes(chosen))).toEqual([])
  })

  test('the cookie of another person’s open session does not become one’s own', async ({ house }) => {
    const mallory = await house.visitor('oskar')
    const alice = await house.visitor('alice', { signIn: false })
    alice.cookies().set('gatehouse', mallory.cookies().get('gatehouse') ?? '')
    await alice.signIn('/auth/sign-in?account=another')
    expect((await alice.get('/')).status).toBe(200)
    expect(sessionIdOf(alice)).not.toBe(sessionIdOf(mallory))
    expect(isSentToSignIn(await mallory.get('/'))).toBe(true)
  })

  test('a person who signs in again gets a new session, and the old one ends with its tokens', async ({ house }) => {
    const alice = await house.visitor('alice')
    const old = sessionIdOf(alice)
    expect((await alice.signIn('/auth/sign-in')).status).toBe(200)
    expect(sessionIdOf(alice)).not.toBe(old)
    expect((await everythingIn(house)).filter(({ key, text }) => `${key} ${text}`.includes(old))).toEqual([])
  })
})

describe('the lifetime of a session', () => {
  const minutes = (house: House, many: number) => house.clock.advance({ minutes: many })
  let alice: Visitor
  let start: number
  const at = (house: House, time: string) => {
    const [hours = 0, mins = 0, seconds = 0] = time.split(':').map(Number)
    house.clock.set(new Date(start + ((hours * 60 + mins) * 60 + seconds) * 1000).toISOString())
  }
  test.beforeEach(async ({ house }) => {
    minutes(house, 1)
    start = house.clock.read().getTime()
    alice = await house.visitor('alice')
  })

  test('lasts, unused, to the second before its idle time is up', async ({ house }) => {
    at(house, '0:29:59')
    expect((await alice.get('/')).status).toBe(200)
  })
  test('is over, unused, when its idle time is up', async ({ house }) => {
    at(house, '0:30:00')
    expect(isSentToSignIn(await alice.get('/'))).toBe(true)
  })
  test('goes on while the session is used', async ({ house }) => {
    for (const time of ['0:29:00', '0:58:00', '1:27:00']) {
      at(house, time)
      expect((await alice.get('/')).status).toBe(200)
    }
  })
  test('goes on with the requests of a script, too', async ({ house }) => {
    at(house, '0:29:00')
    expect((await alice.fetch('/')).status).toBe(200)
    at(house, '0:58:59')
    expect((await alice.get('/')).status).toBe(200)
  })
  test('goes on for a person who is refused: they are signed in all the same', async ({ house }) => {
    const oskar = await house.visitor('oskar')
    at(house, '0:29:00')
    expect((await oskar.get('/')).status).toBe(403)
    at(house, '0:58:59')
    expect((await oskar.get('/')).status).toBe(403)
  })

  test('lasts to the second of the longest life, and no longer, however much the session is used', async ({
    house,
  }) => {
    // Her access has no end, so that only the session can.
    const ada = await house.visitor('ada')
    for (let minute = 25; minute < 600; minute += 25) {
      at(house, `0:${minute}:00`)
      expect((await ada.get('/')).status).toBe(200)
    }
    at(house, '9:59:59')
    expect((await ada.get('/')).status).toBe(200)
    at(house, '10:00:00')
    expect(isSentToSignIn(await ada.get('/'))).toBe(true)
  })

  test('bounds how long Redis is asked to keep the session', async ({ house }) => {
    for (const time of ['0:25:00', '0:50:00']) {
      at(house, time)
      await alice.get('/')
    }
    const ttl = () => house.redis.ttl(sessionKeyOf(house, alice))
    expect(await ttl()).toBeLessThanOrEqual(31 * 60)
    await expect.poll(ttl).toBeGreaterThan(30 * 60)
    for (let minute = 75; minute < 600; minute += 25) {
      at(house, `0:${minute}:00`)
      await alice.get('/')
    }
    at(house, '9:59:00')
    await alice.get('/')
    await expect.poll(ttl).toBeLessThanOrEqual(60)
  })

  test('is over by the clock of a replica: Redis removes the session, because other replicas may know better', async ({
    house,
  }) => {
    const ada = await house.visitor('ada')
    at(house, '1:00:00')
    expect(isSentToSignIn(await ada.get('/'))).toBe(true)
    at(house, '0:29:59')
    expect((await ada.get('/')).status).toBe(200)
  })

  test('does not begin again when somebody looks at a session that is over', async ({ house }) => {
    at(house, '0:30:00')
    for (const _ of [1, 2, 3]) expect(isSentToSignIn(await alice.get('/'))).toBe(true)
  })

  test('ends on the page that lists sessions, too: none that is over is shown', async ({ house }) => {
    const [one, other] = [await house.visitor('ada'), await house.visitor('ada')]
    expect((await one.get('/sessions')).text.match(/class="card session"/g)?.length).toBeGreaterThan(1)
    at(house, '0:29:00')
    await one.get('/')
    at(house, '0:31:00')
    expect((await one.get('/sessions')).text.match(/class="card session"/g)).toHaveLength(1)
    expect(isSentToSignIn(await other.get('/'))).toBe(true)
  })
})

test('the lifetime of a session may be half minutes and fractions of hours', async () => {
  await using other = await openHouse({
    now: '2026-03-02T12:00:00Z',
    settings: { SESSION_IDLE_MINUTES: '0.5', SESSION_MAX_HOURS: '0.02' },
  })
  const alice = await other.visitor('alice')
  for (const second of ['20', '40', '59']) {
    other.clock.set(`2026-03-02T12:00:${second}Z`)
    expect((await alice.get('/')).status).toBe(200)
  }
  other.clock.set('2026-03-02T12:01:11.999Z')
  expect((await alice.get('/')).status).toBe(200)
  other.clock.set('2026-03-02T12:01:12Z')
  expect(isSentToSignIn(await alice.get('/'))).toBe(true)
})
