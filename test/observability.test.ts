import { connect } from 'node:net'
import { afterAll, describe, expect } from 'vitest'
import type { Tokens } from '../src/entra/oidc/signed-in.ts'
import { Problem } from '../src/errors.ts'
import { errorFields } from '../src/observability.ts'
import { pages } from '../src/pages.ts'
import { createSeal } from '../src/session/sealing/seal.ts'
import { get, type Page } from '../src/web/page.ts'
import { sessionIdOf, wayBack, wayOut } from './support/at-entra.ts'
import { type House, openHouse, sessionSecret } from './support/house.ts'
import { startRedis } from './support/machine.ts'
import { openOver } from './support/redis/own-redis.ts'
import { testIn } from './support/test-in.ts'
import type { Answer, Visitor } from './support/visitor.ts'

const canary = 'c4n4ry-in-an-error'
const slowPage = { reached: Promise.withResolvers<void>(), reply: Promise.withResolvers<{ redirect: string }>() }
const table: Page[] = [
  ...pages,
  await get('/broken', 'members', brokenPage()),
  await get('/slow', 'members', Promise.resolve({ default: () => slowly })),
]
async function brokenPage() {
  const create = () => () => {
    throw Object.assign(new Error(`${canary}\n    at ${canary}`, { cause: new Error(canary) }), { token: canary })
  }
  return { default: create }
}
function slowly() {
  slowPage.reached.resolve()
  return slowPage.reply.promise
}

const redisPassword = 'canary-redis-password-0123456789'
let alice: Visitor

/** Everything secret that passed between the application, Entra and the browsers of these tests. */
const secrets = new Set<string>([sessionSecret, redisPassword, canary])
const remember = (...values: (string | null | undefined)[]) => {
  for (const value of values) if (value && value.length >= 12) secrets.add(value)
}
const leaksIn = (lines: readonly string[]) => {
  const text = lines.join('\n')
  return [...secrets].filter(secret => text.includes(secret))
}

const realFetch = globalThis.fetch
/** Hears what the application and Entra say to each other. */
const listeningFetch: typeof fetch = async (input, init) => {
  const answer = await realFetch(input, init)
  const form = new URLSearchParams(init?.body instanceof URLSearchParams ? init.body : '')
  remember(...['code', 'code_verifier', 'client_secret', 'refresh_token'].map(name => form.get(name)))
  const said = (await answer
    .clone()
    .json()
    .catch(() => ({}))) as Record<string, string>
  for (const token of [said.access_token, said.refresh_token, said.id_token])
    remember(token, ...(token?.split('.') ?? []))
  return answer
}

const test = testIn(async () => {
  globalThis.fetch = listeningFetch
  const server = await startRedis({ args: ['--requirepass', redisPassword] })
  return openOver(server, { redisUrl: `redis://:${redisPassword}@127.0.0.1:${server.port}`, pages: table })
})
test.beforeAll(async ({ house }) => {
  remember(house.tenant.clientSecret)
})
afterAll(() => {
  globalThis.fetch = realFetch
})
test.beforeEach(async ({ house }) => {
  alice = await house.visitor('alice', { signIn: false })
})
test.afterEach(({ house }) => house.tenant.reset())

/** The lines of the log about one answer, in order. */
const linesOf = (house: House, answer: Answer) =>
  house.logged.map(line => JSON.parse(line)).filter(({ reference }) => reference === answer.headers['x-request-id'])
const lastLineOf = (house: House, answer: Answer) => expect.poll(() => linesOf(house, answer).at(-1))

