import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { endsBeforeAt, percentEncoding } from './percent-encoding.ts'
import type { Secret } from './secret.ts'

/** Where Redis is and how one proves oneself to it, as REDIS_URL says. */
export type RedisAddress = {
  nodes: readonly { host: string; port: number | undefined }[]
  isTls: boolean
  database: number | undefined
  username?: string
  password?: string
  sentinelUsername?: string
  sentinelPassword?: string
}

export type RedisTopology = { kind: 'one' } | { kind: 'cluster' } | { kind: 'sentinel'; master: string }

export type RedisConfig = {
  /** None: a store inside the process, for the demo. */
  url: Secret | undefined
  topology: RedisTopology
  /** PEM; the system's authorities where there is none. */
  ca: string | undefined
  prefix: string
} & RedisFiles
/** Where the address and the authorities came from: they may change there. */
export type RedisFiles = { urlFile?: string | undefined; caFile?: string | undefined }

export function redisConfigFrom(
  read: {
    REDIS_URL?: Secret | undefined
    REDIS_CLUSTER: boolean
    REDIS_SENTINEL_MASTER?: string | undefined
    REDIS_CA_FILE?: string | undefined
    REDIS_PREFIX: string
  },
  files: RedisFiles,
): RedisConfig {
  const { REDIS_CLUSTER: isCluster, REDIS_SENTINEL_MASTER: master } = read
  return {
    url: read.REDIS_URL,
    topology: isCluster ? { kind: 'cluster' } : master === undefined ? { kind: 'one' } : { kind: 'sentinel', master },
    ca: read.REDIS_CA_FILE,
    prefix: read.REDIS_PREFIX,
    ...files,
  }
}

/** The address or addresses of REDIS_URL, or what is wrong with them. */
export function readRedisUrl(text: string): RedisAddress | { wrong: string } {
  // A comma may also be part of a password.
  const parts = text.split(/,\s*(?=rediss?:\/\/)/i).map(part => part.trim())
  if (parts.some(isCutShort)) return { wrong: `cannot be read: ${percentEncoding}` }
  const urls = parts.filter(part => URL.canParse(part)).map(part => new URL(part))
  const [first, ...others] = urls
  if (!first || urls.length < parts.length)
    return { wrong: text.includes(',') ? 'must be absolute URLs, each with its redis://' : 'must be an absolute URL' }
  if (urls.some(({ protocol }) => !['redis:', 'rediss:'].includes(protocol)))
    return { wrong: 'must begin with redis:// or rediss://' }
  if (urls.some(({ hostname }) => hostname === '')) return { wrong: 'must name a host' }
  if (urls.some(({ port }) => port === '0')) return { wrong: 'has port 0, where nothing listens' }
  if (others.some(({ protocol }) => protocol !== first.protocol))
    return { wrong: 'must be redis:// everywhere, or rediss:// everywhere' }
  if (urls.some(({ pathname, hash }) => !/^\/?$|^\/\d{1,4}$/.test(pathname) || hash))
    return { wrong: 'may have nothing behind the host but the number of a database' }
  if (urls.some(({ searchParams }) => [...searchParams.keys()].some(name => !sentinelParts.includes(name))))
    return { wrong: `may have no parameter but ${sentinelParts.join(' and ')}` }
  if (others.some(url => ownPartOf(url) !== '' && ownPartOf(url) !== ownPartOf(first)))
    return { wrong: 'has several addresses that differ in more than host and port: write the rest at the first only' }
  try {
    return addressOf(first, urls)
  } catch {
    return { wrong: 'has a % that stands for nothing: in a user name or password it is written %25' }
  }
}

/** Nothing of ours has a `#`; and behind the host there is an `@` only in a password of sentinels. */
const isCutShort = (url: string) =>
  url.includes('#') || (endsBeforeAt(url) && !/^\w+:\/\/[^/?#]*(\/\d*)?\?sentinel(Username|Password)=/.test(url))

const sentinelParts = ['sentinelUsername', 'sentinelPassword']

/** A + is a +, and no space as in a form. */
const parametersOf = ({ search }: URL) => new URLSearchParams(search.replaceAll('+', '%2B'))

/** What is of the whole, not of one node. */
const ownPartOf = ({ username, password, pathname, search }: URL) =>
  [username, password, pathname.slice(1), search].some(part => part !== '')
    ? [username, password, pathname.slice(1), search].join('\n')
    : ''

function addressOf(first: URL, urls: readonly URL[]): RedisAddress {
  const [username, password] = [decodeURIComponent(first.username), decodeURIComponent(first.password)]
  const [sentinelUsername, sentinelPassword] = sentinelParts.map(name => parametersOf(first).get(name))
  const database = first.pathname.slice(1)
  return {
    nodes: urls.map(({ hostname, port }) => ({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port) || undefined,
    })),
    isTls: first.protocol === 'rediss:',
    database: database === '' ? undefined : Number(database),
    ...(username && { username }),
    ...(password && { password }),
    ...(sentinelUsername && { sentinelUsername }),
    ...(sentinelPassword && { sentinelPassword }),
  }
}

/** The certificates in REDIS_CA_FILE, or what is wrong with it. */
export function readAuthorities(path: string): { pem: string } | { wrong: string } {
  if (path.includes('-----BEGIN')) return { wrong: 'must be the name of a file, not what is in it' }
  try {
    const pem = readFileSync(path, 'utf8')
    const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []
    for (const block of blocks) new X509Certificate(block)
    return blocks.length > 0 ? { pem } : { wrong: 'names a file without a certificate (PEM)' }
  } catch (error) {
    const isAbsent = error instanceof Error && 'syscall' in error
    return { wrong: isAbsent ? 'names a file that cannot be read' : 'names a file with a damaged certificate' }
  }
}

type Given = { [name in 'REDIS_URL' | 'REDIS_CLUSTER' | 'REDIS_SENTINEL_MASTER' | 'REDIS_CA_FILE']?: string }

/** What does not fit together, where each setting by itself may be good. */
export function redisFaults(given: Given): { name: keyof Given; wrong: string }[] {
  const isCluster = given.REDIS_CLUSTER === 'on'
  const isSentinel = given.REDIS_SENTINEL_MASTER !== undefined
  if (isCluster && isSentinel)
    return [{ name: 'REDIS_SENTINEL_MASTER', wrong: 'is given beside REDIS_CLUSTER=on: keep one of them' }]
  const address = given.REDIS_URL === undefined ? undefined : readRedisUrl(given.REDIS_URL)
  if (!address || 'wrong' in address) return []
  const wrong = wrongFor(address, { isCluster, isSentinel })
  return [
    ...(wrong === undefined ? [] : [{ name: 'REDIS_URL' as const, wrong }]),
    ...(given.REDIS_CA_FILE !== undefined && !address.isTls
      ? [{ name: 'REDIS_CA_FILE' as const, wrong: 'is of no use without rediss:// in REDIS_URL' }]
      : []),
  ]
}

function wrongFor(address: RedisAddress, { isCluster, isSentinel }: { isCluster: boolean; isSentinel: boolean }) {
  const { nodes, database, sentinelPassword, sentinelUsername } = address
  if (nodes.length > 1 && !isCluster && !isSentinel)
    return 'has several addresses: say what they are with REDIS_CLUSTER=on or REDIS_SENTINEL_MASTER=name'
  if (isCluster && database !== undefined && database !== 0)
    return 'names a database: a cluster has only number 0, leave it out'
  if (!isSentinel && (sentinelPassword ?? sentinelUsername) !== undefined)
    return 'has parameters for sentinels, but there is no REDIS_SENTINEL_MASTER'
  return undefined
}
