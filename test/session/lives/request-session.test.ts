import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type ErrorRequestHandler, type NextFunction, type Request, type Response } from 'express'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Secret } from '../../../src/config/secret.ts'
import { createCookies } from '../../../src/session/cookies.ts'
import { createRequestSession } from '../../../src/session/lives/request-session.ts'
import type { SessionRecord } from '../../../src/session/record/record.ts'
import { createSeal } from '../../../src/session/sealing/seal.ts'
import { recordAt } from '../../support/alice.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const record = recordAt(now)

let ofRequest: ReturnType<typeof openSessions>
/** The commands that Redis was given, with their keys. */
let commands: unknown[][]
/** The sessions in Redis, by their keys. */
let texts: Map<string, string>
let touched: unknown[][]
let failing: Error | undefined
let isOver: boolean
/** The record that Redis has when it is asked once more. */
let latest: SessionRecord | undefined
beforeEach(() => {
  commands = []
  texts = new Map()
  touched = []
  failing = undefined
  isOver = false
  latest = undefined
  ofRequest = openSessions()
})

/** Sessions over a Redis that is a map. */
function openSessions() {
  const client = {
    async get(key: string) {
      if (failing) throw failing
      commands.push(['get', key])
      return texts.get(key) ?? null
    },
    async set(key: string, text: string, ...life: unknown[]) {
      commands.push(['set', key, ...life])
      texts.set(key, text)
    },
    expire: async (key: string) => void commands.push(['expire', key]),
  }
  return createRequestSession({
    clock: () => new Date(now),
    client,
    prefix: 'test:session:',
    cookies: createCookies('http://localhost'),
    seal: createSeal([new Secret('test-0123456789-abcdefghij-KLMNOP')]),
    records: new WeakMap(),
    lifetimes: { ttlSeconds: (found?: SessionRecord) => (found ? 9 : 1), isPast: () => isOver },
    byId: { read: async () => latest },
    touch: (...args: unknown[]) => touched.push(args),
  } as never)
}

/** The act of a request on its session, by the path of the request. The answer is the record that the request has then. */
const acts: Record<string, (request: Request) => void | Promise<void>> = {
  '/look': () => {},
  '/begin': ({ session }) =>
    new Promise((resolve, reject) => {
      session.record = record
      session.save(error => (error ? reject(error) : resolve()))
    }),
  '/begin-ahead': request => {
    request.session.record = { ...record, lastSeenAt: now + 30_001 }
  },
  '/begin-just-ahead': request => {
    request.session.record = { ...record, lastSeenAt: now + 30_000 }
  },
  '/reload': request => ofRequest.reload(request),
  '/reload-when-over-and-again': async request => {
    await ofRequest.reload(request)
    latest = record
    await ofRequest.reload(request)
  },
  '/forget': request => ofRequest.forget(request),
}
const problems: ErrorRequestHandler = (thrown, _request, response, _next) =>
  void response.status(500).json({ code: thrown.code, cause: thrown.cause?.message })

let server: Server
let origin: string
beforeAll(async () => {
  const app = express()
    .use(
      (request: Request, response: Response, next: NextFunction) => void ofRequest.middleware(request, response, next),
    )
    .use(async (request: Request, response: Response) => {
      await acts[request.path]?.(request)
      response.json({ record: ofRequest.recordOf(request) })
    }, problems)
  server = createServer(app).listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

async function visit(path: string, cookie = '') {
  const answer = await fetch(origin + path, { headers: { cookie } })
  return { answer: (await answer.json()) as object, cookies: answer.headers.getSetCookie() }
}

/** The cookie of a session that began with this request, of which nothing is written down yet. */
async function begun(path = '/begin'): Promise<string> {
  const [cookie = ''] = (await visit(path)).cookies
  commands.length = 0
  return cookie.split(';')[0] ?? ''
}

describe('a visit of nobody', () => {
  test('has no record', async () => {
    expect((await visit('/look')).answer).toEqual({})
  })

  test('gets no cookie', async () => {
    expect((await visit('/look')).cookies).toEqual([])
  })

  test('asks nothing of Redis', async () => {
    await visit('/look')
    expect(commands).toEqual([])
  })
})

describe('a session that is saved', () => {
  test('is kept under its own key for as long as its lifetimes say', async () => {
    await visit('/begin')
    expect(commands).toContainEqual(['set', expect.stringMatching(/^test:session:[\w-]{32}$/), 'EX', 9])
  })

  test('gives the browser a cookie that ends with it, for this host and for no script', async () => {
    const { cookies } = await visit('/begin')
    expect(cookies).toEqual([expect.stringMatching(/^gatehouse=s%3A[\w-]{32}\.\S+; Path=\/; HttpOnly; SameSite=Lax$/)])
  })
})

describe('a later request of a session', () => {
  test('has its record', async () => {
    expect((await visit('/look', await begun())).answer).toEqual({ record })
  })

  test('touches it', async () => {
    await visit('/look', await begun())
    expect(touched).toEqual([[expect.stringMatching(/^[\w-]{32}$/), record, '127.0.0.1']])
  })

  test('only reads it', async () => {
    await visit('/look', await begun())
    expect(commands.map(([name]) => name)).toEqual(['get'])
  })

  test('gets no cookie once more', async () => {
    expect((await visit('/look', await begun())).cookies).toEqual([])
  })

  test('has no record once it forgot it', async () => {
    expect((await visit('/forget', await begun())).answer).toEqual({})
  })

  test('has the newest record once it was reloaded', async () => {
    latest = { ...record, browser: 'changed meanwhile' }
    expect((await visit('/reload', await begun())).answer).toEqual({ record: latest })
  })

  test('has no record once it was reloaded and the session is over', async () => {
    expect((await visit('/reload', await begun())).answer).toEqual({})
  })

  test('does not get back by another look a session that was over at the first', async () => {
    expect((await visit('/reload-when-over-and-again', await begun())).answer).toEqual({})
  })

  test('has no record once it was reloaded when it had none before', async () => {
    latest = record
    expect((await visit('/reload')).answer).toEqual({})
  })
})

describe('a session lets nobody in', () => {
  const inside = async (path: string) => {
    const { answer } = await visit('/look', await begun(path))
    return { isIn: 'record' in answer, isTouched: touched.length > 0 }
  }

  test('that is dated further ahead than clocks may differ', async () => {
    expect(await inside('/begin-ahead')).toEqual({ isIn: false, isTouched: false })
  })

  test('when its time is up', async () => {
    isOver = true
    expect(await inside('/begin')).toEqual({ isIn: false, isTouched: false })
  })

  test('but lets them in when it is ahead by no more than clocks may differ', async () => {
    expect(await inside('/begin-just-ahead')).toEqual({ isIn: true, isTouched: true })
  })

  test('that only another release can read, and does not fail', async () => {
    const cookie = await begun()
    for (const key of texts.keys()) texts.set(key, JSON.stringify({ cookie: {}, isUnread: true }))
    expect((await visit('/look', cookie)).answer).toEqual({})
  })
})

describe('a request fails where Redis is away', () => {
  test('with the reason', async () => {
    const cookie = await begun()
    failing = new Error('lost')
    expect((await visit('/look', cookie)).answer).toEqual({ code: 'redis-away', cause: 'lost' })
  })

  test('and express-session went on without a session: that is never nobody', () => {
    expect(() => ofRequest.recordOf({} as Request)).toThrow(expect.objectContaining({ code: 'redis-away' }))
  })
})
