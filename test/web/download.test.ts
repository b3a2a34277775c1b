import { createServer, get, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import express, { type Response } from 'express'
import { afterEach, expect, test } from 'vitest'
import { sendDownload } from '../../src/web/download.ts'

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

/** A download of these pieces over a real connection. `faults` are what `sendDownload` rejects with. */
async function downloadOf(pieces: AsyncIterable<string>, began: (response: Response) => void = () => {}) {
  const faults: unknown[] = []
  const app = express()
  app.get('/', async (_request, response) => {
    began(response)
    const sent = sendDownload(response, { download: 'trail.csv', type: 'text/csv; charset=utf-8', pieces })
    await sent.catch(error => faults.push(error))
    ended.resolve()
  })
  const ended = Promise.withResolvers<void>()
  const server = createServer(app).listen(0, '127.0.0.1')
  open.push(server)
  await new Promise(resolve => server.once('listening', resolve))
  const answer = await new Promise<IncomingMessage>((resolve, reject) =>
    get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' }, resolve).once('error', reject),
  )
  return { answer, faults, ended: ended.promise }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of answer.setEncoding('utf8')) text += piece
  return text
}

/** Pieces without an end. `asked` counts those that were asked for; `isOver` says that nobody asks any more. */
function endless(piece: string) {
  const seen = { asked: 0, isOver: false }
  async function* pieces() {
    try {
      for (;;) {
        seen.asked += 1
        yield piece
        await new Promise(resolve => setImmediate(resolve))
      }
    } finally {
      seen.isOver = true
    }
  }
  return { seen, pieces: pieces() }
}
const until = (isSo: () => boolean) =>
  new Promise<void>((resolve, reject) => {
    const began = performance.now()
    const look = () => {
      if (isSo()) resolve()
      else if (performance.now() - began > 5_000) reject(new Error('not within five seconds'))
      else setTimeout(look, 5)
    }
    look()
  })

test('a file is sent under its name and type, piece by piece', async () => {
  async function* pieces() {
    yield 'a,b\r\n'
    yield ''
    yield 'Łukasz\r\n'
  }
  const { answer, faults } = await downloadOf(pieces())
  expect(answer.headers).toMatchObject({
    'content-disposition': 'attachment; filename=trail.csv',
    'content-type': 'text/csv; charset=utf-8',
  })
  expect([await textOf(answer), faults]).toEqual(['a,b\r\nŁukasz\r\n', []])
})

test('no piece is asked for while the browser takes none', async () => {
  const { seen, pieces } = endless('x'.repeat(1_000_000))
  const { answer } = await downloadOf(pieces)
  await until(() => seen.asked > 0)
  let before = -1
  // The buffers of the connection are filled at some time, and then it rests.
  await until(() => {
    const isResting = before === seen.asked
    before = seen.asked
    return isResting
  })
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(seen.asked).toBe(before)
  answer.destroy()
})

test.each(['x', ''])('no piece is asked for once the browser has gone away: %j', async piece => {
  const { seen, pieces } = endless(piece)
  async function* withBegin() {
    yield 'begin'
    yield* pieces
  }
  const { answer, faults, ended } = await downloadOf(withBegin())
  answer.destroy()
  await until(() => seen.isOver)
  await ended
  expect(faults).toEqual([])
})

test('an answer that the guard cuts off ends, and no further piece is asked for', async () => {
  const { seen, pieces } = endless('x')
  const responses: Response[] = []
  const { answer, faults, ended } = await downloadOf(pieces, response => responses.push(response))
  responses[0]?.destroy()
  await expect(textOf(answer)).rejects.toThrow('aborted')
  await ended
  expect([seen.isOver, faults]).toEqual([true, []])
})

test('an error on the way breaks the file off, and rises', async () => {
  const fault = new Error('Redis is away')
  const arrived = Promise.withResolvers<void>()
  async function* pieces() {
    yield 'begin'
    await arrived.promise
    throw fault
  }
  const { answer, faults, ended } = await downloadOf(pieces())
  arrived.resolve()
  await expect(textOf(answer)).rejects.toThrow('aborted')
  await ended
  expect(faults).toEqual([fault])
})

test('a browser that has gone before the first piece is nobody’s fault', async () => {
  const { seen, pieces } = endless('x')
  const faults: unknown[] = []
  const app = express()
  const ended = Promise.withResolvers<void>()
  app.get('/', async (_request, answer) => {
    answer.destroy()
    await sendDownload(answer, { download: 'x', type: 'text/plain', pieces }).catch(error => faults.push(error))
    ended.resolve()
  })
  const server = createServer(app).listen(0, '127.0.0.1')
  open.push(server)
  await new Promise(resolve => server.once('listening', resolve))
  get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' }).once('error', () => {})
  await ended.promise
  expect([faults, seen.asked]).toEqual([[], 0])
})
