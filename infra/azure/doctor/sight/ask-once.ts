import http, { type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { TLSSocket } from 'node:tls'

/** The certificate that a host showed, and why it is not believed, in the words of OpenSSL or Node. */
export type ShownCertificate = { fault: string | undefined; from: Date; until: Date }
/** An answer over HTTP as it came, redirects included. */
export type HeardAnswer = {
  status: number
  headers: IncomingHttpHeaders
  cookies: readonly string[]
  body: string
  certificate?: ShownCertificate
}

const usualLimitMs = 5_000
const longestBody = 100_000

/**
 * Asks an address once, over a connection of its own. A certificate that is not believed ends nothing: the answer says so,
 * and nothing secret is sent. `headers.host` may name another host than the address. Rejects where no answer comes in time.
 */
export function askOnce(
  url: string,
  {
    headers = {},
    limitMs = usualLimitMs,
    ca,
  }: { headers?: Record<string, string>; limitMs?: number; ca?: string } = {},
): Promise<HeardAnswer> {
  const { protocol, hostname } = new URL(url)
  const signal = AbortSignal.timeout(limitMs)
  const isName = /[a-z]/i.test(hostname) && !hostname.startsWith('[')
  return new Promise((resolve, reject) => {
    const heard = (response: IncomingMessage) => void wholeAnswer(response).then(resolve, reject)
    const request =
      protocol === 'https:'
        ? https.get(url, {
            ...{ headers, signal, agent: false, rejectUnauthorized: false },
            ...(isName && { servername: hostname }),
            ...(ca && { ca }),
          })
        : http.get(url, { headers, signal, agent: false })
    request.once('response', heard).once('error', reject)
  })
}

async function wholeAnswer(response: IncomingMessage): Promise<HeardAnswer> {
  const certificate = certificateOf(response.socket)
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of response) {
    chunks.push(chunk)
    length += chunk.length
    if (length > longestBody) break
  }
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    cookies: response.headers['set-cookie'] ?? [],
    body: Buffer.concat(chunks).toString('utf8'),
    ...(certificate && { certificate }),
  }
}

function certificateOf(socket: unknown): ShownCertificate | undefined {
  const { encrypted, authorized, authorizationError, getPeerX509Certificate } = socket as TLSSocket
  if (!encrypted) return undefined
  const shown = getPeerX509Certificate.call(socket)
  if (!shown) return undefined
  const fault = authorized ? undefined : String(authorizationError)
  return { fault, from: new Date(shown.validFrom), until: new Date(shown.validTo) }
}
