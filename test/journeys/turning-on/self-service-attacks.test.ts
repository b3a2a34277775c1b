import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express from 'express'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { House } from '../../support/house.ts'
import {
  askedOf,
  openSelfService,
  progressOf,
  recordsOf,
  someoneIn,
  trailOf,
  turnOn,
  until,
  wish,
} from '../../support/self-service.ts'
import { sessionIdOf, tracesOf } from '../../support/stored.ts'
import { type Visitor, wayOn } from '../../support/visitor.ts'

type Options = Parameters<typeof openSelfService>[0]
const open = async (options: Options = {}) => {
  const house = await openSelfService(options)
  house.tenant.setPolicy({ context: false })
  return house
}
const graphCallsOf = ({ tenant }: House) => Object.values(tenant.calls.graph).reduce((sum, count) => sum + count, 0)
async function timed<T>(work: Promise<T>) {
  const start = performance.now()
  const answer = await work
  return { answer, ms: performance.now() - start }
}
const isPageOfTenant = (house: House, at: string) => new URL(at).origin === house.tenant.origin

describe('somebody else’s page', () => {
  let house: House
  let ben: Visitor
  beforeAll(async () => {
    house = await open()
    ben = await house.visitor('ben')
  })
  afterAll(() => house[Symbol.asyncDispose]())

  const posts = ['/access', '/access/cancel', '/access/end', '/access/extend', '/approvals/some-id']
  const foreign = [{ 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }, { 'Sec-Fetch-Site': 'none' }]
  test.each(posts.flatMap(path => foreign.map(headers => [path, headers] as const)))(
    'cannot send a form to %s (%o)',
    async (path, headers) => {
      expect((await ben.post(path, { ...wish, returnTo: '/' }, headers)).status).toBe(403)
      expect(askedOf(house)).toHaveLength(0)
    },
  )
  test.each(posts)('changes nothing by a GET of %s', async path => {
    const before = house.tenant.requests.length
    await ben.get(`${path}?reason=Refund+8841+for+Lee&minutes=60&decision=approve`)
    await ben.send('head', path)
    expect(house.tenant.requests).toHaveLength(before)
    expect(await trailOf(house)).toHaveLength(0)
  })

  const astray = [
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/%2f%2fevil.example',
    '/%5cevil.example',
    '/..//evil.example',
    '/access/turning-on',
    '/access/turning-on?returnTo=%2Faccess%2Fturning-on',
    'javascript:alert(1)',
    '/auth/sign-out',
    '/x\r\nLocation: https://evil.example',
  ]
  test.each(astray)('gains nothing from a way back to %j: it leads to the start page', async returnTo => {
    const page = await ben.get(`/access/turning-on?returnTo=${encodeURIComponent(returnTo)}`)
    expect(page.text).not.toMatch(/href="(https?:|javascript:|\/\/)[^"]*evil|href="\/access\/turning-on"/)
    house.tenant.setPolicy({ context: false, reason: true })
    const sent = await ben.post('/access', { reason: 'short', minutes: '60', returnTo })
    expect(sent.text).toContain('name="returnTo" value="/"')
  })
})

