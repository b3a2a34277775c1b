import { type RequestListener, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { UnreadableKind } from '../labels.ts'
import type { Log } from '../observability.ts'

/** Hears of each request that was answered before the application saw it. `code` is Node's. */
export type OnUnreadable = (kind: UnreadableKind, code: string) => void

/** Node's error codes that do not mean 400. */
const kinds: Record<string, { kind: UnreadableKind; status: number }> = {
  HPE_HEADER_OVERFLOW: { kind: 'headers-too-large', status: 431 },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { kind: 'body-not-read', status: 413 },
  ERR_HTTP_REQUEST_TIMEOUT: { kind: 'too-slow', status: 408 },
}
const nothing = { Connection: 'close', 'Content-Length': 0 }
const other = { kind: 'not-http', status: 400 } as const

/**
 * Answers requests that Node's parser cannot read, and reports each: Node itself would answer without telling us. The answer
 * is a bare status, and the connection closes, because nobody knows where the next request would begin.
 */
export function answerUnreadable(server: Server, onUnreadable: OnUnreadable): void {
  const underWay = new WeakMap<Socket, ServerResponse>()
  server.prependListener('request', ({ socket }, response) => underWay.set(socket, response))

  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, duplex) => {
    const socket = duplex as Socket
    const response = underWay.get(socket)
    // A client that has gone gets no answer, and an answer under way must not be cut by another.
    const canAnswer = socket.writable && !(response?.headersSent && !response.writableFinished)
    const { kind, status } = kinds[code] ?? other
    if (canAnswer) {
      onUnreadable(kind, code)
      socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n\r\n`)
    }
    socket.destroySoon()
  })

  // A request with an `Expect` other than 100-continue.
  server.on('checkExpectation', (_request, response) => {
    onUnreadable('expectation', 'EXPECT')
    response.writeHead(417, nothing).end()
  })
}

/** Refuses a request without `Host`, which only HTTP/1.0 may leave out, and reports it. Node itself would not report it. */
export const withHost =
  (answer: RequestListener, onUnreadable: OnUnreadable): RequestListener =>
  (request, response) => {
    if (request.headers.host !== undefined || request.httpVersion !== '1.1') return answer(request, response)
    onUnreadable('no-host', 'NO_HOST')
    response.writeHead(400, nothing).end()
  }

const logEveryMs = 60_000
/** A line of the log names at most so many of Node's codes. */
const mostCodes = 5

/** Logs the first request of a kind at once, and then once a minute how many more came; never their content. */
export function logUnreadable(log: Log): OnUnreadable {
  const met = new Map<UnreadableKind, { count: number; codes: Set<string> }>()

  function logMet(kind: UnreadableKind): void {
    const { count, codes } = met.get(kind) ?? { count: 0, codes: [] }
    // After a quiet minute the next request counts as a first one.
    if (count === 0) return void met.delete(kind)
    met.set(kind, { count: 0, codes: new Set() })
    log.warn({ event: 'requests-unreadable', kind, count, codes: [...codes].slice(0, mostCodes) })
    setTimeout(logMet, logEveryMs, kind).unref()
  }

  return (kind, code) => {
    const known = met.get(kind)
    const found = known ?? { count: 0, codes: new Set() }
    found.count += 1
    if (code) found.codes.add(code)
    met.set(kind, found)
    if (!known) logMet(kind)
  }
}
