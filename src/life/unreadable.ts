import { type RequestListener, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { UnreadableKind } from '../labels.ts'
import type { Log } from '../observability.ts'

/** Told of each request that got its answer before the application saw it. */
export type OnUnreadable = (kind: UnreadableKind, code: string) => void

/** Node's codes that mean something else than 400. */
const kinds: Record<string, { kind: UnreadableKind; status: number }> = {
  HPE_HEADER_OVERFLOW: { kind: 'headers-too-large', status: 431 },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { kind: 'body-not-read', status: 413 },
  ERR_HTTP_REQUEST_TIMEOUT: { kind: 'too-slow', status: 408 },
}
const nothing = { Connection: 'close', 'Content-Length': 0 }
const other = { kind: 'not-http', status: 400 } as const

/**
 * Answers what Node's parser cannot read, and tells of it: Node itself would answer without a word to us. The answer is a
 * status and nothing else, and the connection closes: nobody knows where the next request would begin.
 */
export function answerUnreadable(server: Server, onUnreadable: OnUnreadable): void {
  const underWay = new WeakMap<Socket, ServerResponse>()
  server.prependListener('request', ({ socket }, response) => underWay.set(socket, response))

  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, duplex) => {
    const socket = duplex as Socket
    const response = underWay.get(socket)
    // Whoever has gone hears nothing, and what is being sent must not be cut by another answer.
    const canAnswer = socket.writable && !(response?.headersSent && !response.writableFinished)
    const { kind, status } = kinds[code] ?? other
    if (canAnswer) {
      onUnreadable(kind, code)
      socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`)
    }
    socket.destroySoon()
  })

  // An `Expect` of another kind than 100-continue.
  server.on('checkExpectation', (_request, response) => {
    onUnreadable('expectation', 'EXPECT')
    response.writeHead(417, nothing).end()
  })
}

/** Only HTTP/1.0 may come without `Host`. Node would answer this itself too; here it is told. */
export const withHost =
  (answer: RequestListener, onUnreadable: OnUnreadable): RequestListener =>
  (request, response) => {
    if (request.headers.host !== undefined || request.httpVersion !== '1.1') return answer(request, response)
    onUnreadable('no-host', 'NO_HOST')
    response.writeHead(400, nothing).end()
  }

const sayingEveryMs = 60_000
/** Node has more codes than these, but a line of the log need not name all. */
const mostCodes = 5

/** Says the first of a kind at once, and then once a minute how many came meanwhile: never what was in them. */
export function sayUnreadable(log: Log): OnUnreadable {
  const met = new Map<UnreadableKind, { count: number; codes: Set<string> }>()

  function say(kind: UnreadableKind): void {
    const { count, codes } = met.get(kind) ?? { count: 0, codes: [] }
    // A quiet minute: the next one is a first one again.
    if (count === 0) return void met.delete(kind)
    met.set(kind, { count: 0, codes: new Set() })
    log.warn({ event: 'requests-unreadable', kind, count, codes: [...codes].slice(0, mostCodes) })
    setTimeout(say, sayingEveryMs, kind).unref()
  }

  return (kind, code) => {
    const known = met.get(kind)
    const found = known ?? { count: 0, codes: new Set() }
    found.count += 1
    if (code) found.codes.add(code)
    met.set(kind, found)
    if (!known) say(kind)
  }
}