describe('the text that people type', () => {
  test('is shown as text on every page, to everybody who reads it', async () => {
    await using house = await openSelfService()
    house.tenant.setPolicy({ context: false, ticket: true, approval: { approvers: ['lena'] } })
    const [ben, lena] = [await house.visitor('ben'), await house.visitor('lena')]
    const evil = '"><script>alert(1)</script>‮gpj.exe refund'
    await turnOn(ben, '/', { reason: evil, ticket: `"'><img src=x onerror=alert(1)>` })
    const id = askedOf(house)[0]?.id ?? ''
    const pages = [
      await ben.get('/'),
      await ben.get('/access'),
      await ben.get('/access/turning-on'),
      await lena.get('/approvals'),
      await lena.get(`/approvals/${id}`),
    ]
    await lena.post(`/approvals/${id}`, { decision: 'deny', comment: evil })
    pages.push(await ben.get('/access/turning-on'), await lena.get(`/approvals/${id}`))
    for (const { text } of pages) {
      expect(text).toContain('alert(1)')
      expect(text).not.toMatch(/<script>alert|<img src=x/)
    }
    expect(askedOf(house)[0]?.reason).not.toContain('‮')
    expect(house.logged.join('')).not.toMatch(/alert\(1\)|refund/)
  })
  test('is not sent where it is too long for a form, and the page says so', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    expect((await ben.post('/access', { ...wish, reason: 'r'.repeat(20_000) })).status).toBe(413)
    expect((await ben.post('/access', { ...wish, reason: 'refund 8841 '.repeat(500) })).status).toBe(422)
    const twice = 'reason=Refund+8841+for+Lee&reason=Other+reason+for+Lee&minutes=60&__proto__=x&constructor=y'
    expect((await ben.post('/access', twice)).status).toBe(422)
    expect(askedOf(house)).toHaveLength(0)
  })
  test('comes back with the next form where Microsoft did not answer', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    house.tenant.set({ graphDown: true })
    expect((await turnOn(ben, '/sessions')).text).toContain('cannot see what you may turn on')
    house.tenant.set({ graphDown: false })
    const page = (await ben.get('/sessions')).text
    expect(page).toContain(wish.reason)
    expect(page).not.toContain('role="alert"')
    await turnOn(ben, '/sessions')
    expect(askedOf(house)).toHaveLength(1)
  })
})

describe('a form that was kept', () => {
  test('is shown to nobody but its sender, and leads to no other path', async () => {
    await using house = await open()
    const [ben, alice] = [await house.visitor('ben'), await house.visitor('alice')]
    const refused = await ben.post('/sessions/end', 'which=mine&__proto__=polluted&constructor=kept')
    expect(refused.status).toBe(403)
    const link = refused.text.match(/\/kept-form\/sessions\/end\?draft=[\w-]+/)?.[0] ?? ''
    expect((await alice.get(link)).status).toBe(404)
    await turnOn(ben, link)
    house.clock.advance({ seconds: 6 })
    const shown = (await ben.get(link)).text
    expect(shown).toMatch(/action="\/sessions\/end\?kept-form=[\w-]{22}"/)
    expect(shown).toMatch(/name="constructor" value="kept"/)
    expect(shown).not.toContain('function')
  })
})

describe('nobody is sent round in circles', () => {
  test('by the page on which people wait', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    await turnOn(ben, '/access/turning-on')
    await until(house, ben, 'in')
    expect((await ben.follow('/access/turning-on')).status).toBe(200)
  })
  test('when they were removed before their time: they are out, and can turn on again', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    await turnOn(ben, '/')
    house.clock.advance({ seconds: 6 })
    expect((await ben.get('/')).status).toBe(200)
    house.clock.advance({ minutes: 10 })
    house.tenant.end('ben')
    house.clock.advance({ seconds: 90 })
    const answer = await ben.follow('/')
    expect([answer.status, new URL(answer.at).pathname]).toEqual([403, '/'])
    expect(answer.text).toContain('name="reason"')
    await turnOn(ben, '/')
    expect(await until(house, ben, 'in')).toBeLessThan(5)
  })
})

