import { z } from 'zod'
import { plain, readBy } from './kinds.ts'
import { isLoopback } from './loopback.ts'
import { readProxyUrl } from './proxy.ts'
import { readRedisUrl } from './redis-address.ts'
import { Secret } from './secret.ts'

const url = plain.transform((value, context) => {
  if (URL.canParse(value) && value.includes('://')) return new URL(value)
  context.addIssue('must be an absolute URL')
  return z.NEVER
})
const trustedUrl = url.refine(
  value => value.protocol === 'https:' || (value.protocol === 'http:' && isLoopback(value)),
  'must be https (http only for a loopback host)',
)
const isBare = ({ search, hash, username, password }: URL) => !search && !hash && !username && !password
/** The origin of a trusted URL, e.g. https://admin.example.com. */
export const origin = trustedUrl
  .refine(value => isBare(value) && value.pathname === '/', 'must be an origin: no path, query or user name')
  .refine(value => !/[*,;]/.test(value.hostname), 'must name one host, without * , ;')
  .transform(value => value.origin)

/** The base address of Graph's version 1.0, without a slash at its end. */
export const graphUrl = trustedUrl
  .refine(isBare, 'must be without query and user name')
  .refine(value => !/\/beta\/?$/.test(value.pathname), 'must end with /v1.0, the version that is spoken here')
  .transform(value => (value.pathname === '/' ? `${value.origin}/v1.0` : value.href.replace(/\/$/, '')))
/** An address that records are sent to. A secret, because its path or query may hold a token. */
export const webhookUrl = plain
  .transform(value => value.trim())
  .pipe(trustedUrl.refine(({ username, password }) => !username && !password, 'must be without a user name'))
  .transform(value => new Secret(value.href))
/** The address or addresses of Redis. A secret, because they may hold a password. */
export const redisUrl = plain.transform(readBy(readRedisUrl, (_found, text) => new Secret(text)))
/** The address of a proxy. A secret, because it may hold a password. */
export const proxyUrl = plain.transform(readBy(readProxyUrl, (_found, text) => new Secret(text)))
