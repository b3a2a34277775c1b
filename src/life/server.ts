import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Log } from '../observability.ts'
import { answerUnreadable, type OnUnreadable, withHost } from './unreadable.ts'

/**
 * Of the two ends of an idle connection the proxy must be the one that closes it: what it sends at the moment the other
 * end closes is lost. Proxies keep theirs for 60 s, some for 90.
 */
const keepAliveMs = 95_000
const headersMs = 20_000
/** For a whole request; the largest body that is read has 256 kB. */
const requestMs = 30_000
const checkMs = 5_000
const headerBytes = 16_384
const mostHeaders = 100
const mostConnections = 5_000

/** An HTTP server with its time limits and sizes set for a life behind a proxy. */
export function createHttpServer(answer: RequestListener, onUnreadable: OnUnreadable = () => {}): Server {
  const options = { maxHeaderSize: headerBytes, connectionsCheckingInterval: checkMs, requireHostHeader: false }
  const server = createServer(options, withHost(answer, onUnreadable))
  answerUnreadable(server, onUnreadable)
  return withLimits(server)
}

/** The limits that a server takes after it was made. How many requests a connection carries is left to the proxy. */
export function withLimits(server: Server): Server {
  return Object.assign(server, {
    keepAliveTimeout: keepAliveMs,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    maxHeadersCount: mostHeaders,
    maxConnections: mostConnections,
  })
}

/** Resolves, with the port, when it listens. A port that is taken, or not allowed, is said in the log and in plain words, and ends the process. */
export async function listen(
  server: Server,
  { host, port, setting, log }: { host: string; port: number; setting: string; log: Log },
): Promise<number> {
  const failed = (error: NodeJS.ErrnoException) => {
    log.fatal({ event: 'cannot-listen', host, port, error })
    console.error(`cannot listen on ${host}, port ${port} (${error.code}): ${hintOf(error)} See ${setting}.`)
    process.exit(1)
  }
  server.once('error', failed)
  await new Promise<void>(resolve => server.listen({ host, port }, resolve))
  server.off('error', failed)
  server.on('drop', saying(log))
  return (server.address() as AddressInfo).port
}

const noSuchHost = 'there is no host of that name, or it cannot be looked up.'
const hintOf = ({ code }: NodeJS.ErrnoException) =>
  ({
    EADDRINUSE: 'something else listens there.',
    EACCES: 'this user may not.',
    EADDRNOTAVAIL: 'this machine does not have that address.',
    ENOTFOUND: noSuchHost,
    EAI_AGAIN: noSuchHost,
  })[code ?? ''] ?? 'the system does not allow it.'

const sayingEveryMs = 10_000

/** Connections turned away are said, but not each. */
function saying(log: Log): () => void {
  let count = 0
  const say = () => {
    log.warn({ event: 'connections-turned-away', count, most: mostConnections })
    count = 0
  }
  return () => {
    count += 1
    if (count === 1) setTimeout(say, sayingEveryMs).unref()
  }
}