describe('a session', () => {
  test('goes on under one new id, however many tabs are let in at once', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    await turnOn(ben, '/')
    await until(house, ben, 'in')
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 4 }, () => ben.get('/access/turning-on')))
      expect((await ben.get('/')).status).toBe(200)
    }
  })
  test('is not changed by a HEAD', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    await turnOn(ben, '/')
    await until(house, ben, 'in')
    const before = sessionIdOf(ben)
    await ben.send('head', '/access/turning-on', { headers: { Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate' } })
    expect(sessionIdOf(ben)).toBe(before)
  })

  describe('that changes its id', () => {
    let house: House
    let middle: Server
    let url: string
    let waiting = Promise.withResolvers<void>()
    let arrived = Promise.withResolvers<void>()
    beforeAll(async () => {
      house = await open()
      const { sessions } = house.services
      const app = express()
        .use(sessions.middleware)
        .get('/rotating', async (request, response) => {
          await sessions.rotate(request)
          response.send('rotated')
        })
        .get('/leaving', async (request, response) => {
          arrived.resolve()
          await waiting.promise
          await sessions.end(request, response)
          response.send('left')
        })
      middle = createServer(app)
      await new Promise<void>(resolve => middle.listen(0, '127.0.0.1', resolve))
      url = `http://localhost:${(middle.address() as AddressInfo).port}`
    })
    afterAll(async () => {
      middle.close()
      middle.closeAllConnections()
      await house[Symbol.asyncDispose]()
    })

    test('while its person signs out is over', async () => {
      const ben = await house.visitor('ben')
      waiting = Promise.withResolvers()
      arrived = Promise.withResolvers()
      // This request is under way: it has read the session as it was before.
      const leaving = ben.get(`${url}/leaving`).then(answer => answer)
      await arrived.promise
      await ben.get(`${url}/rotating`)
      const cookie = ben.cookieHeader()
      waiting.resolve()
      await leaving
      const thief = await house.visitor('ben', { signIn: false })
      expect((await thief.get('/access', { headers: { Cookie: cookie } })).status).toBe(302)
    })
    test('after its person ended access, in another tab and at that moment, stays ended', async () => {
      const alice = await house.visitor('alice')
      const seen = house.members.sessions
      const identity = (await seen.read(sessionIdOf(alice)))?.identity
      if (!identity) throw new Error('not signed in')
      const at = house.clock.read().getTime()
      const ended = { member: false, provenAt: at, reason: 'ended', endedAt: at } as const
      for (let round = 0; round < 20; round++) {
        await Promise.all([
          alice.get(`${url}/rotating`),
          seen.changeAll(identity, found => ({ ...found, membership: { ...ended, provenAt: at + round } })),
        ])
        expect((await seen.read(sessionIdOf(alice)))?.membership).toEqual({ ...ended, provenAt: at + round })
      }
    })
  })

  test('that ended while a token for PIM was fetched leaves none behind', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    const sessionId = sessionIdOf(ben)
    const identity = (await house.services.sessions.read(sessionId))?.identity
    if (!identity) throw new Error('not signed in')
    await house.redis.del(`${house.prefix}pim-token:${sessionId}`)
    house.tenant.set({ slow: { token: 300 } })
    const fetched = house.services.pimToken.get({ identity, sessionId }).catch(() => {})
    await expect.poll(() => house.redis.exists(`${house.prefix}lease:refresh:${sessionId}`)).toBe(1)
    await ben.post('/auth/sign-out')
    await fetched
    expect(await tracesOf(house, sessionId)).toEqual([])
  })
})

