import { connect } from 'node:net'
import { describe, expect, vi } from 'vitest'
import { endings } from '../../src/endings.ts'
import { Problem, type ProblemCode } from '../../src/errors.ts'
import { pages } from '../../src/pages.ts'
import { type Controller, get, type Page, view } from '../../src/web/page.ts'
import { type House, openHouse } from '../support/house.ts'
import { testIn } from '../support/test-in.ts'
import type { Answer, Visitor } from '../support/visitor.ts'
import { navigation, raw } from './raw.ts'

const made = (path: string, controller: Controller): Promise<Page> =>
  get(path, 'members', Promise.resolve({ default: () => controller }))
const throwing = (path: string, thrown: () => unknown) =>
  made(path, () => {
    throw thrown()
  })
const codes = Object.keys(endings) as ProblemCode[]

const secret = 'hunter2-in-a-message'
const bugs: [what: string, path: string][] = [
  ['a controller that throws', '/throws'],
  ['a controller whose promise fails', '/rejects'],
  ['a controller that throws what is no error', '/throws-text'],
  ['a controller that throws nothing at all', '/throws-nothing'],
  ['an error that calls itself a 404', '/throws-404'],
  ['an error that calls itself a 413', '/throws-413'],
  ['a view that lacks a value', '/lacks-a-value'],
  ['a view that there is not', '/lacks-a-view'],
  ['a controller that returns nothing', '/returns-nothing'],
]

let alice: Visitor
const test = testIn(async () => {
  const table = await Promise.all([
    throwing('/throws', () => new Error(secret, { cause: new TypeError(secret) })),
    made('/rejects', () => Promise.reject(new Error(secret))),
    throwing('/throws-text', () => secret),
    throwing('/throws-nothing', () => undefined),
    throwing('/throws-404', () => Object.assign(new Error(secret), { status: 404, statusCode: 404, expose: true })),
    throwing('/throws-413', () => Object.assign(new Error(secret), { status: 413, headers: { 'X-Leak': secret } })),
    made('/lacks-a-value', () => view('home', secret, {})),
    made('/lacks-a-view', () => view(secret, 'Title', {})),
    made('/returns-nothing', () => undefined as never),
    ...codes.map(code => throwing(`/problem/${code}`, () => new Problem(code, { cause: new Error(secret) }))),
  ])
  return openHouse({ pages: [...pages, ...table] })
})
test.beforeAll(async ({ house }) => {
  alice = await house.visitor('alice')
})

const logOf = (house: House, { headers }: Pick<Answer, 'headers'>) =>
  house.logged.map(line => JSON.parse(line)).filter(line => line.reference === headers['x-request-id'])

describe.each(codes)('%s', code => {
  const { status, title, detail } = endings[code]

  test('is a problem for a script, with the reference of the answer', async () => {
    const answer = await alice.fetch(`/problem/${code}`)
    expect(answer.status).toBe(status)
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
    expect(JSON.parse(answer.text)).toEqual({
      type: `urn:gatehouse:problem:${code}`,
      title,
      status,
      detail,
      code,
      reference: answer.headers['x-request-id'],
    })
  })

  test('says when to ask again where that helps, and only there', async () => {
    const answer = await alice.fetch(`/problem/${code}`)
    expect(answer.headers['retry-after'] !== undefined).toBe(status === 503)
  })

  // Two have a better page than a notice: the way to sign in, and the refused page.
  if (!['not-signed-in', 'not-a-member', 'access-ended'].includes(code))
    test('is a page for a person: what it is, what to do, the reference', async () => {
      const answer = await alice.get(`/problem/${code}`)
      expect(answer.status).toBe(status)
      expect(answer.text).toContain(`<h1>${title}</h1>`)
      expect(answer.text).toContain(endings[code].act.label)
      expect(answer.text).toContain(answer.headers['x-request-id'])
      expect(answer.text).toContain('action="/auth/sign-out"')
    })

  test('is in the log with its code, and what caused it is only there', async ({ house }) => {
    const answer = await alice.get(`/problem/${code}`)
    expect(answer.text).not.toContain(secret)
    if (['not-signed-in', 'not-a-member', 'access-ended'].includes(code)) return
    expect(logOf(house, answer)).toContainEqual(
      expect.objectContaining({ event: 'problem', code, level: status >= 500 ? 50 : 30 }),
    )
  })
})

describe.each(bugs)('%s', (_what, path) => {
  test('is a 500 page with a reference', async () => {
    const answer = await alice.get(path)
    expect(answer.status).toBe(500)
    expect(answer.text).toContain(`<h1>${endings.unexpected.title}</h1>`)
    expect(answer.text).toContain(answer.headers['x-request-id'])
  })

  test('tells a script no more', async () => {
    const answer = await alice.fetch(path)
    expect(answer.status).toBe(500)
    expect(JSON.parse(answer.text)).toMatchObject({ status: 500, code: 'unexpected' })
  })

  test('says nothing of what went wrong', async () => {
    for (const answer of [await alice.get(path), await alice.fetch(path)])
      expect(answer.text + JSON.stringify(answer.headers)).not.toMatch(
        new RegExp(`${secret}|\\.ts\\b|\\.ejs|node_modules| at `),
      )
  })

  test('is logged as our fault', async ({ house }) => {
    expect(logOf(house, await alice.get(path))).toContainEqual(
      expect.objectContaining({ event: 'problem', code: 'unexpected', level: 50 }),
    )
  })
})

test('the log has the place where a bug is, but not its message', async ({ house }) => {
  const [line] = logOf(house, await alice.get('/throws')).filter(({ event }) => event === 'problem')
  expect(line.error.cause.stack[0]).toMatch(/^at .*error-page\.test\.ts/)
  expect(line.error.cause.cause.type).toBe('TypeError')
  expect(house.logged.join('')).not.toContain(secret)
})

test('a member who misspells an address meets a page', async () => {
  const answer = await alice.get('/sesions')
  expect(answer.status).toBe(404)
  expect(answer.text).toContain(`<h1>${endings['not-found'].title}</h1>`)
})

test('an answer that has begun and fails is cut off, and nobody else notices', async () => {
  using printed = vi.spyOn(console, 'error')
  await using other = await openHouse()
  const cookie = (await other.visitor('alice')).cookieHeader()
  other.app.get('/late', async (_request, response) => {
    await new Promise(written => response.write('the beginning', written))
    throw new Error('too late')
  })
  const stack = other.app.router.stack
  stack.splice(-3, 0, ...stack.splice(-1))
  const text = await new Promise<string>((resolve, reject) => {
    let heard = ''
    const socket = connect(Number(new URL(other.baseUrl).port), '127.0.0.1', () =>
      socket.write(`GET /late HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`),
    )
    socket.on('data', chunk => {
      heard += chunk
    })
    socket.on('error', reject)
    socket.on('close', () => resolve(heard))
  })
  expect(text).toMatch(/^HTTP\/1\.1 200/)
  // The last chunk of a whole answer would be an empty one.
  expect(text).not.toMatch(/0\r\n\r\n$/)
  expect(text).not.toContain('Something went wrong')
  // Express would print the message and the stack, past our log.
  expect(printed).not.toHaveBeenCalled()
  const after = await raw(other.baseUrl, { headers: { ...navigation, Cookie: cookie } })
  expect(after.status).toBe(200)
})
