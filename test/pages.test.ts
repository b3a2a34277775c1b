import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endings } from '../src/errors.ts'
import { pages } from '../src/pages.ts'
import { get, type Page, post, redirect, view } from '../src/web/page.ts'
import { type House, openHouse } from './support/house.ts'
import type { Answer, Visitor } from './support/visitor.ts'

/** What a developer would add: one controller with a view there is, one line. Nothing else. */
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

let house: House
const people = {} as Record<'nobody' | 'outsider' | 'unknown' | 'member', Visitor>
beforeAll(async () => {
  house = await openHouse({ pages: [...pages, ...added] })
  people.nobody = await house.visitor('alice', { signIn: false })
  people.outsider = await house.visitor('oskar')
  people.unknown = await house.visitor('mona')
  people.member = await house.visitor('alice')
})
afterAll(() => house[Symbol.asyncDispose]())

/** Asks as the page is asked for: a navigation, or a form of one of our pages. */
const visit = ({ method }: Page, visitor: Visitor, path: string): Promise<Answer> =>
  method === 'get' ? visitor.get(path) : visitor.post(path)
/** Asks as a script does. */
const call = ({ method }: Page, visitor: Visitor, path: string): Promise<Answer> =>
  visitor.send(method, path, {
    headers: { Accept: 'application/json', 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Site': 'same-origin' },
  })

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
        expect(answer.status).toBe(302)
        expect(answer.headers.location).toBe(`/auth/sign-in?returnTo=${encodeURIComponent(`${at}?tab=2`)}`)
      })
    else
      test('answers an anonymous form with 401', async () => {
        expectProblem(await visit(page, people.nobody, at), 401, 'not-signed-in')
      })
    test('answers an anonymous script with 401', async () => {
      expectProblem(await call(page, people.nobody, at), 401, 'not-signed-in')
    })
    test('lets a member in', async () => {
      expect((await visit(page, people.member, at)).status).toBe(method === 'get' ? 200 : 303)
    })

    if (requirement.audience === 'signed-in') {
      for (const who of ['outsider', 'unknown'] as const)
        test(`lets someone in who is only signed in (${who})`, async () => {
          expect((await visit(page, people[who], at)).status).toBe(method === 'get' ? 200 : 303)
        })
      return
    }

    test('refuses an outsider', async () => {
      const answer = await visit(page, people.outsider, at)
      if (method === 'post') return expectProblem(answer, 403, 'not-a-member')
      expect(answer.status).toBe(403)
      expect(answer.headers.location).toBeUndefined()
      expect(answer.text).toContain('action="/check-again"')
      expect(answer.text).toContain('Payments administrators')
    })
    test('refuses the script of an outsider', async () => {
      expectProblem(await call(page, people.outsider, at), 403, 'not-a-member')
    })
    test('refuses while membership cannot be told, and says when to ask again', async () => {
      const answer = await visit(page, people.unknown, at)
      expect(answer.status).toBe(503)
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
      if (method === 'get') expect(answer.text).toContain(`<h1>${endings['membership-unknown'].title}</h1>`)
      else expectProblem(answer, 503, 'membership-unknown')
    })
    test('refuses a script while membership cannot be told', async () => {
      const answer = await call(page, people.unknown, at)
      expectProblem(answer, 503, 'membership-unknown')
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
    })
  })
}

test('every page is listed once', () => {
  const lines = pages.map(({ method, path }) => `${method} ${path}`)
  expect(lines).toEqual([...new Set(lines)])
})

test('every route begins by looking at its verb and asking the gate', () => {
  const table = house.app.router.stack[10] as unknown as {
    handle: { stack: { route: { stack: { name: string }[] } }[] }
  }
  const beginnings = table.handle.stack.map(({ route }) => route.stack.map(({ name }) => name)[1])
  expect(beginnings).toEqual([...pages, ...added].map(() => 'guard'))
})
