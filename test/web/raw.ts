import { connect } from 'node:net'

export type RawAnswer = { status: number; headers: Record<string, string>; text: string }
type Asked = {
  method?: string
  target?: string
  headers?: Record<string, string>
  body?: string | Buffer
  /** Comes before the last byte of the body. */
  meanwhile?: () => Promise<unknown>
}

const limitMs = 5_000

/** What a browser sends with a navigation, and what a page's script sends. */
export const navigation = {
  Accept: 'text/html,*/*;q=0.8',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Site': 'same-origin',
}
export const script = { Accept: 'application/json', 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Site': 'same-origin' }

/**
 * Writes a request by hand, so that any method, target and header arrives as it is. Status 0: the connection was closed
 * without a word. Fails when no answer is complete within five seconds.
 */
export function raw(
  baseUrl: string,
  { method = 'GET', target = '/', headers = {}, body, meanwhile }: Asked,
): Promise<RawAnswer> {
  const { port, host } = new URL(baseUrl)
  const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
  const lines = Object.entries({ Host: host, Connection: 'close', ...length, ...headers })
  const head = [`${method} ${target} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`), '', ''].join(
    '\r\n',
  )
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write(head, 'latin1')
      if (body === undefined) return
      if (!meanwhile) return void socket.write(body)
      socket.write(body.slice(0, -1))
      meanwhile().then(() => socket.write(body.slice(-1)), reject)
    })
    socket.setTimeout(limitMs, () => socket.destroy(new Error(`no answer to ${method} ${target.slice(0, 80)}`)))
    socket.on('data', chunk => chunks.push(chunk))
    // A server that answers without reading a body may reset the connection: what it said counts.
    socket.on('error', error => ('code' in error && error.code === 'ECONNRESET' ? undefined : reject(error)))
    socket.on('close', () => resolve(answerFrom(Buffer.concat(chunks).toString('utf8'))))
  })
}

function answerFrom(everything: string): RawAnswer {
  const [head = '', ...rest] = everything.replace(/^HTTP\/1.1 1\d\d .*\r\n\r\n/, '').split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines.map(line => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  return { status: Number(first.split(' ')[1] ?? 0), headers, text: rest.join('\r\n\r\n') }
}
