import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const probeEveryMs = 100

type Backend = { port: number; isReady: boolean; agent: Agent }

/**
 * A small proxy in front of several replicas. It asks them in turn, over kept-alive connections, and only those whose
 * last probe was good. It never retries, because a retry would hide a lost request: it answers 502 when a replica is
 * silent, and 503 when no replica is ready.
 */
export async function openRoundRobin(port = 0) {
  const backends: Backend[] = []
  const failures: string[] = []
  let turn = 0

  function pass(incoming: IncomingMessage, answer: ServerResponse): void {
    const ready = backends.filter(({ isReady }) => isReady)
    const backend = ready[turn++ % Math.max(1, ready.length)]
    if (!backend)
      return void answer
        .writeHead(503, { 'X-Proxy': 'none is ready' })
        .end('No replica is ready yet. Try again in a moment.')
    const { method, url: path } = incoming
    const { connection: _own, ...headers } = incoming.headers
    const outgoing = request({ host: '127.0.0.1', port: backend.port, agent: backend.agent, method, path, headers })
    outgoing.on('response', found => {
      const { connection: _theirs, 'keep-alive': _alive, ...rest } = found.headers
      answer.writeHead(found.statusCode ?? 502, rest)
      found.pipe(answer)
      found.on('error', error => answer.destroy(error))
    })
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      failures.push(`${method} ${path}: ${error.code}`)
      if (answer.headersSent) answer.destroy()
      else answer.writeHead(502, { 'X-Proxy': String(error.code) }).end()
    })
    incoming.pipe(outgoing)
  }

  const probe = async (backend: Backend) => {
    const answer = await fetch(`http://127.0.0.1:${backend.port}/health/ready`).catch(() => undefined)
    backend.isReady = answer?.ok ?? false
  }
  const probing = setInterval(() => void Promise.all(backends.map(probe)), probeEveryMs)

  const server = createServer({ keepAliveTimeout: 60_000 }, pass)
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    /** Requests that a replica took and did not answer. */
    failures,
    lead: (origins: readonly string[]): void => {
      for (const origin of origins)
        backends.push({ port: Number(new URL(origin).port), isReady: true, agent: new Agent({ keepAlive: true }) })
    },
    readyCount: () => backends.filter(({ isReady }) => isReady).length,
    async [Symbol.asyncDispose]() {
      clearInterval(probing)
      for (const { agent } of backends) agent.destroy()
      server.close()
      server.closeAllConnections()
    },
  }
}
