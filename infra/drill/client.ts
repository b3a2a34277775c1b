import { type OutgoingHttpHeaders, Agent as PlainAgent, request as plainRequest } from 'node:http'
import { Agent, request } from 'node:https'

/** An answer. With `failure` there was none, and `failure` says why. */
export type Answer = {
  status: number
  location: string
  retryAfter: string | undefined
  cookies: readonly string[]
  /** Whether the answer told a person nothing: it had no page, or the application did not send it. */
  isWordless?: boolean
  failure?: string
}
export type Sent = { method?: 'GET' | 'POST'; headers?: OutgoingHttpHeaders; body?: string; from?: string }
export type Client = ReturnType<typeof createClient>

const patienceMs = 12_000

/** A small browser for the drills: it uses the proxy over kept-alive connections, and never retries. */
export function createClient(origin: string) {
  const plain = new PlainAgent({ keepAlive: true, maxSockets: 500 })
  // The proxy signs its own certificate; its name leads to this machine, whatever the resolver says.
  const agent = new Agent({ keepAlive: true, maxSockets: 500, rejectUnauthorized: false })
  const { hostname: servername, port, host } = new URL(origin)

  const ask = (path: string, { from, headers, ...sent }: Sent = {}): Promise<Answer> => {
    const options = { ...sent, agent, host: '127.0.0.1', port, servername, path, headers: { ...headers, Host: host } }
    // Each client has an address of its own, where the machine has enough loopback addresses.
    const own = process.platform === 'linux' && from !== undefined ? { localAddress: from } : {}
    return exchange(listen => request({ ...options, ...own }, listen), sent.body)
  }
  const go = (url: string, { from: _from, ...sent }: Sent = {}): Promise<Answer> =>
    exchange(listen => plainRequest(url, { ...sent, agent: plain }, listen), sent.body)

  return {
    /** A path of the application, asked of the proxy. */
    ask,
    /** Any other address. */
    go,
    /** Whether the replica at this port is ready, as the proxy asks it. */
    isReady: async (replica: number): Promise<boolean> =>
      (await go(`http://127.0.0.1:${replica}/health/ready`)).status === 200,
    close(): void {
      plain.destroy()
      agent.destroy()
    },
  }
}

type Listen = NonNullable<Parameters<typeof plainRequest>[2]>

function exchange(send: (listen: Listen) => ReturnType<typeof plainRequest>, body?: string): Promise<Answer> {
  return new Promise(resolve => {
    const failed = ({ code, message }: NodeJS.ErrnoException) =>
      resolve({ status: 0, location: '', retryAfter: undefined, cookies: [], failure: code ?? message })
    const outgoing = send(incoming => {
      const { statusCode: status = 0, headers } = incoming
      const {
        location = '',
        'retry-after': retryAfter,
        'set-cookie': cookies = [],
        'x-request-id': reference,
      } = headers
      let size = 0
      incoming.on('data', chunk => {
        size += chunk.length
      })
      incoming.on('error', failed).on('end', () => {
        const isWordless = size === 0 || reference === undefined
        resolve({ status, location, retryAfter, cookies, isWordless })
      })
    })
    outgoing.on('error', failed)
    outgoing.setTimeout(patienceMs, () => outgoing.destroy(new Error(`no answer in ${patienceMs / 1000} s`)))
    outgoing.end(body)
  })
}
