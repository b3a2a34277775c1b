import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createOutbound } from '../../src/entra/outbound.ts'

const json = { 'Content-Type': 'application/json' }
let visitsElsewhere = 0
const answers: Record<string, RequestListener> = {
  '/good': (_request, response) => response.writeHead(200, json).end('{"a":1}'),
  '/refusal': (_request, response) => response.writeHead(400, json).end('{"error":"invalid_grant"}'),
  '/throttled': (_request, response) => response.writeHead(429, json).end('{"error":"temporarily_unavailable"}'),
  '/broken': (_request, response) => response.writeHead(500, json).end('{}'),
  '/away': (_request, response) => response.writeHead(503, json).end('{}'),
  '/moved': (_request, response) => response.writeHead(302, { Location: '/elsewhere' }).end(),
  '/moved-for-good': (_request, response) => response.writeHead(308, { Location: '/elsewhere' }).end(),
  '/elsewhere': (_request, response) => {
    visitsElsewhere++
    response.writeHead(200, json).end('{}')
  },
  '/page': (_request, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html>'),
  '/empty': (_request, response) => response.writeHead(200, json).end(),
  '/endless': (_request, response) => {
    response.writeHead(200, json)
    const more = () => {
      while (response.writable && response.write(' '.repeat(65_536)));
    }
    response.on('drain', more)
    more()
  },
  '/cut-off': (_request, response) => {
    response.writeHead(200, { ...json, 'Content-Length': '100' }).write('{"a":')
    setImmediate(() => response.destroy())
  },
  '/hang-up': request => request.socket.destroy(),
  '/silent': () => {},
}
const server = createServer((request, response) => answers[request.url ?? '']?.(request, response))
beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const outbound = createOutbound(fetch)
const at = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`

test('an answer is passed on with its status and body', async () => {
  const answer = await outbound(at('/good'))
  expect([answer.status, await answer.json()]).toEqual([200, { a: 1 }])
})

test('a refusal is an answer too: it says something about what was sent', async () => {
  const answer = await outbound(at('/refusal'))
  expect([answer.status, await answer.json()]).toEqual([400, { error: 'invalid_grant' }])
})

test.each(Object.keys(answers).filter(path => !['/good', '/refusal', '/silent', '/elsewhere'].includes(path)))(
  '%s is no answer',
  async path => {
    await expect(outbound(at(path))).rejects.toThrow(expect.objectContaining({ name: 'NoAnswer' }))
  },
)

test('redirects are not followed: what is sent goes only where it is meant to', async () => {
  await expect(outbound(at('/moved'), { redirect: 'follow' })).rejects.toThrow(
    expect.objectContaining({ name: 'NoAnswer' }),
  )
  expect(visitsElsewhere).toBe(0)
})

test('silence ends with the time limit of whoever asks', async () => {
  await expect(outbound(at('/silent'), { signal: AbortSignal.timeout(50) })).rejects.toThrow(
    expect.objectContaining({ name: 'NoAnswer' }),
  )
})
