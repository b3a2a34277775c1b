import { fileURLToPath } from 'node:url'
import type { Express, RequestHandler } from 'express'
import request from 'supertest'
import { describe, expect, test } from 'vitest'
import { createApp } from '../src/app.ts'
import { createGates } from '../src/gate/gates.ts'
import { createGuard } from '../src/gate/guard.ts'
import type { Standing } from '../src/gate/standing.ts'
import { createLog } from '../src/observability.ts'
import type { GateRecord } from '../src/session/record/at-gate.ts'
import type { Membership } from '../src/session/record/membership.ts'
import { get, type Page, view } from '../src/web/page.ts'
import { staircase } from './staircase.ts'
import { aliceAtMembers, aliceRecord, madeNow } from './web/made-request.ts'
import { madeNeeds } from './web/sign-in/made-sign-in.ts'

const html = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'same-origin', host: 'localhost' }
const shown = view('notice', 'Made up', {
  title: 'Made up',
  detail: 'A page.',
  act: { label: 'Go', href: '/' },
  returnTo: '/',
  reference: undefined,
})

type Come = { isMember?: boolean; isSignedIn?: boolean; selfService?: boolean; trustProxy?: number; stepUp?: boolean }
type Options = NonNullable<Parameters<typeof createApp>[1]>

/** The application over made-up parts, with a small table of pages. */
async function appOf(come: Come = {}, options: Options = {}) {
  const { isMember = true, isSignedIn = true, selfService = false, trustProxy, stepUp = false } = come
  const { needs } = madeNeeds()
  const logged: string[] = []
  const recordOf = () => (isSignedIn ? aliceRecord : undefined)
  const membership = isMember
    ? ({ member: true, provenAt: madeNow } as const)
    : ({ member: false, provenAt: madeNow, reason: 'not-in-group' } as const)
  const config = {
    ...needs.config,
    baseUrl: 'http://localhost',
    trustProxy,
    gates: [{ name: 'members', title: 'Admins', groupId: 'group', selfService }],
    environment: { name: undefined, colour: undefined },
    membership: { recheckMs: 60_000, graceMs: 300_000 },
    session: { maxMs: 36_000_000 },
    pim: { selfService },
    graph: { notifications: true },
    cloud: { adminCenter: 'https://entra.example' },
  }
  const clock = () => new Date(madeNow)
  const withSession: RequestHandler = function sessions(asked, _response, next) {
    Object.assign(asked, { session: {}, sessionID: 'session-id' })
    next()
  }
  const gates = createGates([
    {
      name: 'members',
      title: 'Admins',
      settings: { selfService },
      standingOf: async (_id: string, record: GateRecord): Promise<Standing> => ({ record, membership }),
      known: (): Membership => membership,
      accessNow: () => ({ state: 'off' }),
      sessions: { read: async () => aliceAtMembers },
      news: { clientStates: () => ['secret'] },
    },
  ])
  const services = {
    ...needs,
    config,
    clock,
    log: createLog({ level: 'info', to: { write: (line: string) => void logged.push(line) } }),
    meter: { ...needs.meter, request: () => {} },
    guard: createGuard({
      config: config as never,
      clock,
      sessions: { recordOf, forget: () => {} },
      gates: gates as never,
    }),
    sessions: { ...needs.sessions, recordOf, read: async () => aliceRecord, middleware: withSession },
    gates,
    presence: { isThere: async () => true, wasThere: () => true },
    oidc: { ...needs.oidc, isLoaded: () => true },
    counters: { count: async () => ({ count: 1, leftMs: 1_000 }) },
    selfService: [],
  }
  const requirement = { ...(stepUp && { stepUp: { context: 'c1' } }) }
  const table: Page[] = [
    await get('/', 'members', Promise.resolve({ default: () => () => shown }), requirement),
    await get('/open', 'signed-in', Promise.resolve({ default: () => () => shown })),
    await get('/part', 'members', Promise.resolve({ default: () => () => shown }), { part: 'self-service' }),
  ]
  return { app: createApp(services as never, { table, ...options }), logged }
}
const ask = async (path: string, come: Come = {}, options: Options = {}) =>
  request((await appOf(come, options)).app)
    .get(path)
    .set(html)

