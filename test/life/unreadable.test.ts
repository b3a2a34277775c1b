import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { freePort } from '../../infra/demo/ports.ts'
import { createHttpServer } from '../../src/life/server.ts'
import { answerUnreadable, logUnreadable } from '../../src/life/unreadable.ts'
import { createLog } from '../../src/observability.ts'
import { openReplicas } from '../support/replicas.ts'

let server: Server
let port: number
let told: string[]
/** A server that answers at once, or when the test lets it. */
let gate: Promise<void> | undefined
let begun: PromiseWithResolvers<void>

beforeEach(async () => {
  told = []
  gate = undefined
  begun = Promise.withResolvers()
  server = createHttpServer(
    async (request, response) => {
      if (request.url === '/long') response.write('begun')
      begun.resolve()
      await gate
      // The test cuts the body off itself.
      request.on('error', () => {}).on('end', () => response.end('answered'))
      request.resume()
    },
    (kind, code) => told.push(`${kind} ${code}`),
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterEach(() => {
  server.close()
  server.closeAllConnections()
  vi.useRealTimers()
})

/** Sends raw bytes, and waits until the server closes the connection. */
function spoken(to: number, ...texts: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = ''
    const socket = connect(to, '127.0.0.1', () => {
      for (const text of texts) socket.write(text, 'latin1')
    })
    socket.setTimeout(10_000, () => socket.destroy(new Error(`not closed; heard ${heard}`)))
    socket.on('data', chunk => {
      heard += chunk
    })
    socket.on('error', error => ('code' in error && error.code === 'ECONNRESET' ? undefined : reject(error)))
    socket.on('close', () => resolve(heard))
  })
}

const long = `GET / HTTP/1.1\r\nHost: a\r\nX: ${'c4n4ry'.repeat(4_000)}\r\n\r\n`
const cases: [what: string, sent: string, status: string, kind: string][] = [
  ['no HTTP', 'c4n4ry\r\n\r\n', '400 Bad Request', 'not-http HPE_INVALID_METHOD'],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', '400 Bad Request', 'not-http HPE_INVALID_METHOD'],
  ['a header that is too large', long, '431 Request Header Fields Too Large', 'headers-too-large HPE_HEADER_OVERFLOW'],
  ['no Host', 'GET /c4n4ry HTTP/1.1\r\n\r\n', '400 Bad Request', 'no-host NO_HOST'],
  [
    'an expectation',
    'GET / HTTP/1.1\r\nHost: a\r\nExpect: c4n4ry\r\n\r\n',
    '417 Expectation Failed',
    'expectation EXPECT',
  ],
  [
    'a body with two lengths',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nContent-Length: 7\r\n\r\nc4n4ry',
    '400 Bad Request',
    'not-http HPE_UNEXPECTED_CONTENT_LENGTH',
  ],
  [
    'a body with a length and in chunks',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    '400 Bad Request',
    'not-http HPE_INVALID_TRANSFER_ENCODING',
  ],
  [
    'chunks that say too much of themselves',
    `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}\r\n`,
    '413 Payload Too Large',
    'body-not-read HPE_CHUNK_EXTENSIONS_OVERFLOW',
  ],
]

describe('a request that the application never sees', () => {
  test.each(cases)('%s: is told of, and answered with a status and nothing else', async (_what, sent, status, kind) => {
    const heard = await spoken(port, sent)
    expect(heard.split('\r\n')[0]).toBe(`HTTP/1.1 ${status}`)
    expect(heard).toMatch(/\r\nConnection: close\r\n/)
    expect(heard).not.toMatch(/c4n4ry|Server:|X-Powered-By/i)
    expect(heard.split('\r\n\r\n')[1]).toBe('')
    expect(told).toEqual([kind])
  })

  test('one that takes too long: 408', async () => {
    const { port: quick, close } = await impatient()
    expect(await spoken(quick, 'GET / HTTP/1.1\r\nHost: a\r\n')).toMatch(/^HTTP\/1.1 408 Request Timeout\r\n/)
    expect(told).toEqual(['too-slow ERR_HTTP_REQUEST_TIMEOUT'])
    close()
  })

  test('an HTTP/1.0 without Host is one that it does see', async () => {
    expect(await spoken(port, 'GET / HTTP/1.0\r\n\r\n')).toContain('answered')
    expect(told).toEqual([])
  })

  test('a client that hangs up is no request', async () => {
    const socket = connect(port, '127.0.0.1', () => socket.resetAndDestroy())
    socket.on('error', () => {})
    await new Promise(resolve => socket.once('close', resolve))
    expect(await spoken(port, 'GET / HTTP/1.0\r\n\r\n')).toContain('answered')
    expect(told).toEqual([])
  })
})

test('junk behind a request whose answer is being sent does not get an answer in the middle of it', async () => {
  const held = Promise.withResolvers<void>()
  gate = held.promise
  const heard = spoken(port, 'GET /long HTTP/1.1\r\nHost: a\r\n\r\n', 'c4n4ry\r\n\r\n')
  await begun.promise
  held.resolve()
  expect(await heard).not.toContain('400')
})

test('the log says the first of a kind at once, and once a minute how many came meanwhile', () => {
  vi.useFakeTimers()
  const lines: { event: string; kind: string; count: number; codes: string[] }[] = []
  const say = logUnreadable(createLog({ level: 'info', to: { write: line => void lines.push(JSON.parse(line)) } }))
  const news = () => lines.splice(0).map(({ event, kind, count, codes }) => [event, kind, count, codes])
  for (const code of ['HPE_INVALID_METHOD', 'HPE_INVALID_URL', 'HPE_INVALID_URL']) say('not-http', code)
  say('no-host', 'NO_HOST')
  expect(news()).toEqual([
    ['requests-unreadable', 'not-http', 1, ['HPE_INVALID_METHOD']],
    ['requests-unreadable', 'no-host', 1, ['NO_HOST']],
  ])
  vi.advanceTimersByTime(59_000)
  expect(news()).toEqual([])
  vi.advanceTimersByTime(1_000)
  expect(news()).toEqual([['requests-unreadable', 'not-http', 2, ['HPE_INVALID_URL']]])
  vi.advanceTimersByTime(120_000)
  expect(news()).toEqual([])
  say('not-http', 'HPE_INVALID_METHOD')
  expect(news()).toHaveLength(1)
})

test('the application counts them, and its log has nothing of them', async () => {
  const metricsPort = await freePort()
  await using house = await openReplicas({ count: 1, settings: { METRICS_PORT: String(metricsPort) } })
  await spoken(Number(new URL(house.replica(0).origin).port), long)
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
  expect(text).toMatch(/^gatehouse_unreadable_requests_total\{kind="headers-too-large"\} 1$/m)
  expect(house.replica(0).events()).toContain('requests-unreadable')
  expect(house.replica(0).logged.join('\n')).not.toContain('c4n4ry')
})

/** A server with shorter time limits than ours. */
async function impatient() {
  const quick = createServer({ connectionsCheckingInterval: 20, headersTimeout: 50, requestTimeout: 100 })
  answerUnreadable(quick, (kind, code) => told.push(`${kind} ${code}`))
  await new Promise<void>(resolve => quick.listen(0, '127.0.0.1', resolve))
  return { port: (quick.address() as AddressInfo).port, close: () => quick.close() }
}
