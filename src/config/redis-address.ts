import { endsBeforeAt, percentEncoding } from './percent-encoding.ts'

/** Where Redis is and how we sign in to it, as REDIS_URL says. */
export type RedisAddress = {
  nodes: readonly { host: string; port: number | undefined }[]
  isTls: boolean
  database: number | undefined
  username?: string
  password?: string
  sentinelUsername?: string
  sentinelPassword?: string
}

/** Reads the address or addresses of REDIS_URL. `wrong` is what is wrong with them, in words that follow the setting's name. */
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

/** No address has a `#`, and only the password of sentinels may have an `@` behind the host. */
const isCutShort = (url: string) =>
  url.includes('#') || (endsBeforeAt(url) && !/^\w+:\/\/[^/?#]*(\/\d*)?\?sentinel(Username|Password)=/.test(url))

const sentinelParts = ['sentinelUsername', 'sentinelPassword']

/** In an address a + is a +. In a form it would be a space. */
const parametersOf = ({ search }: URL) => new URLSearchParams(search.replaceAll('+', '%2B'))

/** The parts of an address that concern all nodes; '' where there are none. */
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
