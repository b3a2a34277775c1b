import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * The id in the value of a session's cookie, if one of our secrets signed it; undefined otherwise. express-session writes
 * and reads cookies in the same way, but does not tell the id of a session that is no more.
 * Source: https://github.com/tj/node-cookie-signature
 */
export function signedId(value: string | undefined, secrets: readonly string[]): string | undefined {
  const [, id, signature = ''] = /^s:([\w-]+)\.([\w+/]+)$/.exec(value ?? '') ?? []
  if (id === undefined) return undefined
  const isOurs = secrets.some(secret => {
    const expected = createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '')
    return expected.length === signature.length && timingSafeEqual(Buffer.from(expected), Buffer.from(signature))
  })
  return isOurs ? id : undefined
}