describe('a check on the way', () => {
  /** Goes as far as the address to which the tenant sends the browser back. */
  async function onTheWayBack(house: House, visitor: Visitor, asked: { at: string }) {
    const chosen = await visitor.post(asked.at, { method: 'passkey' })
    let at = new URL(chosen.headers.location ?? '', asked.at).href
    while (!at.startsWith(house.baseUrl)) at = new URL((await visitor.get(at)).headers.location ?? '', at).href
    return at
  }
  test('that one person began counts for nobody who brings it back in their own browser', async () => {
    await using house = await openSelfService()
    const [ben, oskar] = [await house.visitor('ben'), await house.visitor('oskar')]
    const at = await onTheWayBack(house, ben, await turnOn(ben))
    for (const [name, value] of ben.cookies()) if (name.includes('sign-in')) oskar.cookies().set(name, value)
    const answer = await oskar.get(at)
    expect(answer.status).toBe(403)
    expect((await oskar.get('/access')).text).toContain('Oskar')
    expect([...askedOf(house), ...askedOf(house, 'oskar')]).toEqual([])
  })
  test('asks Entra for nothing but what an access token must carry, whatever Graph says', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    const acrs = { essential: true, value: 'c1' }
    const claims = { access_token: { acrs }, id_token: { sub: { value: 'alice' }, groups: null }, __proto__: { a: 1 } }
    const message = `More is needed.&claims=${encodeURIComponent(JSON.stringify(claims))}`
    const code = 'RoleAssignmentRequestAcrsValidationFailed'
    house.tenant.set({
      graphError: { what: 'refusal', code, message, where: 'requests', method: 'POST', when: 'next' },
    })
    const sent = await ben.post('/access', { ...wish, returnTo: '/' })
    const asked = new URL(wayOn(sent) ?? '')
    expect(asked.origin).toBe(house.tenant.origin)
    expect(JSON.parse(asked.searchParams.get('claims') ?? '')).toEqual({
      access_token: { acrs, xms_cc: { values: ['cp1'] } },
    })
  })
  test('for two wishes in two tabs sends the last wish, once', async () => {
    await using house = await openSelfService()
    const ben = await house.visitor('ben')
    const first = await onTheWayBack(house, ben, await turnOn(ben, '/', { reason: 'The first of two refunds' }))
    const second = await onTheWayBack(house, ben, await turnOn(ben, '/', { reason: 'The second of two refunds' }))
    await ben.get(first)
    await ben.get(second)
    await ben.get(first)
    expect(askedOf(house).map(({ reason }) => reason)).toEqual(['The second of two refunds'])
  })
  test('sends nothing where Redis is away for the wish, and the person hears so', async () => {
    await using house = await openSelfService()
    const ben = await house.visitor('ben')
    const at = await onTheWayBack(house, ben, await turnOn(ben))
    const [key = ''] = await house.redis.keys(`${house.prefix}note:*activation:*`)
    const { redis } = house.services
    const answering = redis.get.bind(redis)
    const away = vi
      .spyOn(redis, 'get')
      .mockImplementation(asked => (asked === key ? Promise.reject(new Error('away')) : answering(asked)))
    expect((await ben.get(at)).status).toBe(503)
    expect(askedOf(house)).toHaveLength(0)
    away.mockRestore()
    expect((await ben.get('/')).text).toContain(wish.reason)
  })
})

describe('being refused costs little:', () => {
  test('fifty requests at once ask Microsoft hardly more than one', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    await ben.get('/')
    house.tenant.set({ slow: { graph: 150 } })
    const before = graphCallsOf(house)
    await Promise.all(Array.from({ length: 50 }, () => ben.get('/')))
    expect(graphCallsOf(house) - before).toBeLessThan(25)
  })
  test('fifty requests of a person who gets no token ask Entra hardly more than once', async () => {
    await using house = await open()
    const ben = await house.visitor('ben', { signIn: false })
    await ben.signIn()
    house.tenant.set({ tokenError: { what: '65001', on: 'refresh', when: 'always' } })
    const keys = await house.redis.keys(`${house.prefix}pim-token:*`)
    await house.redis.del(...keys)
    const before = house.tenant.calls.tokenRefresh
    const answers = await Promise.all(Array.from({ length: 50 }, () => ben.get('/access')))
    expect(house.tenant.calls.tokenRefresh - before).toBeLessThan(5)
    for (const { status } of answers) expect(status).toBe(200)
  })
  test('a "no" is never remembered: a person who is made eligible sees the form at once', async () => {
    await using house = await open()
    const oskar = await house.visitor('oskar')
    expect((await oskar.get('/')).text).not.toContain('name="reason"')
    house.tenant.makeEligible('oskar')
    expect((await oskar.get('/')).text).toContain('name="reason"')
  })
})