const nameOf = ({ name }: { name: string }) => name

test('a request climbs these steps', async () => {
  const { router } = (await appOf()).app
  expect((router.stack as unknown as { name: string }[]).map(nameOf)).toEqual(staircase)
})

describe('Express is told', () => {
  const told = async (setting: string, come?: Come) => ((await appOf(come)).app as Express).get(setting)
  test.each([
    ['env', 'production'],
    ['x-powered-by', false],
    ['etag', false],
    ['case sensitive routing', true],
    ['strict routing', true],
    ['view cache', true],
    ['query parser', 'simple'],
    ['trust proxy', false],
    ['view engine', 'ejs'],
  ])('%s = %s', async (setting, value) => {
    expect(await told(setting)).toBe(value)
  })
  test('where the views are, whatever the working directory', async () => {
    expect(await told('views')).toBe(fileURLToPath(new URL('../views/', import.meta.url)))
  })
  test('which proxy is trusted', async () => {
    expect(await told('trust proxy', { trustProxy: 2 })).toBe(2)
  })
})

describe('a person', () => {
  test('sees a page of the table', async () => {
    const { status, text } = await ask('/')
    expect([status, text.includes('A page.')]).toEqual([200, true])
  })
  test('sees no page of a part that is off', async () => {
    expect([(await ask('/part')).status, (await ask('/part', { selfService: true })).status]).toEqual([404, 200])
  })
  test('who is not signed in is led to sign in, whatever they ask for', async () => {
    for (const path of ['/', '/nothing']) {
      const { status, headers } = await ask(path, { isSignedIn: false })
      expect([status, headers.location?.split('?')[0]]).toEqual([302, '/auth/sign-in'])
    }
  })
  test('who is no member hears so, whatever they ask for', async () => {
    for (const path of ['/', '/nothing']) expect((await ask(path, { isMember: false })).status).toBe(403)
  })
  test('who is no member sees a page for all who are signed in', async () => {
    expect((await ask('/open', { isMember: false })).status).toBe(200)
  })
  test('who is a member hears what is not there', async () => {
    expect((await ask('/nothing')).status).toBe(404)
  })
  test('of whom a page wants a check is led to Entra for it', async () => {
    const { status, headers } = await ask('/', { stepUp: true })
    expect([status, headers.location]).toEqual([302, 'https://login.example/authorize'])
  })
  test('finds the doors open', async () => {
    expect((await ask('/auth/signed-out', { isSignedIn: false })).status).toBe(200)
  })
})

describe('a probe', () => {
  test('hears that the process is ready', async () => {
    expect((await ask('/health/ready')).status).toBe(200)
  })
  test('hears that the process is about to end', async () => {
    expect((await ask('/health/ready', {}, { isDraining: () => true })).status).toBe(503)
  })
})

test('another host is refused', async () => {
  expect(
    (
      await request((await appOf()).app)
        .get('/')
        .set({ ...html, host: 'evil.example' })
    ).status,
  ).toBe(421)
})

test('an address that comes too often is refused by the limits that are given', async () => {
  const limits = { 'sign-in': 0, callback: 0, 'sign-out': 0, hooks: 0 }
  expect((await ask('/auth/sign-in', {}, { limits })).status).toBe(429)
})

test('a context that a page of the table wants is named at start', async () => {
  const events = async (come: Come) => (await appOf(come)).logged.join('')
  expect(await events({ stepUp: true })).toContain('auth-contexts-in-use')
  expect(await events({})).not.toContain('auth-contexts-in-use')
})

test('an application whose page names a gate that no setting describes is not made, and the fault names the page', async () => {
  const table = [await get('/refunds', 'operators', Promise.resolve({ default: () => () => shown }))]
  await expect(appOf({}, { table })).rejects.toThrow('/refunds opens to the gate "operators"')
})
