import type { Express } from 'express'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { managedGroups } from '../infra/tenant/directory/managed.ts'
import { endings } from '../src/endings.ts'
import { Problem } from '../src/errors.ts'
import { gatesOf } from '../src/gate/decide.ts'
import { pages } from '../src/pages.ts'
import { get, type Page, post, redirect, view } from '../src/web/page.ts'
import { mine, now, openHandMade, waitingOne } from './support/hand-made.ts'
import { type House, openHouse } from './support/house.ts'
import { testIn } from './support/test-in.ts'
import type { Answer, Visitor } from './support/visitor.ts'

/** The work of a developer who adds a page: a controller with an existing view, and one line. Nothing else. */
const added: readonly Page[] = await Promise.all([
  get(
    '/reports',
    'members',
    controller(() => view('notice', 'Reports', notice)),
  ),
  post(
    '/reports/:id/close',
    'members',
    controller(() => redirect('/reports')),
  ),
  // Pages answer an id that is not there, and an empty form, as they see fit.
  get(
    '/reports/:id',
    'members',
    controller(() => {
      throw new Problem('not-found')
    }),
  ),
  post(
    '/reports',
    'members',
    controller(() => view('notice', 'Reports', notice, { status: 422 })),
  ),
  // Pages of the administration: for those who read, and an act with its fresh check.
  get(
    '/people-of-tests',
    ['administrators', 'auditors'],
    controller(() => view('notice', 'Reports', notice)),
    { part: 'administration' },
  ),
  post(
    '/people-of-tests',
    'administrators',
    controller(() => redirect('/people-of-tests')),
    { part: 'administration', stepUp: 'administrators' },
  ),
  // Pages ask for an authentication context of their own.
  ...(await Promise.all(
    [get, post].map(line =>
      line(
        '/large-reports',
        'members',
        controller(() => redirect('/reports')),
        { stepUp: { context: 'c2' } },
      ),
    ),
  )),
])
const notice = {
  title: 'Reports',
  detail: 'All is well.',
  act: { label: 'Start', href: '/' },
  returnTo: '/',
  reference: '',
}

function controller(visit: ReturnType<Page['create']>) {
  return Promise.resolve({ default: () => visit })
}

const lineOf = ({ method, path }: Page) => `${method} ${path}`

/** The lines whose controllers ran since the last request was sent. */
const reached: string[] = []
/** The same page; it is noted when its controller runs. */
const noted = (page: Page): Page => ({
  ...page,
  create: services => {
    const answer = page.create(services)
    return visit => {
      reached.push(lineOf(page))
      return answer(visit)
    }
  },
})

/** The house with every part on, and self-service made by hand: a page is asked for, nobody's access is changed. */
let site: Awaited<ReturnType<typeof openHandMade>>
const people = {} as Record<'nobody' | 'outsider' | 'unknown' | 'member', Visitor>
/** No policy protects the context c3, so whoever is asked for it meets it at once. */
const administration = {
  ADMIN_GROUP_ID: managedGroups.administrators,
  AUDITOR_GROUP_ID: managedGroups.auditors,
  ADMIN_AUTH_CONTEXT_ID: 'c3',
}
const test = testIn({ settings: { PIM_SELF_SERVICE: 'on', ...administration } })
test.beforeAll(async ({ house }) => {
  site = await openHandMade(house, { table: [...pages, ...added].map(noted) })
  site.say({ one: async () => waitingOne, mine: async () => ({ ...mine, on: { from: now, always: false } }) })
  // Nobody can tell of someone in more groups than a token lists.
  house.tenant.set({ graphError: { what: '503', where: 'check' } })
  people.nobody = await house.visitor('alice', { signIn: false })
  people.outsider = await house.visitor('oskar')
  people.unknown = await house.visitor('mona')
  // A member at each gate that a page may name.
  for (const group of ['operators', 'administrators', 'auditors'] as const)
    house.tenant.assign('alice', { minutes: 60, reason: 'The pages of this gate', group })
  people.member = await house.visitor('alice')
  await people.member.follow(site.at('/people-of-tests'))
})
afterAll(() => site[Symbol.asyncDispose]())