describe('while Microsoft is slow', { timeout: 60_000 }, () => {
  const faults = [
    ['Graph does not answer', { graphError: { what: 'hang', where: 'any', when: 'always' } }, true],
    ['Entra does not answer', { slow: { token: 30_000 } }, false],
    ['both are slow', { slow: { token: 4_500, graph: 2_800 } }, false],
  ] as const
  test.concurrent.each(faults)('%s: every page comes within six seconds', async (_name, fault, hasToken) => {
    await using house = await open()
    const ben = await house.visitor('ben')
    await ben.get('/')
    const keys = await house.redis.keys(`${house.prefix}pim-token:*`)
    if (!hasToken && keys.length > 0) await house.redis.del(...keys)
    house.clock.advance({ seconds: 70 })
    house.tenant.set(fault as Parameters<House['tenant']['set']>[0])
    const slow: [string, number, number][] = []
    const take = async (path: string, work: ReturnType<Visitor['get']>) => {
      const { answer, ms } = await timed(work)
      if (ms > 6_000 || answer.status === 500) slow.push([path, answer.status, ms])
    }
    await Promise.all([
      ...['/', '/access', '/access/turning-on', '/access/end', '/approvals', '/approvals/an-id'].map(path =>
        take(path, ben.get(path)),
      ),
      ...['/access', '/access/end', '/access/extend', '/access/cancel', '/approvals/an-id'].map(path =>
        take(`POST ${path}`, ben.post(path, { ...wish, returnTo: '/', decision: 'deny', comment: 'no' })),
      ),
    ])
    expect(slow).toEqual([])
  })
})

describe('the trail', () => {
  test('does not say that an act failed which was done and never answered, and then says that it was done', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    house.tenant.set({ graphError: { what: 'done-but-504', where: 'requests', method: 'POST', when: 'next' } })
    await turnOn(ben)
    house.clock.advance({ seconds: 6 })
    await progressOf(ben)
    const trail = await trailOf(house)
    expect(trail.map(({ event }) => event)).toEqual([
      'activationRequested',
      'activationUnanswered',
      'activationCompleted',
    ])
    expect(trail[2]).toMatchObject({ act: trail[0].act, request: askedOf(house)[0]?.id })
  })
  test('says of an act that was not done that it failed', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    house.tenant.set({ graphError: { what: '503', where: 'requests', method: 'POST', when: 'next' } })
    await turnOn(ben)
    await until(house, ben, 'refused', 150)
    expect((await trailOf(house)).map(({ event }) => event).at(-1)).toBe('activationFailed')
  })
  test('is written first: no act is sent that could not be recorded', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    await house.redis.set(recordsOf(house), 'no stream')
    const answer = await turnOn(ben)
    expect(answer.status).toBe(503)
    expect(askedOf(house)).toHaveLength(0)
    await house.redis.del(recordsOf(house))
  })
})

