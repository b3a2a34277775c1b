import { isIP } from 'node:net'
import { z } from 'zod'
import { readCertificate } from './credential.ts'
import { isLoopback } from './loopback.ts'
import { readProxyUrl } from './proxy.ts'
import { readRedisUrl } from './redis-address.ts'
import { readAuthorities } from './redis-authorities.ts'
import { Secret } from './secret.ts'

// The kinds of values that settings have. The message of a fault follows the name of its setting.

const namedNetworks = new Set(['loopback', 'linklocal', 'uniquelocal'])

const placeholder = /change-?me|placeholder|replace-?me|^<.*>$|<?your[-_ ]/i
/** A placeholder that a shell, a template or a pipeline has not filled in. */
const unfilled = /^\$[A-Z_]+$|^\$\{.*\}$|^\$\(.*\)$|^\{\{.*\}\}$|^#\{.*\}#$/
/** The name of a secret that a cloud or a tool should have replaced by the secret itself. The name is no secret. */
const reference =
  /^(@Microsoft\.KeyVault\(|secretref:|keyvaultref:|vault:|op:\/\/|ref\+|arn:aws|projects\/[^/]+\/secrets\/)/i
const plain = z
  .string()
  .refine(value => !reference.test(value), 'is the name of a secret that nobody has put in its place')
  .refine(value => !placeholder.test(value) && !unfilled.test(value), 'is still a placeholder')
/** An id, in lower case. */
export const guid = plain.pipe(z.guid('must be a GUID')).transform(value => value.toLowerCase())

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

const secret = (shortest: number) =>
  plain
    .refine(value => value.length >= shortest, `must have at least ${shortest} characters`)
    .refine(value => new Set(value).size >= Math.min(8, shortest / 2), 'repeats the same characters: make a random one')
const list = (value: string) => value.split(',').map(part => part.trim())
/** At most `most` secrets, comma-separated, each with at least `shortest` characters. */
export const secrets = (shortest: number, most: number) =>
  z
    .string()
    .transform(list)
    .refine(parts => parts.every(part => part !== ''), 'has nothing before or behind a comma: leave the comma out')
    .refine(
      parts => parts.length === 1 || parts.every(part => part.length >= shortest),
      `must have at least ${shortest} characters, each: a comma separates two secrets and cannot be part of one`,
    )
    .pipe(z.array(secret(shortest)).min(1).max(most, `must be at most ${most}, comma-separated`))
    .transform(values => values.map(value => new Secret(value)) as [Secret, ...Secret[]])
/** A private key and its certificate, as PEM. */
export const certificate = z.string().transform((value, context) => {
  const found = readCertificate(value)
  if (!('wrong' in found)) return found
  context.addIssue(found.wrong)
  return z.NEVER
})

/** How a value begins that Kubernetes has set for a Service. */
export const ofService = /^(tcp|udp|sctp):\/\//
const fromKubernetes =
  'holds what Kubernetes sets for a Service of that name in the namespace: give the Service another name, or set enableServiceLinks: false'
const withUnit = 'must be a number alone, without a unit: the name of the setting says it'

/** A number from 0 to `high`. */
export const number = (high: number) =>
  z
    .string()
    .trim()
    .refine(value => !ofService.test(value), fromKubernetes)
    .refine(value => !/^[\d.,]+ ?[a-z]+$/i.test(value), withUnit)
    .refine(value => !/^\d+,\d+$/.test(value), 'must be a number: with a point, not with a comma')
    .regex(/^\d+(\.\d+)?$/, 'must be a number')
    .transform(Number)
    .pipe(z.number().max(high, `must be at most ${high}`))
/** The number of a port. */
export const port = number(65535).refine(Number.isInteger, 'must be a whole number')
/** A number above 0, at most `high`. */
export const positive = (high: number) => number(high).refine(value => value > 0, 'must be more than 0')

// A prefix of 0 would trust everyone, and Express does not accept it.
const isNetwork = (value: string) => {
  if (namedNetworks.has(value)) return true
  const [address = '', prefix, ...rest] = value.split('/')
  const longest = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0
  // The prefix of an IPv4 network that is written as IPv6 counts from the IPv6 address: fewer bits would be all of IPv4.
  const shortest = /^::ffff:/i.test(address) ? 97 : 1
  if (longest === 0 || rest.length > 0) return false
  if (prefix === undefined) return true
  return /^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) >= shortest && Number(prefix) <= longest
}
/** A number of hops, or a list of addresses and networks, as Express's `trust proxy` reads them. */
export const trustProxy = z.string().transform((value, context) => {
  if (/^[1-9]\d?$/.test(value.trim())) return Number(value)
  const networks = list(value)
  if (networks.every(isNetwork)) return networks
  context.addIssue('must be a hop count or a list of addresses or CIDR blocks; "true" would trust everyone')
  return z.NEVER
})

/** A number of seconds from `low` to `high`. */
export const seconds = (low: number, high: number) =>
  number(high).refine(value => value >= low, `must be at least ${low}`)
/** 'on' or 'off', as a boolean. */
export const onOff = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['on', 'off'], 'must be on or off'))
  .transform(value => value === 'on')
/** The base address of Graph's version 1.0, without a slash at its end. */
export const graphUrl = trustedUrl
  .refine(isBare, 'must be without query and user name')
  .refine(value => !/\/beta\/?$/.test(value.pathname), 'must end with /v1.0, the version that is spoken here')
  .transform(value => (value.pathname === '/' ? `${value.origin}/v1.0` : value.href.replace(/\/$/, '')))
/** An address to listen on, or the name of a host. */
export const host = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .refine(
    value => isIP(value) !== 0 || /^[\w.-]+$/.test(value),
    'must be an address or the name of a host, and nothing else',
  )
/** The id of an authentication context: c1 to c99. */
export const context = z
  .string()
  .toLowerCase()
  .regex(/^c[1-9]\d?$/, 'must be c1 to c99')

/** The address or addresses of Redis. A secret, because they may hold a password. */
export const redisUrl = plain.transform((value, context) => {
  const found = readRedisUrl(value)
  if (!('wrong' in found)) return new Secret(value)
  context.addIssue(found.wrong)
  return z.NEVER
})
/** The address of a proxy. A secret, because it may hold a password. */
export const proxyUrl = plain.transform((value, context) => {
  const found = readProxyUrl(value)
  if (!('wrong' in found)) return new Secret(value)
  context.addIssue(found.wrong)
  return z.NEVER
})
/** The name of a file with certificates, read as PEM. */
export const authorities = z.string().transform((path, context) => {
  const found = readAuthorities(path)
  if (!('wrong' in found)) return found.pem
  context.addIssue(found.wrong)
  return z.NEVER
})