describe('never in the log: tokens, codes, states, nonces, verifiers, cookies, session ids, secrets, passwords', () => {
  test.afterEach(({ house }) => {
    expect(secrets.size).toBeGreaterThan(8)
    expect(leaksIn(house.logged)).toEqual([])
  })

  /** Goes to Entra and back, up to the callback, remembering all that a browser sees on the way. */
  async function comeBack(house: House): Promise<URL> {
    const out = await wayOut(alice)
    remember(...['state', 'nonce', 'code_challenge'].map(name => out.searchParams.get(name)))
    for (const [name, value] of alice.cookies()) {
      const opened = createSeal(house.config.session.secrets).open(value, name)
      remember(value, typeof opened === 'object' ? JSON.parse(opened.text).attempt.verifier : undefined)
    }
    const back = await wayBack(house, alice, out)
    remember(...['code', 'state', 'session_state'].map(name => back.searchParams.get(name)))
    return back
  }
  async function finish(back: URL) {
    const answer = await alice.get(back.href)
    const cookie = alice.cookies().get('gatehouse')
    remember(cookie, decodeURIComponent(cookie ?? ''), sessionIdOf(alice))
    return answer
  }

  test('after a good sign-in, a page, a reload of the callback and a sign-out', async ({ house }) => {
    const back = await comeBack(house)
    expect((await finish(back)).status).toBe(303)
    const tokens = (await house.services.vault.read(sessionIdOf(alice))) as Tokens
    expect(secrets).toContain(tokens.accessToken)
    expect(secrets).toContain(tokens.refreshToken)
    expect((await alice.get(`/?code=${sessionIdOf(alice)}`)).status).toBe(200)
    expect((await alice.get(back.href)).status).toBe(303)
    expect((await alice.post('/auth/sign-out')).status).toBe(200)
    expect((await alice.get(back.href)).status).toBe(400)
  })

  test.for(['7000215', '7000222', '54005', '50076', '53003', '503', '429', 'malformed'] as const)(
    'when the token endpoint answers %s',
    async (what, { house }) => {
      const back = await comeBack(house)
      house.tenant.set({ tokenError: { what } })
      expect((await finish(back)).status).not.toBe(303)
    },
  )

  test.for([
    { alg: 'none' as const },
    { alg: 'HS256' as const },
    { badSignature: true },
    { nonce: `${canary}-nonce` },
    { oid: `${canary}-oid` },
    { iss: `${canary}-iss` },
    { exp: 1 },
    { extra: { sub: '' } },
  ])('when the token lies: %j', async (lie, { house }) => {
    const back = await comeBack(house)
    house.tenant.set({ lie })
    expect((await finish(back)).status).toBe(400)
  })

  test.for(['error', 'error_description', 'error_subcode', 'iss', 'response'])(
    'when %s in the answer says so',
    async (name, { house }) => {
      const back = await comeBack(house)
      back.searchParams.append(name, canary)
      if (name !== 'error') back.searchParams.append('error', 'access_denied')
      expect((await finish(back)).status).not.toBe(303)
    },
  )

  test('when parameters are repeated, and when the state belongs to another browser', async ({ house }) => {
    const back = await comeBack(house)
    const other = await house.visitor('oskar', { signIn: false })
    await other.get('/auth/sign-in')
    expect((await other.get(back.href)).status).toBe(400)
    back.searchParams.append('code', back.searchParams.get('code') ?? '')
    expect((await finish(back)).status).toBe(400)
  })

  test('when Entra cannot be reached', async ({ house }) => {
    const back = await comeBack(house)
    house.tenant.set({ down: true })
    expect((await finish(back)).status).toBe(503)
  })

  test('when a page fails', async ({ house }) => {
    await finish(await comeBack(house))
    expect((await alice.get('/broken')).status).toBe(500)
  })

  test('when what is kept in Redis was spoilt', async ({ house }) => {
    await finish(await comeBack(house))
    await house.redis.set(`${house.prefix}session:${sessionIdOf(alice)}`, canary)
    expect((await alice.get('/')).status).toBe(302)
    expect(house.logged.join()).toContain('session-unreadable')
  })

  test('when someone signs out at Entra', async ({ house }) => {
    await finish(await comeBack(house))
    expect(
      (await alice.get(`/auth/front-channel-logout?sid=${house.tenant.people[0]?.oid}&iss=${canary}`)).status,
    ).toBe(200)
  })

  test('when Redis does not take the password', async ({ house }) => {
    const wrong = 'canary-wrong-password-9876543210'
    secrets.add(wrong)
    await using locked = await openHouse({
      settings: { REDIS_URL: `redis://:${wrong}@127.0.0.1:${house.server.port}` },
    })
    await expect.poll(() => locked.logged.join('\n')).toContain('redis-away')
    const visitor = await locked.visitor('alice', { signIn: false })
    await visitor.get('/', { headers: { Cookie: `gatehouse=${alice.cookies().get('gatehouse')}` } })
    expect(leaksIn(locked.logged)).toEqual([])
  })

  test('the search would find such values', () => {
    const [first = ''] = secrets
    expect(leaksIn([JSON.stringify({ event: 'x', path: `/${first}` })])).toEqual([first])
  })
})

