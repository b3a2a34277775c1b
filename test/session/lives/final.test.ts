import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, describe, expect } from 'vitest'
import { type Page, redirect, view } from '../../../src/web/page.ts'
import { type House, openHouse } from '../../support/house.ts'
import { everythingIn, sessionIdOf } from '../../support/stored.ts'
import { testIn } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

/** A place where requests wait until they are let go on. */
function createTurnstile() {
  let waiting = 0
  let gate = Promise.withResolvers<void>()
  return {
    pass: async () => {
      waiting++
      await gate.promise
      waiting--
    },
    waiting: () => waiting,
    letGo: () => {
      gate.resolve()
      gate = Promise.withResolvers<void>()
    },
  }
}

const turnstile = createTurnstile()
const slow: Page = {
  method: 'get',
  path: '/slow',
  requirement: { audience: 'members' },
  create:
    () =>
    async ({ session }) => {
      await turnstile.pass()
      await session.own()
      return redirect('/quick')
    },
}
const quick: Page = {
  method: 'get',
  path: '/quick',
  requirement: { audience: 'members' },
  create: () => () => view('sessions', 'Quick', { sessions: [] }),
}

let middle: Server
/** Where a handler below the session middleware has the session itself in hand. */
let middleUrl: string
const test = testIn({ pages: [slow, quick] })
test.beforeAll(async ({ house }) => {
  const app = express()
    .use(house.services.sessions.middleware)
    .get('/changing', async (request, response) => {
      await turnstile.pass()
      Object.assign(request.session, { more: 'than before' })
      response.send('changed')
    })
    .get('/saving', async (request, response) => {
      await turnstile.pass()
      await new Promise<void>((resolve, reject) => request.session.save(error => (error ? reject(error) : resolve())))
      response.send('saved')
    })
    .get('/reloading', async (request, response) => {
      await turnstile.pass()
      request.session.reload(() => response.send('reloaded'))
    })
  middle = createServer(app).listen(0, '127.0.0.1')
  await once(middle, 'listening')
  middleUrl = `http://localhost:${(middle.address() as AddressInfo).port}`
})
afterAll(async () => {
  middle.close()
  middle.closeAllConnections()
})

const remainsOf = async (house: House, id: string) =>
  (await everythingIn(house)).filter(({ key, text }) => `${key} ${text}`.includes(id)).map(({ key }) => key)

/** A browser with the same cookies, whatever happens to those of the other. */
async function twinOf(house: House, visitor: Visitor): Promise<Visitor> {
  const twin = await house.visitor(visitor.key, { signIn: false })
  for (const [name, value] of visitor.cookies()) twin.cookies().set(name, value)
  return twin
}

describe('a request that is still running cannot bring back a session that has ended', () => {
  const running: [string, () => string][] = [
    ['a slow page', () => '/slow'],
    ['a page that changes the session', () => `${middleUrl}/changing`],
    ['a page that saves the session', () => `${middleUrl}/saving`],
    ['a page that reloads the session', () => `${middleUrl}/reloading`],
  ]
  const endings: [string, (visitor: Visitor) => Promise<unknown>][] = [
    ['by signing out', visitor => visitor.post('/auth/sign-out')],
    ['by signing in anew', visitor => visitor.signIn('/auth/sign-in?returnTo=/quick')],
  ]
  const table = endings.flatMap(([how, end]) => running.map(([what, where]) => ({ how, end, what, where })))

  test.for(table)('ended $how: $what, many at once', async ({ end, where }, { house }) => {
    const alice = await house.visitor('alice')
    const [id, twin] = [sessionIdOf(alice), await twinOf(house, alice)]
    // Due for a touch: each of them also writes that the session was seen.
    house.clock.advance({ minutes: 2 })
    const many = Array.from({ length: 10 }, () => twin.get(where()))
    await expect.poll(() => turnstile.waiting()).toBe(10)
    await end(alice)
    turnstile.letGo()
    await Promise.all(many)
    expect(await remainsOf(house, id)).toEqual([])
    expect((await twin.get('/quick')).status).toBe(302)
  })
})

test('a sign-out stands, though pages are asked for at the same moment', async ({ house }) => {
  for (let round = 0; round < 5; round++) {
    const alice = await house.visitor('alice')
    const [id, twin] = [sessionIdOf(alice), await twinOf(house, alice)]
    house.clock.advance({ minutes: 2 })
    const before = Array.from({ length: 8 }, () => twin.get('/quick'))
    const end = alice.post('/auth/sign-out')
    const after = Array.from({ length: 8 }, () => twin.get(`${middleUrl}/changing`))
    await expect.poll(() => turnstile.waiting()).toBeGreaterThan(0)
    expect((await end).status).toBe(200)
    const isOver = Promise.all([...before, ...after]).then(() => true)
    // Some may have come too late to the session, but all come to the turnstile.
    await expect.poll(() => turnstile.letGo() ?? Promise.race([isOver, false])).toBe(true)
    expect(await remainsOf(house, id)).toEqual([])
    expect((await twin.get('/quick')).status).toBe(302)
  }
})

test('a person may sign out twice at once', async ({ house }) => {
  const alice = await house.visitor('alice')
  const twin = await twinOf(house, alice)
  const answers = await Promise.all([alice.post('/auth/sign-out'), twin.post('/auth/sign-out')])
  expect(answers.map(({ status }) => status)).toEqual([200, 200])
})

test('a sign-out leaves nothing in Redis: no session, no tokens, no entry under the person', async ({ house }) => {
  const alice = await house.visitor('alice')
  const id = sessionIdOf(alice)
  expect((await remainsOf(house, id)).map(key => key.slice(house.prefix.length).split(':')[0]).sort()).toEqual([
    'entra-session',
    'person',
    'session',
    'sessions',
    'tokens',
  ])
  await alice.post('/auth/sign-out')
  expect(await remainsOf(house, id)).toEqual([])
})

test('a fail-over to a replica that missed the end of a session brings it back for a moment only', async () => {
  await using house = await openHouse()
  const alice = await house.visitor('alice')
  const before = alice.cookies().get('gatehouse') as string
  const [key = ''] = await house.redis.keys(`${house.prefix}session:*`)
  const missed = await house.redis.dumpBuffer(key)
  await alice.post('/auth/sign-out')
  await house.redis.restore(key, 0, missed as Buffer)
  alice.cookies().set('gatehouse', before)
  await expect.poll(async () => (await alice.get('/')).status, { timeout: 10_000 }).toBe(302)
  expect(await house.redis.exists(key)).toBe(0)
})
