import { afterEach, describe, expect } from 'vitest'
import { defaultLimits } from '../../../src/web/entrance/rate-limit.ts'
import { type House, openHouse } from '../../support/house.ts'
import { startRedis } from '../../support/machine.ts'
import { openReplica } from '../../support/replica.ts'
import { sessionIdOf } from '../../support/stored.ts'
import { testIn } from '../../support/test-in.ts'
import { navigation, type RawAnswer, raw, script } from '../raw.ts'

const settings = { TRUST_PROXY: 'loopback', GRAPH_NOTIFICATIONS: 'on' }

const test = testIn({ settings })
/** An address for each test, so that none sees what another has used up. */
let last = 0
let address = ''
const newAddress = () => {
  last += 1
  address = `203.0.113.${last}`
  return address
}
afterEach(newAddress)
newAddress()

type Asked = { method?: string; target?: string; headers?: Record<string, string>; from?: string; at?: string }
const ask = (
  house: House,
  { from = address, at = house.baseUrl, headers = navigation, ...rest }: Asked,
): Promise<RawAnswer> => raw(at, { ...rest, headers: { ...headers, 'X-Forwarded-For': from } })
/** As many as there are, some at a time; returns how often each status came. */
async function times(house: House, count: number, asked: Asked): Promise<Record<number, number>> {
  const seen: Record<number, number> = {}
  let left = count
  const worker = async () => {
    while (left-- > 0) {
      const { status } = await ask(house, asked)
      seen[status] = (seen[status] ?? 0) + 1
    }
  }
  await Promise.all(Array.from({ length: 20 }, worker))
  return seen
}

const signIn = { target: '/auth/sign-in' }
const doors: [door: keyof typeof defaultLimits, asked: Asked, status: number][] = [
  ['sign-in', signIn, 302],
  ['callback', { target: '/auth/callback?code=x&state=y' }, 400],
  ['sign-out', { method: 'POST', target: '/auth/sign-out', headers: { ...navigation, 'Content-Length': '0' } }, 200],
  ['sign-out', { target: '/auth/front-channel-logout?sid=x' }, 200],
  ['hooks', { method: 'POST', target: '/hooks/graph?validationToken=x', headers: { 'Content-Length': '0' } }, 200],
]
for (const [door, asked, status] of doors) {
  const limit = defaultLimits[door]
  test(`${asked.target} answers ${limit} times a minute, then says when to come back`, async ({ house }) => {
    expect(await times(house, limit, asked)).toEqual({ [status]: limit })
    const refused = await ask(house, asked)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60)
  })
}