/** Asks as the page is asked for: a navigation, or an empty form of one of our pages. */
function visit({ method }: Page, visitor: Visitor, path: string): Promise<Answer> {
  reached.length = 0
  return method === 'get' ? visitor.get(site.at(path)) : visitor.post(site.at(path))
}
/** Asks as a script does. */
function call({ method }: Page, visitor: Visitor, path: string): Promise<Answer> {
  reached.length = 0
  return visitor.send(method, site.at(path), {
    headers: { Accept: 'application/json', 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Site': 'same-origin' },
  })
}

/** The statuses with which a page answers: shown, gone on, no such id, a form with faults. The gate has others: 302, 401, 403, 503. */
const statusesOfPages = [200, 303, 404, 422]
/** Exactly how the pages of this house answer here. A page that is added needs no line. */
const ownStatuses: Record<string, number> = {
  'get /': 200,
  'get /sessions': 200,
  'post /sessions/end': 303,
  // A form that leads to Entra is answered with a page that goes on there.
  'post /check-again': 200,
  'get /access': 200,
  'post /access': 303,
  'get /access/turning-on': 200,
  'get /access/turning-on/state': 200,
  'post /access/cancel': 303,
  'get /access/end': 200,
  'post /access/end': 303,
  'post /access/extend': 303,
  'get /approvals': 200,
  'get /approvals/:id': 200,
  'post /approvals/:id': 303,
}

/** Past the gate: the page's own controller ran, and the answer is one that the gate never gives. Its status is the page's affair. */
function expectPassed(page: Page, { status }: Answer) {
  expect(reached).toEqual([lineOf(page)])
  expect(statusesOfPages).toContain(status)
  const exactly = ownStatuses[lineOf(page)]
  if (exactly !== undefined) expect(status).toBe(exactly)
}
/** The gates of a page, as people read them. */
const titlesOf = ({ requirement }: Page) => gatesOf(requirement).map(name => site.titleOf(name))
const expectNotReached = () => expect(reached).toEqual([])

function expectProblem(answer: Answer, status: number, code: string) {
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(JSON.parse(answer.text ?? '')).toMatchObject({ status, code })
}

for (const page of [...pages, ...added]) {
  const { method, path, requirement } = page
  const at = path.replace(':id', '7')
  describe(`${method} ${path}, for ${requirement.audience}`, () => {
    if (method === 'get')
      test('sends an anonymous visitor to sign in, and back here afterwards', async () => {
        const answer = await visit(page, people.nobody, `${at}?tab=2`)
        expectNotReached()
        expect(answer.status).toBe(302)
        expect(answer.headers.location).toBe(`/auth/sign-in?returnTo=${encodeURIComponent(`${at}?tab=2`)}`)
      })
    else
      test('answers an anonymous form with 401', async () => {
        expectProblem(await visit(page, people.nobody, at), 401, 'not-signed-in')
        expectNotReached()
      })
    test('answers an anonymous script with 401', async () => {
      expectProblem(await call(page, people.nobody, at), 401, 'not-signed-in')
      expectNotReached()
    })
    if (requirement.stepUp)
      test('asks a member for the authentication context first', async () => {
        const answer = await visit(page, people.member, at)
        expect(answer.status).toBe(method === 'get' ? 302 : 403)
        expectNotReached()
        expectProblem(await call(page, people.member, at), 403, 'auth-context-missing')
        expectNotReached()
      })
    else
      test('lets a member in', async () => {
        expectPassed(page, await visit(page, people.member, at))
      })

    if (requirement.audience === 'signed-in') {
      for (const who of ['outsider', 'unknown'] as const)
        test(`lets someone in who is only signed in (${who})`, async () => {
          const answer = await visit(page, people[who], at)
          if (requirement.stepUp) expectNotReached()
          else expectPassed(page, answer)
        })
      return
    }

    test('refuses an outsider', async () => {
      const answer = await visit(page, people.outsider, at)
      expectNotReached()
      expect(answer.status).toBe(403)
      expect(answer.headers.location).toBeUndefined()
      expect(answer.text.includes('We kept what you typed')).toBe(method === 'post')
      expect(answer.text).toContain('action="/check-again"')
      expect(titlesOf(page).some(title => answer.text.includes(title))).toBe(true)
    })
    test('refuses the script of an outsider', async () => {
      expectProblem(await call(page, people.outsider, at), 403, 'not-a-member')
      expectNotReached()
    })
    test('refuses while membership cannot be told, and says when to ask again', async () => {
      const answer = await visit(page, people.unknown, at)
      expectNotReached()
      expect(answer.status).toBe(503)
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
      if (method === 'get') expect(answer.text).toContain(`<h1>${endings['membership-unknown'].title}</h1>`)
      else expectProblem(answer, 503, 'membership-unknown')
    })
    test('refuses a script while membership cannot be told', async () => {
      const answer = await call(page, people.unknown, at)
      expectNotReached()
      expectProblem(answer, 503, 'membership-unknown')
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    })
  })
}

test('every page is listed once', () => {
  const lines = pages.map(lineOf)
  expect(lines).toEqual([...new Set(lines)])
})

test('every route begins by looking at its verb and asking the gate', () => {
  const beginnings = routesOf(site.app).map(({ route }) => route.stack.slice(0, 2).map(({ name }) => name))
  const kept = [...pages, ...added].filter(
    ({ method, requirement: { audience } }) => method === 'post' && audience !== 'signed-in',
  )
  expect(beginnings).toEqual([...pages, ...added, ...kept].map(() => ['only', 'guard']))
})

type Step = { name: string; handle: { stack: { route: { stack: { name: string }[] } }[] } }
/** The routes that were made of the page table. */
const routesOf = (app: Express) =>
  (app.router.stack as unknown as Step[]).find(({ name }) => name === 'routes')?.handle.stack ?? []

describe('with PIM_SELF_SERVICE off', () => {
  const own = pages.filter(({ part }) => part === 'self-service')
  let closed: House
  beforeAll(async () => {
    closed = await openHouse()
  })
  afterAll(() => closed[Symbol.asyncDispose]())

  test.each(own)('there is no $method $path', async ({ method, path }) => {
    const alice = await closed.visitor('alice')
    const answer = method === 'get' ? await alice.get(path) : await alice.post(path)
    expect(answer.status).toBe(404)
  })
  test('a form of somebody who is not in is answered with a problem, and nothing is kept', async () => {
    const answer = await (await closed.visitor('oskar')).post('/sessions/end', { which: 'all' })
    expectProblem(answer, 403, 'not-a-member')
    expect(await closed.redis.keys(`${closed.prefix}draft:*`)).toEqual([])
  })
})
