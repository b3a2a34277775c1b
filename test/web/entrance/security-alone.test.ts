import request from 'supertest'
import { describe, expect, test } from 'vitest'
import {
  allowFramingBy,
  createSameOriginOnly,
  createSecurityHeaders,
  nowhere,
  pathsOnly,
  plainTargets,
} from '../../../src/web/entrance/security.ts'
import { stepsAlone } from '../steps-alone.ts'

const baseUrl = 'https://admin.contoso.example'

describe('every answer', () => {
  const securityHeaders = createSecurityHeaders()

  test('gets its headers from a step that has the name by which the staircase knows it', () => {
    expect(securityHeaders.name).toBe('securityHeaders')
  })

  test('carries these headers', async () => {
    const { status, headers } = await request(stepsAlone(securityHeaders)).get('/')
    expect([status, headers]).toEqual([
      299,
      expect.objectContaining({
        'cache-control': 'no-store',
        'permissions-policy': 'camera=(), geolocation=(), microphone=()',
        'content-security-policy':
          "default-src 'self';object-src 'none';base-uri 'none';frame-ancestors 'none';form-action 'self'",
        'strict-transport-security': 'max-age=63072000; includeSubDomains',
        'referrer-policy': 'same-origin',
        'x-frame-options': 'DENY',
        'x-content-type-options': 'nosniff',
      }),
    ])
  })

  test('may be framed by one origin where that is allowed, and then shows nothing else', async () => {
    const app = stepsAlone(securityHeaders, (_request, response, next) => {
      allowFramingBy('https://login.example', response)
      next()
    })
    const { headers } = await request(app).get('/')
    expect([headers['x-frame-options'], headers['content-security-policy']]).toEqual([
      undefined,
      "default-src 'none'; frame-ancestors https://login.example",
    ])
  })
})

describe('a target that is no path', () => {
  /** The path that the steps read for a request whose target is this. */
  function readAs(url: string | undefined): string | undefined {
    const seen: (string | undefined)[] = []
    const listener = {
      handle(this: unknown, asked: { url?: string }, ...rest: unknown[]) {
        expect([this, rest]).toEqual([listener, ['response', 'done']])
        seen.push(asked.url)
      },
    }
    const app = pathsOnly(listener as never) as unknown as typeof listener
    app.handle({ ...(url !== undefined && { url }) }, 'response', 'done')
    return seen[0]
  }

  test.each([
    ['*', '//*'],
    ['https://evil.example/', '//https://evil.example/'],
    [undefined, '//undefined'],
  ])('%s becomes an odd path', (url, path) => {
    expect(readAs(url)).toBe(path)
  })

  test('is no path that begins as paths do', () => {
    expect(readAs('/sessions')).toBe('/sessions')
  })
})

describe('the step that keeps targets plain', () => {
  const app = stepsAlone(plainTargets)

  test('has the name by which the staircase knows it', () => {
    expect(plainTargets.name).toBe('plainTargets')
  })

  test('leaves a plain path as it is', async () => {
    expect((await request(app).get('/sessions?x=1')).text).toBe('/sessions?x=1')
  })

  test('sends an odd path to where nothing listens', async () => {
    expect((await request(app).get('/a//b')).text).toBe(nowhere)
  })

  test('has a place where nothing listens that is a path of its own', () => {
    expect(nowhere).toMatch(/^\/[^/]+$/)
  })
})

describe('a change is taken only from our own pages', () => {
  const sameOriginOnly = createSameOriginOnly(baseUrl)
  const app = stepsAlone(sameOriginOnly)
  type Come = { site?: string; origin?: string }
  const ask = async (method: 'get' | 'head' | 'options' | 'post' | 'put', { site, origin }: Come) => {
    const headers = { ...(site !== undefined && { 'Sec-Fetch-Site': site }), ...(origin !== undefined && { origin }) }
    const { status, text } = await request(app)[method]('/').set(headers)
    return status === 299 ? 'taken' : text
  }

  test('by a step that has the name by which the staircase knows it', () => {
    expect(sameOriginOnly.name).toBe('sameOriginOnly')
  })

  test.each<[Come, string]>([
    [{ site: 'same-origin' }, 'taken'],
    [{ site: 'same-origin', origin: 'https://evil.example' }, 'taken'],
    [{ site: 'same-site', origin: baseUrl }, 'cross-site'],
    [{ site: 'cross-site' }, 'cross-site'],
    [{ site: 'none' }, 'cross-site'],
    [{ origin: baseUrl }, 'taken'],
    [{ origin: 'null' }, 'cross-site'],
    [{ origin: `${baseUrl}.evil.example` }, 'cross-site'],
    [{}, 'cross-site'],
  ])('a POST with %j: %s', async (come, answer) => {
    expect(await ask('post', come)).toBe(answer)
  })

  test.each<[Come, string]>([
    [{ site: 'same-origin' }, 'taken'],
    [{ site: 'cross-site' }, 'cross-site'],
    [{ origin: 'https://evil.example' }, 'cross-site'],
    [{}, 'taken'],
  ])('another verb, for which nothing listens, with %j: %s', async (come, answer) => {
    expect(await ask('put', come)).toBe(answer)
  })

  test.each(['get', 'options'] as const)('a link from elsewhere leads in by %s as ever', async method => {
    expect(await ask(method, { site: 'cross-site' })).toBe('taken')
  })

  test('a link from elsewhere leads in by HEAD as ever', async () => {
    expect((await request(app).head('/').set('Sec-Fetch-Site', 'cross-site')).status).toBe(299)
  })
})