describe('an address that comes too often', () => {
  const usedUp = (house: House) => times(house, defaultLimits['sign-in'], signIn)

  test('gets a page in words, and a script of it gets a problem', async ({ house }) => {
    await usedUp(house)
    const page = await ask(house, signIn)
    expect(page.headers['content-type']).toMatch(/^text\/html/)
    expect(page.text).toContain('Too many requests from your network')
    expect(page.headers).not.toHaveProperty('set-cookie')
    const problem = await ask(house, { ...signIn, headers: script })
    expect(problem.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(JSON.parse(problem.text)).toMatchObject({ status: 429, code: 'too-many-requests' })
  })

  test('finds the other doors, the pages and the probes open as before, and other addresses find everything open', async ({
    house,
  }) => {
    await usedUp(house)
    expect((await ask(house, signIn)).status).toBe(429)
    expect((await ask(house, { target: '/auth/callback' })).status).toBe(400)
    expect((await ask(house, { target: '/auth/signed-out' })).status).toBe(200)
    expect((await ask(house, { target: '/' })).status).toBe(302)
    expect((await ask(house, { target: '/health/ready' })).status).toBe(200)
    expect((await ask(house, { ...signIn, from: newAddress() })).status).toBe(302)
  })

  test('hears it from every replica', async ({ house }) => {
    await using other = await openReplica(house)
    await times(house, defaultLimits['sign-in'] / 2, signIn)
    await times(house, defaultLimits['sign-in'] / 2, { ...signIn, at: other.baseUrl })
    expect([(await ask(house, signIn)).status, (await ask(house, { ...signIn, at: other.baseUrl })).status]).toEqual([
      429, 429,
    ])
  })

  test('is let in again when the minute is over', async ({ house }) => {
    await usedUp(house)
    expect((await ask(house, signIn)).status).toBe(429)
    const [key = ''] = await house.redis.keys(`${house.prefix}count:sign-in:${address}`)
    expect(await house.redis.pttl(key)).toBeLessThanOrEqual(60_000)
    // What Redis does by itself at that time.
    await house.redis.del(key)
    expect((await ask(house, signIn)).status).toBe(302)
  })
})

describe('requests that are counted together', () => {
  const counted = async (house: House) => {
    const keys = await house.redis.keys(`${house.prefix}count:callback:*`)
    await Promise.all(keys.map(key => house.redis.del(key)))
    return keys.map(key => key.slice(`${house.prefix}count:callback:`.length))
  }
  const cases: [what: string, from: string[], keys: string[]][] = [
    ['an IPv4 address', ['198.51.100.1', '198.51.100.1'], ['198.51.100.1']],
    ['two of them', ['198.51.100.1', '198.51.100.2'], ['198.51.100.1', '198.51.100.2']],
    ['one, plain or as IPv6', ['198.51.100.1', '::ffff:198.51.100.1'], ['198.51.100.1']],
    ['one with the port that it came from', ['198.51.100.1:50123', '198.51.100.1:50124'], ['198.51.100.1']],
    ['a /64 of IPv6', ['2001:db8:1:2::1', '2001:db8:1:2:ffff::9', '[2001:db8:1:2::7]:443'], ['2001:db8:1:2::/64']],
    ['what a client put before the address that the proxy saw', ['10.9.9.9, 198.51.100.7'], ['198.51.100.7']],
    ['what is no address: the proxy that sent it', ['unknown', '<script>', '999.1.1.1', '_hidden'], ['127.0.0.1']],
  ]
  test.for(cases)('%s', async ([_what, from, keys], { house }) => {
    await counted(house)
    for (const each of from) await ask(house, { target: '/auth/callback', from: each })
    expect((await counted(house)).toSorted()).toEqual(keys)
  })

  test('without a trusted proxy X-Forwarded-For is nobody’s address', async ({ house }) => {
    await using direct = await openHouse()
    for (let count = 0; count < 3; count++)
      await ask(house, { target: '/auth/callback', from: `198.51.100.${count}`, at: direct.baseUrl })
    expect(await direct.redis.keys(`${direct.prefix}count:*`)).toEqual([`${direct.prefix}count:callback:127.0.0.1`])
  })
})

test('an office of 500 people behind one address signs in within a minute', () => {
  expect(Math.min(defaultLimits['sign-in'], defaultLimits.callback)).toBeGreaterThanOrEqual(500)
})

describe('while Redis is away', () => {
  test('each replica counts for itself: nobody is kept out, and nobody is let in without limit', async ({ house }) => {
    const redis = await startRedis()
    await using other = await openHouse({ settings, redisUrl: redis.url })
    const asked = { ...signIn, at: other.baseUrl }
    expect((await ask(house, asked)).status).toBe(302)
    await redis.stop()
    expect(await times(house, defaultLimits['sign-in'] + 50, asked)).toEqual({ 302: defaultLimits['sign-in'], 429: 50 })
  })

  test('a Redis that is silent holds up a request by a moment', async ({ house }) => {
    const redis = await startRedis()
    await using other = await openHouse({ settings, redisUrl: redis.url })
    process.kill(redis.pid, 'SIGSTOP')
    const before = performance.now()
    const { status } = await ask(house, { ...signIn, at: other.baseUrl })
    const ms = performance.now() - before
    process.kill(redis.pid, 'SIGCONT')
    await redis.stop()
    expect(status).toBe(302)
    expect(ms).toBeLessThan(800)
  })

  test('the memory of a replica stays bounded, however many addresses come', async () => {
    await using other = await openHouse({ redisUrl: 'redis://127.0.0.1:1' })
    const { counters } = other.services
    for (let count = 0; count < 12_000; count++) await counters.count(`sign-in:${count}`, 60_000)
    expect(counters.localSize()).toBe(10_000)
    expect(await counters.count('sign-in:11999', 60_000)).toMatchObject({ count: 2 })
  })
})

test('one person may come to the pages about access ten times a second, whatever their address, and others go on', async () => {
  await using own = await openHouse({ settings: { PIM_SELF_SERVICE: 'on' } })
  const [ben, lena] = [await own.visitor('ben'), await own.visitor('lena')]
  const { objectId } = (await own.services.sessions.read(sessionIdOf(ben)))?.identity ?? {}
  await ben.get('/access')
  const { count } = await own.services.counters.count(`self-service:${objectId}`, 60_000)
  expect(count).toBe(2)
  for (let more = count; more < 600; more++) await own.services.counters.count(`self-service:${objectId}`, 60_000)
  for (const path of ['/access', '/access/turning-on/state', '/approvals']) {
    const refused = await ben.get(path)
    expect([refused.status, Number(refused.headers['retry-after']) > 0]).toEqual([429, true])
  }
  expect((await ben.post('/access/end')).status).toBe(429)
  expect([(await lena.get('/access')).status, (await ben.get('/')).status]).toEqual([200, 403])
})
