import { Agent, type OutgoingHttpHeaders, request } from 'node:http'

/** What came back. `failure`: nothing did, and why. */
export type Answer = {
  status: number
  location: string
  retryAfter: string | undefined
  cookies: readonly string[]
  failure?: string
}
export type Sent = { method?: 'GET' | 'POST'; headers?: OutgoingHttpHeaders; body?: string }
export type Client = ReturnType<typeof createClient>

const probeEveryMs = 100
const patienceMs = 12_000

/**
 * What a proxy does for its replicas: takes them in turn, over kept-alive connections, those whose last probe was good;
 * where none is ready, all (as Envoy does in a panic), so that what they say is seen. A connection that is refused is
 * tried at another one; a request that was sent is never sent again, which would hide what a replica loses.
 */
export function createClient(ports: readonly number[]) {
  const agent = new Agent({ keepAlive: true, maxSockets: 500 })
  const isReady = new Map(ports.map(port => [port, true]))
  let turn = 0

  const probe = async (port: number) => {
    const answer = await exchange(`http://localhost:${port}/health/ready`, { agent })
    isReady.set(port, answer.status === 200)
  }
  const probing = setInterval(() => void Promise.all(ports.map(probe)), probeEveryMs)

  return {
    /** A path of the application, asked of whichever replica's turn it is. */
    async ask(path: string, sent: Sent = {}): Promise<Answer> {
      const ready = ports.filter(port => isReady.get(port))
      const others = ports.filter(port => !ready.includes(port))
      const inTurn = rotated(ready.length > 0 ? ready : ports, turn++)
      let answer: Answer | undefined
      for (const port of [...inTurn, ...others]) {
        answer = await exchange(`http://localhost:${port}${path}`, { ...sent, agent })
        if (answer.failure !== 'ECONNREFUSED') return answer
      }
      return answer as Answer
    },
    /** Any other address. */
    go: (url: string, sent: Sent = {}): Promise<Answer> => exchange(url, { ...sent, agent }),
    isReady: (port: number): boolean => isReady.get(port) ?? false,
    close(): void {
      clearInterval(probing)
      agent.destroy()
    },
  }
}

const rotated = (ports: readonly number[], by: number) =>
  ports.map((_, index) => ports[(index + by) % ports.length] as number)

function exchange(url: string, { agent, body, ...options }: Sent & { agent: Agent }): Promise<Answer> {
  return new Promise(resolve => {
    const failed = ({ code, message }: NodeJS.ErrnoException) =>
      resolve({ status: 0, location: '', retryAfter: undefined, cookies: [], failure: code ?? message })
    const outgoing = request(url, { agent, ...options }, incoming => {
      const { statusCode: status = 0, headers } = incoming
      const { location = '', 'retry-after': retryAfter, 'set-cookie': cookies = [] } = headers
      incoming.on('error', failed).on('end', () => resolve({ status, location, retryAfter, cookies }))
      incoming.resume()
    })
    outgoing.on('error', failed)
    outgoing.setTimeout(patienceMs, () => outgoing.destroy(new Error(`no answer in ${patienceMs / 1000} s`)))
    outgoing.end(body)
  })
}
