import type { Redis } from 'ioredis'
import { afterAll, describe, expect } from 'vitest'
import { pages } from '../../src/pages.ts'
import { redirect } from '../../src/web/page.ts'
import type { House } from '../support/house.ts'
import { startRedis } from '../support/machine.ts'
import { isOfTrail } from '../support/redis/of-trail.ts'
import { openOver } from '../support/redis/own-redis.ts'
import { sessionKeyOf } from '../support/stored.ts'
import { testIn } from '../support/test-in.ts'
import type { Visitor } from '../support/visitor.ts'

// So that no membership is asked for anew while the commands are counted. Sessions are counted, too.
const settings = { MEMBERSHIP_RECHECK_SECONDS: '300', METRICS_PORT: '9464' }
let monitor: Redis
const seen: string[][] = []
const newcomer = {
  method: 'get',
  path: '/new',
  requirement: { audience: 'members' },
  create: () => () => redirect('/'),
} as const

const test = testIn(async () =>
  openOver(await startRedis(), { now: '2026-03-02T12:00:00Z', settings, pages: [...pages, newcomer] }),
)
test.beforeAll(async ({ house }) => {
  monitor = await house.redis.monitor()
  monitor.on('monitor', (_time: string, args: string[]) => isOfTrail(args) || seen.push(args))
})
afterAll(() => monitor.disconnect())

/** Every command that Redis was given meanwhile, by any client. */
async function commandsDuring(house: House, work: () => Promise<unknown>): Promise<string[][]> {
  await mark(house, 'begin')
  seen.length = 0
  await work()
  await mark(house, 'end')
  return seen.slice(0, -1).map(([name = '', ...rest]) => [name.toUpperCase(), ...rest])
}
async function mark(house: House, name: string) {
  await house.redis.echo(name)
  await expect.poll(() => seen.at(-1)).toEqual(['echo', name])
}
/** Waits until Redis has seen so many commands: a page does not wait for its write. */
const written = (times: number) => expect.poll(() => seen.filter(([name]) => name === 'set').length).toBe(times)
const namesDuring = async (house: House, work: () => Promise<unknown>) =>
  (await commandsDuring(house, work)).map(([name]) => name)

describe('a gated page costs one command, a GET of the session', () => {
  const cases: [string, string, number, (visitor: Visitor) => Promise<{ status: number }>][] = [
    ['the start page', 'alice', 200, visitor => visitor.get('/')],
    ['a page that someone adds', 'alice', 303, visitor => visitor.get('/new')],
    ['a page that is not there', 'alice', 404, visitor => visitor.get('/nowhere')],
    ['a script’s request', 'alice', 200, visitor => visitor.fetch('/')],
    ['a refusal', 'oskar', 403, visitor => visitor.get('/')],
    ['a script’s refusal', 'oskar', 403, visitor => visitor.fetch('/')],
  ]
  test.for(cases)('%s', async ([_name, who, status, ask], { house }) => {
    const visitor = await house.visitor(who)
    const commands = await commandsDuring(house, async () => expect((await ask(visitor)).status).toBe(status))
    expect(commands).toEqual([['GET', sessionKeyOf(house, visitor)]])
  })

  test('all pages of a busy minute', async ({ house }) => {
    const alice = await house.visitor('alice')
    const names = await namesDuring(house, async () => {
      for (let second = 0; second < 55; second += 5) {
        house.clock.advance({ seconds: 5 })
        await alice.get('/')
      }
    })
    expect(names).toEqual(Array(11).fill('GET'))
  })
})

describe('a session’s last use is written', () => {
  test('at most once a minute, in three minutes with a page every five seconds', async ({ house }) => {
    const alice = await house.visitor('alice')
    const names = await namesDuring(house, async () => {
      for (let second = 0; second < 180; second += 5) {
        house.clock.advance({ seconds: 5 })
        await alice.get('/')
        // It says when it was written, not when the page was asked for.
        await written(Math.floor((second + 5) / 60))
      }
    })
    expect(names.filter(name => name === 'SET')).toEqual(Array(3).fill('SET'))
  })

  test('once, when a page and all its scripts ask at the same moment', async ({ house }) => {
    const alice = await house.visitor('alice')
    house.clock.advance({ minutes: 1 })
    const names = await namesDuring(house, async () => {
      await Promise.all(Array.from({ length: 30 }, () => alice.fetch('/')))
      await written(1)
    })
    expect(names.filter(name => name === 'SET')).toEqual(['SET'])
  })

  test('without touching the tokens', async ({ house }) => {
    const alice = await house.visitor('alice')
    house.clock.advance({ minutes: 1 })
    const commands = await commandsDuring(house, async () => {
      await alice.get('/')
      await written(1)
    })
    expect(commands.flat()).toContain('SET')
    expect(commands.flat().filter(word => word.includes('tokens:'))).toEqual([])
  })
})

describe('a request that needs no memory costs no command', () => {
  const cases: [string, (visitor: Visitor) => Promise<unknown>][] = [
    ['a file', visitor => visitor.get('/assets/site.css')],
    ['whether the process lives', visitor => visitor.get('/health/live')],
    ['a write from another site', visitor => visitor.post('/sessions/end', {}, { 'Sec-Fetch-Site': 'cross-site' })],
  ]
  test.for(cases)('by someone signed in: %s', async ([_name, ask], { house }) => {
    const alice = await house.visitor('alice')
    expect(await namesDuring(house, () => ask(alice))).toEqual([])
  })

  const anonymous = ['/', '/nowhere', '/auth/signed-out']
  test.for(anonymous)('by nobody: %s', async (path, { house }) => {
    const nobody = await house.visitor('alice', { signIn: false })
    expect(await namesDuring(house, () => nobody.get(path))).toEqual([])
  })

  test.for(['/auth/sign-in', '/auth/callback?code=a&state=b'])(
    'but for one count of those who come to an open door: %s',
    async (path, { house }) => {
      const nobody = await house.visitor('alice', { signIn: false })
      const names = await namesDuring(house, () => nobody.get(path))
      expect(names.filter(name => name !== 'PEXPIRE')).toEqual(['EVAL', 'INCR', 'PTTL'])
    },
  )

  test('by a cookie that we did not sign', async ({ house }) => {
    const nobody = await house.visitor('alice', { signIn: false })
    nobody.cookies().set('gatehouse', 's:some-session.AAAA')
    expect(await namesDuring(house, () => nobody.get('/'))).toEqual([])
  })
})
