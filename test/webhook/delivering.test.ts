import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Secret } from '../../src/config/secret.ts'
import { createDelivering } from '../../src/webhook/delivering.ts'

const now = Date.parse('2026-03-02T12:00:00Z')
const secret = new Secret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
const message = { id: 'trail-x-7', body: '{"type":"audit.signedIn","reason":"für Ana"}' }

const received: { path: string | undefined; method: string | undefined; headers: IncomingHttpHeaders; body: string }[] =
  []
let answer: (response: ServerResponse) => void
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  received.push({
    path: request.url,
    method: request.method,
    headers: request.headers,
    body: Buffer.concat(chunks).toString(),
  })
  answer(response)
})
const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`
const send = (more: { fetch?: typeof fetch; path?: string } = {}) => {
  const { path = '/hook?token=7', ...rest } = more
  return createDelivering({ url: new Secret(at(path)), secrets: [secret], clock: () => new Date(now), ...rest })(
    message,
  )
}
beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => void server.close())
beforeEach(() => {
  received.length = 0
})

test('a message is posted as it is, as JSON, with its signature', async () => {
  answer = response => response.writeHead(204).end()
  expect(await send()).toEqual({ taken: true })
  const [{ path, method, headers, body } = {} as never] = received
  expect([method, path, body, headers['content-type']]).toEqual([
    'POST',
    '/hook?token=7',
    message.body,
    'application/json',
  ])
  expect([headers['webhook-id'], headers['webhook-timestamp']]).toEqual(['trail-x-7', String(now / 1000)])
  expect(headers['webhook-signature']).toMatch(/^v1,/)
})

test.each([200, 201, 202, 204, 299])('%i takes it', async status => {
  answer = response => response.writeHead(status).end()
  expect(await send()).toEqual({ taken: true })
})

test.each([400, 401, 404, 410, 429, 500, 503])('%i does not take it', async status => {
  answer = response => response.writeHead(status).end('no')
  expect(await send()).toEqual({ taken: false, status })
})

test('a redirect is not followed: it would lead records to an address that nobody set', async () => {
  answer = response => response.writeHead(302, { location: at('/elsewhere') }).end()
  expect(await send()).toEqual({ taken: false, status: 302 })
  expect(received.map(({ path }) => path)).toEqual(['/hook?token=7'])
})

test('no answer does not take it', async () => {
  answer = response => response.destroy()
  expect(await send()).toEqual({ taken: false })
})

test('nobody waits longer than ten seconds', async () => {
  let limit: AbortSignal | null | undefined
  const silent = (async (_url: unknown, options?: RequestInit) => {
    limit = options?.signal
    throw new Error('silent')
  }) as typeof fetch
  expect(await send({ fetch: silent })).toEqual({ taken: false })
  expect(limit).toBeInstanceOf(AbortSignal)
})

test.each([
  ['30', 30_000],
  ['Mon, 02 Mar 2026 12:00:45 GMT', 45_000],
  ['86400', 300_000],
  ['0', undefined],
  ['soon', undefined],
  ['Mon, 02 Mar 2026 11:00:00 GMT', undefined],
])('it says when to come again: %s', async (value, retryAfterMs) => {
  answer = response => response.writeHead(503, { 'retry-after': value }).end()
  expect(await send()).toEqual({ taken: false, status: 503, ...(retryAfterMs && { retryAfterMs }) })
})