describe('each request', () => {
  test('has an id of ours, which the page, the header and the log share', async ({ house }) => {
    const answer = await alice.get('/auth/callback?state=x')
    const reference = answer.headers['x-request-id']
    expect(reference).toMatch(/^[0-9A-HJKMNP-TV-Z]{8}$/)
    expect(answer.text).toContain(`Reference <code>${reference}</code>`)
    await lastLineOf(house, answer).toMatchObject({ event: 'request', status: 400 })
    expect(linesOf(house, answer).map(({ event }) => event)).toEqual(['problem', 'request'])
  })

  test('shows it on the refused page and in problems for scripts too', async ({ house }) => {
    const oskar = await house.visitor('oskar')
    const page = await oskar.get('/')
    expect(page.text).toContain(page.headers['x-request-id'])
    const problem = await oskar.fetch('/')
    expect(problem.body.reference).toBe(problem.headers['x-request-id'])
    expect(linesOf(house, problem).map(({ event }) => event)).toContain('refused')
  })

  test('does not take the id that a caller brings', async ({ house }) => {
    const answer = await alice.get('/health/live', { headers: { 'X-Request-Id': 'mine', 'X-Correlation-Id': 'mine' } })
    expect(answer.headers['x-request-id']).not.toBe('mine')
    expect(house.logged.join('\n')).not.toContain('"mine"')
  })

  test('is one line: method, path without query, status, time, person, address', async ({ house }) => {
    await alice.signIn('/')
    const answer = await alice.get('/sessions?secret=1#x')
    await lastLineOf(house, answer).toEqual({
      level: 30,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      reference: answer.headers['x-request-id'],
      event: 'request',
      method: 'GET',
      path: '/sessions',
      status: 200,
      ms: expect.any(Number),
      oid: house.tenant.people.find(({ key }) => key === 'alice')?.oid,
      address: expect.stringMatching(/127\.0\.0\.1$/),
    })
  })

  test.for(['%0a%0d{"level":60}', '%00', '%1b[31m', '%e2%80%a8', '%c2%85', '"},{"event":"signed-in'])(
    'stays one line with %s in its path',
    async (odd, { house }) => {
      const before = house.logged.length
      await raw(house, `GET /x${odd.replaceAll(' ', '')} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
      await expect.poll(() => house.logged.slice(before).some(line => line.includes('"event":"request"'))).toBe(true)
      for (const line of house.logged.slice(before)) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
        expect(line.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
        expect(['request', 'problem']).toContain(JSON.parse(line).event)
      }
    },
  )

  test('with a very long path has a short line', async ({ house }) => {
    const answer = await alice.get(`/${'x'.repeat(5_000)}`)
    await lastLineOf(house, answer).toMatchObject({ path: `/${'x'.repeat(299)}` })
  })

  test('the log says that a browser gave up', async ({ house }) => {
    await alice.signIn('/')
    const socket = connect(Number(new URL(house.baseUrl).port), '127.0.0.1')
    socket.write(`GET /slow HTTP/1.1\r\nHost: localhost\r\nCookie: ${alice.cookieHeader()}\r\n\r\n`)
    await slowPage.reached.promise
    socket.destroy()
    await expect
      .poll(() => house.logged.map(line => JSON.parse(line)).find(({ path }) => path === '/slow'))
      .toMatchObject({ status: 'aborted' })
    slowPage.reply.resolve({ redirect: '/' })
  })

  test.for(['/health/live', '/health/ready', '/assets/site.css'])('for %s is quiet', async (path, { house }) => {
    const answer = await alice.get(path)
    await lastLineOf(house, answer).toMatchObject({ level: 20, path })
  })

  test('an address that is none is left out', async () => {
    await using proxied = await openHouse({ settings: { TRUST_PROXY: 'loopback' } })
    const visitor = await proxied.visitor('alice', { signIn: false })
    await visitor.get('/x', { headers: { 'X-Forwarded-For': '203.0.113.7' } })
    await visitor.get('/y', { headers: { 'X-Forwarded-For': canary } })
    const lineOf = (path: string) => proxied.logged.map(line => JSON.parse(line)).find(line => line.path === path)
    await expect.poll(() => lineOf('/y')).toBeDefined()
    expect(lineOf('/x').address).toBe('203.0.113.7')
    expect(lineOf('/y')).not.toHaveProperty('address')
  })
})

function raw(house: House, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect(Number(new URL(house.baseUrl).port), '127.0.0.1', () => socket.write(request))
    socket.on('data', chunk => {
      text += chunk
    })
    socket.once('end', () => resolve(text)).once('error', reject)
  })
}

describe('the acts of people in the log', () => {
  const alicesId = (house: House) => house.tenant.people.find(({ key }) => key === 'alice')?.oid
  const eventsAfter = async (house: House, act: () => Promise<unknown>) => {
    const before = house.logged.length
    await act()
    return house.logged.slice(before).map(line => JSON.parse(line))
  }

  test('signing in, with who and whether they are a member', async ({ house }) => {
    expect(await eventsAfter(house, () => alice.signIn('/'))).toContainEqual(
      expect.objectContaining({ event: 'signed-in', oid: alicesId(house), member: true }),
    )
  })

  test('signing out', async ({ house }) => {
    await alice.signIn('/')
    expect(await eventsAfter(house, () => alice.post('/auth/sign-out'))).toContainEqual(
      expect.objectContaining({ event: 'signed-out', oid: alicesId(house) }),
    )
  })

  test('a refusal, with its reason', async ({ house }) => {
    const oskar = await house.visitor('oskar')
    expect(await eventsAfter(house, () => oskar.get('/'))).toContainEqual(
      expect.objectContaining({ event: 'refused', reason: 'not-a-member' }),
    )
  })

  test('a failed sign-in names the claim that was wrong', async ({ house }) => {
    house.tenant.set({ lie: { oid: 'x' } })
    expect(await eventsAfter(house, () => alice.signIn('/'))).toContainEqual(
      expect.objectContaining({
        event: 'problem',
        code: 'sign-in-not-proven',
        error: expect.objectContaining({ cause: expect.objectContaining({ type: 'ClaimError', code: 'oid' }) }),
      }),
    )
  })
})

describe('of an error the log says', () => {
  test('its type, its code and where it happened; never its message or what else it carries', () => {
    const error = Object.assign(new TypeError(`${canary}\n    at ${canary}`), {
      code: 'ERR_X',
      command: { args: [canary] },
      [canary]: canary,
    })
    const fields = errorFields(error)
    expect(fields).toMatchObject({ type: 'TypeError', code: 'ERR_X' })
    expect(fields.stack).toEqual(expect.arrayContaining([expect.stringContaining('observability.test.ts')]))
    expect(JSON.stringify(fields)).not.toContain(canary)
  })

  test('the causes of an error are written with the same care', () => {
    const cause = Object.assign(new Error(canary), { code: 'ECONNREFUSED' })
    const fields = errorFields(new Problem('redis-away', { cause }))
    expect(fields).toMatchObject({
      type: 'Problem',
      code: 'redis-away',
      cause: { type: 'Error', code: 'ECONNREFUSED' },
    })
    expect(JSON.stringify(fields)).not.toContain(canary)
  })

  test.each([canary, { canary }, [canary], undefined, null, 1])('only what kind of thing it is, of %j', thrown => {
    expect(errorFields(thrown)).toEqual({ type: typeof thrown })
  })

  test('nothing of a cause that is no error', () => {
    expect(JSON.stringify(errorFields(new Error('x', { cause: { token: canary } })))).not.toContain(canary)
  })

  test('an error that causes itself does not send the log round for ever', () => {
    const error = new Error('x')
    error.cause = error
    expect(JSON.stringify(errorFields(error)).length).toBeLessThan(20_000)
  })

  test.each<[string, unknown, unknown]>([
    [
      'what Microsoft needs to look it up',
      {
        error: 'invalid_grant',
        suberror: 'bad_token',
        error_codes: [50173],
        trace_id: '0d92f7b4-51c3-4e8f-a7d6-3b9c1e5f8a42',
        correlation_id: '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05',
        error_description: canary,
        claims: canary,
      },
      {
        error: 'invalid_grant',
        suberror: 'bad_token',
        aadsts: [50173],
        traceId: '0d92f7b4-51c3-4e8f-a7d6-3b9c1e5f8a42',
        correlationId: '5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05',
      },
    ],
    [
      'nothing that is not of its kind',
      {
        error: canary,
        suberror: [canary],
        error_codes: [canary, 1.5, 7],
        trace_id: canary,
        correlation_id: { canary },
      },
      { aadsts: [7] },
    ],
    ['nothing of another shape', { error_description: canary }, undefined],
  ])('of an answer of Entra: %s', (_what, cause, entra) => {
    expect(errorFields(new Error(canary, { cause })).entra).toEqual(entra)
  })
})

// The last one: it takes Redis away for good.
test('with Redis down nothing secret is in the log either, and people are told so', async ({ house }) => {
  await alice.signIn('/')
  const back = await wayBack(house, await house.visitor('alice', { signIn: false }))
  remember(alice.cookies().get('gatehouse'), sessionIdOf(alice), back.searchParams.get('code'))
  await house.server.stop()
  const before = house.logged.length
  await expect.poll(async () => (await alice.get('/')).status).toBe(503)
  expect((await alice.post('/auth/sign-out')).status).toBe(503)
  expect((await alice.get(back.href)).status).toBe(503)
  const lines = house.logged.slice(before)
  expect(lines.join('\n')).toContain('redis-away')
  expect(leaksIn(lines)).toEqual([])
})
