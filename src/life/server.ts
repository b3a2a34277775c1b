import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Log } from '../observability.ts'
import { answerUnreadable, type OnUnreadable, withHost } from './unreadable.ts'

/**
 * The proxy must close an idle connection before we do: a request that it sends at the moment we close is lost. Proxies keep
 * idle connections for 60 s, some for 90.
 */
const keepAliveMs = 95_000
const headersMs = 20_000
/** For a whole request, of which the largest has a body of 256 kB. */
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

/** Sets the limits that a server accepts after it was made. The proxy decides how many requests a connection carries. */
export function withLimits(server: Server): Server {
  return Object.assign(server, {
    keepAliveTimeout: keepAliveMs,
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    maxHeadersCount: mostHeaders,
    maxConnections: mostConnections,
  })
}

/**
 * Resolves with the port when the server listens. If the address cannot be used, the log and stderr say why in plain words, and
 * the process ends with 1.
 */
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
  server.on('drop', loggingDrops(log))
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

const logEveryMs = 10_000

/** Logs how many connections were turned away, at most once in ten seconds. */
function loggingDrops(log: Log): () => void {
  let count = 0
  const logCount = () => {
    log.warn({ event: 'connections-turned-away', count, most: mostConnections })
    count = 0
  }
  return () => {
    count += 1
    if (count === 1) setTimeout(logCount, logEveryMs).unref()
  }
}
