import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, test } from 'vitest'
import { createEmptying } from '../../src/life/emptying.ts'

const size = 20_000_000

/** A server with one large answer, and one answer that waits until the test lets it go. */
async function openServer() {
  let answerLate = () => {}
  const server = createServer({ keepAliveTimeout: 95_000 }, (request, response) => {
    if (request.url === '/large') return void response.end(Buffer.alloc(size))
    if (request.url === '/begun') response.writeHead(200).write('begun')
    answerLate = () => response.end('late')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    emptying: createEmptying(server),
    answerLate: () => answerLate(),
    ask(path: string) {
      const socket = connect(port, '127.0.0.1')
      const chunks: Buffer[] = []
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)
      return {
        socket,
        text: () => Buffer.concat(chunks).toString(),
        length: () => chunks.reduce((sum, { length }) => sum + length, 0),
        read: () => socket.on('data', chunk => chunks.push(chunk)),
        closed: new Promise<void>(resolve => socket.on('error', () => {}).once('close', () => resolve())),
      }
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

test('a client that reads slowly gets the whole of an answer that was made before the end', async () => {
  await using server = await openServer()
  const reader = server.ask('/large')
  await expect.poll(() => server.emptying.open()).toBe(1)
  server.emptying.tell()
  const closed = server.emptying.close()
  reader.read()
  await closed
  await reader.closed
  expect(reader.length()).toBeGreaterThan(size)
})

test('an answer that is not begun yet still tells its connection to close', async () => {
  await using server = await openServer()
  const waiting = server.ask('/late')
  waiting.read()
  await expect.poll(() => server.emptying.open()).toBe(1)
  server.emptying.tell()
  const closed = server.emptying.close()
  server.answerLate()
  await Promise.all([closed, waiting.closed])
  expect(waiting.text()).toMatch(/\r\nConnection: close\r\n/)
  expect(waiting.text()).toContain('late')
})

test('an answer that was begun as one to be kept is finished, and its connection closed', async () => {
  await using server = await openServer()
  const waiting = server.ask('/begun')
  waiting.read()
  await expect.poll(() => waiting.text()).toContain('begun')
  server.emptying.tell()
  const closed = server.emptying.close()
  server.answerLate()
  await Promise.all([closed, waiting.closed])
  expect(waiting.text()).toContain('late')
})
