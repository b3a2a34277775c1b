import type { Request, RequestHandler, Response } from 'express'
import request from 'supertest'
import { describe, expect, test, vi } from 'vitest'
import { createPersonLimit, createRateLimits, defaultLimits } from '../../../src/web/entrance/rate-limit.ts'
import { admitting } from '../made-request.ts'
import { stepsAlone } from '../steps-alone.ts'

/** Counters that have come so far already, and hear of whom they count. */
function countersAt({ count = 0, leftMs = 42_500 } = {}) {
  const counted: unknown[] = []
  const counters = {
    count: async (name: string, windowMs: number) => {
      counted.push([name, windowMs])
      return { count: count + counted.length, leftMs }
    },
    localSize: () => 0,
  }
  return { counters, counted }
}
const doors = [
  ['get', '/auth/sign-in', 'sign-in'],
  ['get', '/auth/callback', 'callback'],
  ['post', '/auth/sign-out', 'sign-out'],
  ['get', '/auth/front-channel-logout', 'sign-out'],
  ['post', '/hooks/graph', 'hooks'],
] as const

test('the step has the name by which the staircase knows it', () => {
  expect(createRateLimits(countersAt()).name).toBe('rateLimits')
})

test('an office of 500 people behind one address signs in within a minute', () => {
  expect(Math.min(defaultLimits['sign-in'], defaultLimits.callback)).toBeGreaterThanOrEqual(500)
})

describe.each(doors)('%s %s', (method, path, limit) => {
  const from = (count: number) => {
    const { counters, counted } = countersAt({ count })
    return { app: stepsAlone(createRateLimits({ counters })), counted }
  }

  test('is counted by the minute, for the address that asks', async () => {
    const { app, counted } = from(0)
    expect((await request(app)[method](path)).status).toBe(299)
    expect(counted).toEqual([[expect.stringMatching(new RegExp(`^${limit}:(127\\.0\\.0\\.1|::/64)$`)), 60_000]])
  })

  test('is open as often as its limit says', async () => {
    expect((await request(from(defaultLimits[limit] - 1).app)[method](path)).status).toBe(299)
  })

  test('is closed to more', async () => {
    const { status, text } = await request(from(defaultLimits[limit]).app)[method](path)
    expect([status, text]).toEqual([499, 'too-many-requests'])
  })

  test('is the only verb that counts', async () => {
    const { app, counted } = from(0)
    await request(app).put(path)
    expect(counted).toEqual([])
  })
})

test('a limit may be another one', async () => {
  const limits = { ...defaultLimits, callback: 1 }
  const app = stepsAlone(createRateLimits(countersAt(), limits))
  await request(app).get('/auth/callback')
  expect((await request(app).get('/auth/callback')).text).toBe('too-many-requests')
})

describe('an address that comes too often', () => {
  const refusedWith = async (leftMs: number) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      return await request(stepsAlone(createRateLimits(countersAt({ count: 9_999, leftMs })))).get('/auth/sign-in')
    } finally {
      vi.useRealTimers()
    }
  }

  test('hears in how many whole seconds it may come again', async () => {
    expect((await refusedWith(42_500)).headers['retry-after']).toBe('43')
  })

  test('is never told to come again at once', async () => {
    expect((await refusedWith(0)).headers['retry-after']).toBe('1')
  })

  test('hears of no other limit', async () => {
    expect(Object.keys((await refusedWith(1_000)).headers).filter(name => name.includes('ratelimit'))).toEqual([])
  })
})

describe('a request is counted', () => {
  /** For whom the limit of the callback counts a request that came like this. */
  async function countedFor(come: { ip?: string; neighbour?: string }): Promise<unknown> {
    const { counters, counted } = countersAt()
    const router = createRateLimits({ counters }) as RequestHandler
    const asked = {
      method: 'GET',
      url: '/auth/callback',
      ip: come.ip,
      headers: {},
      query: {},
      app: { get: () => false },
    }
    const response = { setHeader: () => {}, getHeader: () => undefined, headersSent: false }
    await new Promise<void>(resolve => {
      const socket = { remoteAddress: come.neighbour }
      router({ ...asked, socket } as unknown as Request, response as unknown as Response, () => resolve())
    })
    return counted[0]
  }

  test.each([
    ['an IPv4 address', { ip: '198.51.100.1' }, '198.51.100.1'],
    ['an IPv4 address with its port', { ip: '198.51.100.1:50123' }, '198.51.100.1'],
    ['the /64 of an IPv6 address', { ip: '2001:db8:1:2:3::1' }, '2001:db8:1:2::/64'],
    [
      'the neighbour on the network where the proxy names no address',
      { ip: 'unknown', neighbour: '10.0.0.9' },
      '10.0.0.9',
    ],
    ['nobody where there is no address at all', {}, '0.0.0.0'],
  ])('for %s', async (_what, come, client) => {
    expect(await countedFor(come)).toEqual([`callback:${client}`, 60_000])
  })
})

describe('a person on the pages that ask Microsoft', () => {
  const from = (count: number, mostAMinute?: number) => {
    const { counters, counted } = countersAt({ count })
    return { app: stepsAlone(admitting(), createPersonLimit({ counters }, mostAMinute)), counted }
  }

  test('is counted by who they are, not by where they come from', async () => {
    const { app, counted } = from(0)
    await request(app).get('/access')
    expect(counted).toEqual([['self-service:alice-id', 60_000]])
  })

  test('may come ten times a second', async () => {
    expect((await request(from(599).app).get('/access')).status).toBe(299)
    expect((await request(from(600).app).get('/access')).text).toBe('too-many-requests')
  })
})
