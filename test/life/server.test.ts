import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createHttpServer } from '../../src/life/server.ts'
import { raw } from '../web/raw.ts'

const server = createHttpServer((request, response) => response.end(request.headers['x-last'] ?? 'no last header'))
let origin: string
beforeAll(async () => {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const headers = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`x-${index}`, '1']))

test('an idle connection is kept for longer than a proxy keeps it, which is 60 s', () => {
  expect(server.keepAliveTimeout).toBeGreaterThan(65_000)
})

describe('limits', () => {
  test('of time: whoever is slow to ask is not waited for', () => {
    expect(server.headersTimeout).toBeLessThanOrEqual(30_000)
    expect(server.requestTimeout).toBeLessThanOrEqual(60_000)
    expect(server.headersTimeout).toBeLessThan(server.requestTimeout)
  })
  test('of connections', () => {
    expect(server.maxConnections).toBeGreaterThanOrEqual(1_000)
    expect(server.maxConnections).toBeLessThanOrEqual(10_000)
  })
  test('of headers: as many as a proxy sends are taken, to the last', async () => {
    expect(await raw(origin, { headers: { ...headers(60), 'X-Last': 'arrived' } })).toMatchObject({
      status: 200,
      text: 'arrived',
    })
  })
  test.each([90, 98, 99, 100, 200, 1_000])('of headers: with %i and more, none is lost without a word', async count => {
    const { status, text } = await raw(origin, { headers: { ...headers(count), 'X-Last': 'arrived' } })
    expect([200, 431]).toContain(status)
    if (status === 200) expect(text).toBe('arrived')
  })
  test('of headers: a great many are refused', async () => {
    expect((await raw(origin, { headers: headers(200) })).status).toBe(431)
    expect((await raw(origin, { headers: { 'x-long': 'x'.repeat(17_000) } })).status).toBe(431)
  })
})