describe('extending', () => {
  test('works where the portal took a shorter reason than this application would', async () => {
    await using house = await open()
    const ben = await house.visitor('ben')
    house.tenant.activate('ben', { minutes: 60, reason: 'fix' })
    house.clock.advance({ minutes: 10 })
    expect((await ben.get('/')).status).toBe(200)
    expect((await ben.post('/access/extend', { minutes: '30', reason: 'fix', returnTo: '/' })).status).toBe(303)
  })
  test('by more than the policy allows brings the form back', async () => {
    await using house = await open()
    house.tenant.setPolicy({ context: false, maxMinutes: 15 })
    const ben = await house.visitor('ben')
    await turnOn(ben, '/', { minutes: '15' })
    house.clock.advance({ minutes: 10 })
    const answer = await ben.post('/access/extend', { minutes: '30', returnTo: '/' })
    expect(answer.status).toBe(422)
    expect(answer.text).toMatch(/<input type="radio" name="minutes" value="15"/)
  })
  test('that is refused after the passkey is told to the person', async () => {
    await using house = await open()
    const ben = await someoneIn(house)
    house.tenant.setPolicy({ context: 'c1' })
    house.tenant.set({ extension: 'refused' })
    house.clock.advance({ minutes: 10 })
    const sent = await ben.post('/access/extend', { minutes: '30', returnTo: '/sessions' })
    const asked = await ben.follow(wayOn(sent) ?? '')
    expect(isPageOfTenant(house, asked.at)).toBe(true)
    const back = await ben.answer(asked, { method: 'passkey' })
    expect(new URL(back.at).pathname).toBe('/access')
    expect(back.text).toContain('Access is already on')
  })
  test.each(['off', 'on'])('asks again after the seam where a source said "no" during it (roster %s)', async roster => {
    await using house = await open({ settings: { MEMBERSHIP_ROSTER: roster, MEMBERSHIP_RECHECK_SECONDS: '15' } })
    const ben = await someoneIn(house)
    const seam = askedOf(house)[0]?.until?.getTime() ?? 0
    house.tenant.set({ seamGapSeconds: 28 })
    house.clock.advance({ minutes: 50 })
    await ben.post('/access/extend', { minutes: '30' })
    for (let ms = -3_000; ms <= 60_000; ms += 1_500) {
      house.clock.set(new Date(seam + ms).toISOString())
      expect([ms, (await ben.get('/')).status]).toEqual([ms, 200])
    }
  })
})

describe('ending', () => {
  test('leaves on the access that an administrator gave, and the page says so', async () => {
    await using house = await open()
    const guido = await house.visitor('guido')
    house.tenant.assign('guido', { minutes: 120, reason: 'On call' })
    house.clock.advance({ minutes: 10 })
    const answer = await guido.post('/access/end')
    expect(answer.status).toBe(422)
    expect(answer.text).toContain('only an administrator can end it')
    expect((await guido.get('/')).status).toBe(200)
  })
})

describe('approvals', () => {
  test.each(['..', '..%2f..%2fme', "x'%20or%20'1'%20eq%20'1", '%2e%2e', 'constructor', '__proto__'])(
    'with the id %j are nobody’s, and the id goes into no address',
    async id => {
      await using house = await open()
      const lena = await house.visitor('lena')
      const before = house.tenant.calls.graph.approvals
      expect([403, 404]).toContain((await lena.get(`/approvals/${id}`)).status)
      expect((await lena.post(`/approvals/${id}`, { decision: 'approve', comment: 'ok' })).status).toBeGreaterThan(399)
      expect(house.tenant.calls.graph.approvals).toBe(before)
    },
  )
  test('while Microsoft does not answer are a page that says so', async () => {
    await using house = await open()
    const lena = await house.visitor('lena')
    await lena.get('/approvals')
    house.tenant.set({ graphDown: true })
    for (const path of ['/approvals', '/approvals/an-id']) {
      const answer = await lena.get(path)
      expect(answer.status).toBe(503)
      expect(answer.text).toContain('Microsoft does not answer')
    }
  })
})

describe('self-service that is switched off', () => {
  test('is not there at all, and asks Entra and Graph for nothing more', async () => {
    await using house = await openSelfService({ settings: { PIM_SELF_SERVICE: 'off' } })
    const ben = await house.visitor('ben', { signIn: false })
    const sent = await ben.get('/auth/sign-in')
    expect(new URL(wayOn(sent) ?? '').searchParams.get('scope')).toBe('openid profile offline_access')
    await ben.signIn()
    const refused = await ben.get('/')
    expect(refused.text).not.toMatch(/\/access|\/approvals|access\.js/)
    for (const path of ['/access', '/access/turning-on', '/access/turning-on/state', '/approvals'])
      expect((await ben.get(path)).status).toBe(403)
    const alice = await house.visitor('alice')
    for (const path of ['/access', '/access/end', '/approvals']) expect((await alice.get(path)).status).toBe(404)
    expect((await alice.post('/access', { ...wish, returnTo: '/' })).status).toBe(404)
    expect(graphCallsOf(house)).toBe(0)
  })
})
