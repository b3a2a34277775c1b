import { IncomingMessage } from 'node:http'
import type { Request } from 'express'

/** The same request again with another address and body, for handing on after it was read and translated. */
export function replay(request: Request, { url, body = '' }: { url: string; body?: string }): IncomingMessage {
  const again = new IncomingMessage(request.socket)
  again.method = request.method
  again.url = url
  again.headers = { ...request.headers }
  if (body) again.headers['content-length'] = String(Buffer.byteLength(body))
  // Incomplete messages take the connection down with them when they are done with.
  again.complete = true
  again.push(body)
  again.push(null)
  return again
}
