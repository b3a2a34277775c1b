import { Agent, type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openRoundRobin } from '../../infra/demo/round-robin.ts'
import { openReplicas, type Replicas } from '../support/replicas.ts'
import { createVisitor, type Visitor } from '../support/visitor.ts'

const people = 10
/** The pause between two requests of one person, in ms: a load, but less than two cores can bear. */
const breathMs = 50

let proxy: Awaited<ReturnType<typeof openRoundRobin>>
let house: Replicas
beforeAll(async () => {
  proxy = await openRoundRobin()
  house = await openReplicas({
    tenant: { redirectUris: [`${proxy.origin}/auth/callback`, `${proxy.origin}/auth/signed-out`] },
    settings: {
      BASE_URL: proxy.origin,
      TRUST_PROXY: 'loopback',
      SHUTDOWN_GRACE_SECONDS: '6',
      MEMBERSHIP_RECHECK_SECONDS: '15',
      MEMBERSHIP_ROSTER: 'on',
      MEMBERSHIP_ROSTER_SECONDS: '5',
    },
  })
  proxy.lead(house.replicas.map(({ origin }) => origin))
})
afterAll(async () => {
  await house[Symbol.asyncDispose]()
  await proxy[Symbol.asyncDispose]()
})

const agent = new Agent({ keepAlive: true })
/** A request of a person who is signed in, as a browser sends it: a page, or a form that must not be sent twice. */
const visit = (visitor: Visitor, method: 'GET' | 'POST') =>
  new Promise<string>(resolve => {
    const headers = {
      Cookie: visitor.cookieHeader(),
      Accept: 'text/html',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Site': 'same-origin',
      'X-Forwarded-For': '203.0.113.9',
    }
    const url = new URL(method === 'GET' ? '/' : '/sessions/end', proxy.origin)
    const said = ({ statusCode, headers: { location = '' } }: IncomingMessage) => `${statusCode} ${location}`.trim()
    request(url, { agent, method, headers }, answer =>
      answer
        .resume()
        .on('end', () => resolve(said(answer)))
        .on('error', ({ message }) => resolve(message)),
    )
      .on('error', ({ message }) => resolve(message))
      .end()
  })

test('a rolling restart of three replicas under load loses no request, no sign-in, and signs nobody out', async () => {
  const visitors: Visitor[] = []
  while (visitors.length < people) visitors.push(await signedIn('alice'))
  const answers = new Map<string, number>()
  const count = (answer: string) => answers.set(answer, (answers.get(answer) ?? 0) + 1)
  let isOver = false
  let signIns = 0

  const visiting = visitors.map(async (visitor, index) => {
    while (!isOver) {
      count(await visit(visitor, index % 5 === 0 ? 'POST' : 'GET'))
      await new Promise(resolve => setTimeout(resolve, breathMs))
    }
  })
  const signingIn = (async () => {
    while (!isOver) {
      const visitor = createVisitor({ key: 'alice', baseUrl: proxy.origin })
      count(`sign-in: ${(await visitor.signIn()).status}`)
      signIns += 1
    }
  })()

  for (const index of [0, 1, 2]) {
    await house.restart(index)
    await expect.poll(() => proxy.readyCount(), { timeout: 5_000 }).toBe(3)
  }
  isOver = true
  await Promise.all([...visiting, signingIn])

  console.info('rolling restart', Object.fromEntries(answers))
  expect(proxy.failures).toEqual([])
  expect([...answers.keys()].toSorted()).toEqual(['200', '303 /sessions', 'sign-in: 200'])
  expect(signIns).toBeGreaterThan(10)
  for (const visitor of visitors) expect(await visit(visitor, 'GET')).toBe('200')
}, 90_000)

async function signedIn(key: string): Promise<Visitor> {
  const visitor = createVisitor({ key, baseUrl: proxy.origin })
  const { status, text } = await visitor.signIn()
  expect({ status, text }).toMatchObject({ status: 200 })
  return visitor
}
