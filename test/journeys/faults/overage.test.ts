import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect } from 'vitest'
import { type House, openHouse } from '../../support/house.ts'
import { endPauses, sessionIdOf } from '../../support/stored.ts'
import { testIn } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

let graph: Awaited<ReturnType<typeof startGraph>>
const test = testIn(async () => {
  graph = await startGraph()
  return openHouse({
    now: '2026-03-02T12:00:00Z',
    settings: { GRAPH_BASE_URL: `${graph.origin}/v1.0` },
    tenant: {
      switches: { lie: { extra: { _claim_sources: { src1: { endpoint: `${graph.origin}/in-the-claim` } } } } },
    },
  })
})
afterAll(() => graph.close())
test.afterEach(({ house }) => endPauses(house))

const status = async (visitor: Visitor) => (await visitor.get('/')).status
const pass = (house: House, seconds: number) => house.clock.advance({ seconds })
/** Mona is in more groups than a token can list. */
const mona = (house: House) => house.visitor('mona')

type Answer = 'yes' | 'no' | RequestListener

/** A Graph that knows one thing: whether people are in the group. */
async function startGraph() {
  const asked: { url: string; authorization: string | undefined }[] = []
  let answer: Answer = 'yes'
  const server = createServer(async (request, response) => {
    asked.push({ url: request.url ?? '', authorization: request.headers.authorization })
    let body = ''
    for await (const chunk of request) body += chunk
    if (typeof answer === 'function') return answer(request, response)
    const { groupIds } = JSON.parse(body || '{}')
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ value: answer === 'yes' ? groupIds : [] }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    says(next: Answer) {
      answer = next
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

const replies =
  (code: number, body: unknown = {}): Answer =>
  (_request, response) =>
    void response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))
const silences: [what: string, answer: Answer][] = [
  ['403', replies(403)],
  ['429', replies(429)],
  ['500', replies(500)],
  ['a wrong shape', replies(200, { value: 'yes' })],
  ['nothing', () => {}],
]

describe('at the sign-in', () => {
  test('someone Graph knows as a member is in', async ({ house }) => {
    graph.says('yes')
    expect(await status(await mona(house))).toBe(200)
  })

  test('someone Graph does not know as a member is refused', async ({ house }) => {
    graph.says('no')
    expect(await status(await mona(house))).toBe(403)
  })

  test.for(silences)(
    'when Graph answers %s, nobody is let in, and everybody stays signed in',
    async ([_what, answer], { house }) => {
      graph.says(answer)
      const visitor = await mona(house)
      expect(await status(visitor)).toBe(503)
      graph.says('yes')
      await endPauses(house)
      const session = sessionIdOf(visitor)
      expect(await status(visitor)).toBe(200)
      expect(sessionIdOf(visitor)).toBe(session)
    },
  )
})

describe('at the re-check', () => {
  test('someone Graph still knows as a member stays in', async ({ house }) => {
    graph.says('yes')
    const visitor = await mona(house)
    const before = graph.asked.length
    pass(house, 60)
    expect(await status(visitor)).toBe(200)
    expect(graph.asked.length).toBe(before + 1)
  })

  test('someone Graph does not know any more is refused', async ({ house }) => {
    graph.says('yes')
    const visitor = await mona(house)
    graph.says('no')
    pass(house, 60)
    expect(await status(visitor)).toBe(403)
  })

  test.for(silences)(
    'when Graph answers %s, a member stays in for the grace and no longer',
    async ([_what, answer], { house }) => {
      graph.says('yes')
      const visitor = await mona(house)
      graph.says(answer)
      pass(house, 60)
      expect(await status(visitor)).toBe(200)
      pass(house, 300)
      expect(await status(visitor)).toBe(200)
      pass(house, 1)
      expect(await status(visitor)).toBe(503)
      graph.says('yes')
      await endPauses(house)
      expect(await status(visitor)).toBe(200)
    },
  )

  test('a Graph that asks to be left alone is left alone', async ({ house }) => {
    graph.says('yes')
    const visitor = await mona(house)
    graph.says((_request, response) => void response.writeHead(429, { 'retry-after': '40' }).end('{}'))
    pass(house, 60)
    await status(visitor)
    const before = graph.asked.length
    await status(visitor)
    expect(graph.asked.length).toBe(before)
    expect(await house.redis.pttl(`${house.prefix}pause:${sessionIdOf(visitor)}`)).toBeGreaterThan(30_000)
  })
})

test('the address in the claim is never called, and the token goes nowhere else', async ({ house }) => {
  graph.says('yes')
  const visitor = await mona(house)
  pass(house, 60)
  await status(visitor)
  expect(new Set(graph.asked.map(({ url }) => url))).toEqual(new Set(['/v1.0/me/checkMemberGroups']))
})

test('Graph is asked with the newest token of the person', async ({ house }) => {
  graph.says('yes')
  const visitor = await mona(house)
  pass(house, 60)
  await status(visitor)
  const tokens = await house.services.vault.read(sessionIdOf(visitor))
  expect(tokens).toMatchObject({ accessToken: graph.asked.at(-1)?.authorization?.replace('Bearer ', '') })
})

test('people whose token lists their groups cost Graph nothing', async ({ house }) => {
  const before = graph.asked.length
  const alice = await house.visitor('alice')
  pass(house, 60)
  expect(await status(alice)).toBe(200)
  expect(graph.asked.length).toBe(before)
})

describe('with the Graph of the tenant', () => {
  const start = { now: '2026-03-02T12:00:00Z' }
  /** Consent that an administrator has not given. */
  const without = (...consentMissing: string[]) => ({ ...start, tenant: { switches: { consentMissing } } })
  const eventsOf = ({ logged }: House, event: string) =>
    logged.map(line => JSON.parse(line)).filter(line => line.event === event)

  test('someone in 250 groups is in, by a token that names what it is for', async () => {
    await using house = await openHouse(start)
    expect(await status(await mona(house))).toBe(200)
  })

  test('someone who is moved to 250 groups stays in, and is refused once removed', async () => {
    await using house = await openHouse(start)
    const alice = await house.visitor('alice')
    house.tenant.putInManyGroups('alice')
    house.clock.advance({ seconds: 60 })
    expect(await status(alice)).toBe(200)
    house.tenant.end('alice')
    house.clock.advance({ seconds: 60 })
    expect(await status(alice)).toBe(403)
  })

  test('someone in 250 groups is in by themselves once they are assigned', async () => {
    await using house = await openHouse(start)
    house.tenant.putInManyGroups('ben')
    const ben = await house.visitor('ben')
    expect(await status(ben)).toBe(403)
    house.tenant.assign('ben', { minutes: 30, reason: 'refund 8841' })
    house.clock.advance({ seconds: 5 })
    expect(await status(ben)).toBe(200)
  })

  test('someone whose membership is answered with another success than the documented one is not let in', async () => {
    await using house = await openHouse(start)
    house.tenant.set({ graphError: { what: '202', where: 'check' } })
    const visitor = await mona(house)
    expect(await status(visitor)).toBe(503)
    house.tenant.set({ graphError: undefined })
    house.clock.advance({ seconds: 10 })
    await endPauses(house)
    expect(await status(visitor)).toBe(200)
  })

  test('the newest refresh token is the one that is kept: none is redeemed twice', async () => {
    await using house = await openHouse(start)
    house.tenant.set({ refreshReuseDetection: true })
    const visitor = await mona(house)
    for (let minutes = 0; minutes < 3; minutes++) {
      house.clock.advance({ seconds: 60 })
      expect(await status(visitor)).toBe(200)
    }
  })

  test.each(['GroupMember.Read.All', 'User.Read'])(
    'without consent to %s the page says what an administrator must do',
    async scope => {
      await using house = await openHouse(without(scope))
      const [visitor, alice] = [await mona(house), await house.visitor('alice')]
      expect([await status(visitor), await status(alice)]).toEqual([503, 200])
      const { text } = await visitor.get('/')
      expect(text).toContain('You are in more groups than we may look up')
      expect(text).toContain('User.Read and GroupMember.Read.All')
      expect(text).not.toContain('Microsoft does not answer')
      expect((await visitor.fetch('/')).body).toMatchObject({ code: 'too-many-groups', status: 503 })
    },
  )

  test('the log says so once an hour', async () => {
    await using house = await openHouse(without('GroupMember.Read.All'))
    const visitor = await mona(house)
    await status(visitor)
    expect(eventsOf(house, 'too-many-groups')).toMatchObject([{ level: 50, msg: expect.stringContaining('consent') }])
    house.clock.advance({ minutes: 10 })
    await endPauses(house)
    await status(visitor)
    expect(eventsOf(house, 'too-many-groups').length).toBe(1)
  })

  test('a member of whom consent was withdrawn stays in for the grace, and then reads what is missing', async () => {
    await using house = await openHouse(start)
    const visitor = await mona(house)
    house.tenant.set({ consentMissing: ['GroupMember.Read.All'] })
    const met: number[] = []
    for (const seconds of [60, 300, 1]) {
      house.clock.advance({ seconds })
      await endPauses(house)
      met.push(await status(visitor))
    }
    expect(met).toEqual([200, 200, 503])
    expect((await visitor.get('/')).text).toContain('more groups than we may look up')
  })

  test('"Check again" lets them in as soon as consent was given', async () => {
    await using house = await openHouse(without('GroupMember.Read.All'))
    const visitor = await mona(house)
    expect(await status(visitor)).toBe(503)
    house.tenant.set({ consentMissing: [] })
    await visitor.signIn('/auth/sign-in?returnTo=%2F')
    expect(await status(visitor)).toBe(200)
  })

  test('who is in more groups than a token lists is still out as soon as their account is disabled', async () => {
    await using house = await openHouse(without('GroupMember.Read.All'))
    const visitor = await mona(house)
    house.tenant.disable('mona')
    house.clock.advance({ seconds: 60 })
    await endPauses(house)
    expect(await status(visitor)).toBe(302)
  })
})
