import { isIP } from 'node:net'
import { z } from 'zod'
import { readCertificate } from './credential.ts'
import { readAuthorities } from './redis-authorities.ts'
import { Secret } from './secret.ts'
import { readSigningKeys } from './signing-keys.ts'

// The kinds of values that settings have. The message of a fault follows the name of its setting.

const namedNetworks = new Set(['loopback', 'linklocal', 'uniquelocal'])

const placeholder = /change-?me|placeholder|replace-?me|^<.*>$|<?your[-_ ]/i
/** A placeholder that a shell, a template or a pipeline has not filled in. */
const unfilled = /^\$[A-Z_]+$|^\$\{.*\}$|^\$\(.*\)$|^\{\{.*\}\}$|^#\{.*\}#$/
/** The name of a secret that a cloud or a tool should have replaced by the secret itself. The name is no secret. */
const reference =
  /^(@Microsoft\.KeyVault\(|secretref:|keyvaultref:|vault:|op:\/\/|ref\+|arn:aws|projects\/[^/]+\/secrets\/)/i
/** Text that is a value: neither a placeholder nor the name of a secret. */
export const plain = z
  .string()
  .refine(value => !reference.test(value), 'is the name of a secret that nobody has put in its place')
  .refine(value => !placeholder.test(value) && !unfilled.test(value), 'is still a placeholder')
/** A transform that reads a text with `read`. Where `read` returns `wrong`, that is the fault; else `take` makes the value. */
export const readBy =
  <Found extends object, Value>(
    read: (text: string) => Found | { wrong: string },
    take: (found: Found, text: string) => Value,
  ) =>
  (text: string, context: z.RefinementCtx): Value => {
    const found = read(text)
    if (!('wrong' in found)) return take(found, text)
    context.addIssue(String(found.wrong))
    return z.NEVER
  }

/** An id, in lower case. */
export const guid = plain.pipe(z.guid('must be a GUID')).transform(value => value.toLowerCase())

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
const isKeyOfWebhook = (value: string) => {
  const text = value.replace(/^whsec_/, '')
  const { length } = Buffer.from(text, 'base64')
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && length >= 24 && length <= 64
}
/** At most two secrets of a webhook, comma-separated: 24 to 64 random bytes each, as base64. */
export const webhookSecrets = secrets(32, 2).refine(
  found => found.every(each => isKeyOfWebhook(each.reveal())),
  'must be 24 to 64 random bytes as base64, with or without whsec_ before it',
)
/** A private key and its certificate, as PEM. */
export const certificate = z.string().transform(readBy(readCertificate, found => found))

/** The private keys that sign the checkpoints of the trail, as PEM. */
export const signingKeys = z.string().transform(readBy(readSigningKeys, ({ keys }) => keys))

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

/** 'on' or 'off', as a boolean. */
export const onOff = z
  .string()
  .toLowerCase()
  .pipe(z.enum(['on', 'off'], 'must be on or off'))
  .transform(value => value === 'on')
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

/** What people read as the name of a group or gate: one line, without characters that change how the rest is shown. */
export const title = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(120, 'must have at most 120 characters')
  .regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]*$/u, 'must be one line, without control characters')

/**
 * The value of an app role, as Entra takes it. Source, for the characters and the length:
 * https://learn.microsoft.com/graph/api/resources/approle
 */
export const roleValue = plain.regex(
  /^(?!\.)[\w:!#$%&'()*+,\-./;<=>?@[\]^`{|}~]{1,120}$/,
  'must be the value of an app role: at most 120 characters, without spaces, none but those that Entra takes, and no . at its start',
)

/** The name of a file with certificates, read as PEM. */
export const authorities = z.string().transform(readBy(readAuthorities, ({ pem }) => pem))
