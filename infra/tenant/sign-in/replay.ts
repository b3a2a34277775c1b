import { IncomingMessage } from 'node:http'
import type { Request } from 'express'

/** A copy of the request with another address and body, to hand on after reading and translating it. */
export function replay(request: Request, { url, body = '' }: { url: string; body?: string }): IncomingMessage {
  const again = new IncomingMessage(request.socket)
  again.method = request.method
  again.url = url
  again.headers = { ...request.headers }
  if (body) again.headers['content-length'] = String(Buffer.byteLength(body))
  // Node closes the connection of a message that is destroyed while incomplete.
  again.complete = true
  again.push(body)
  again.push(null)
  return again
}
