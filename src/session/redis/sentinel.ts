import { Redis } from 'ioredis'
import { OneDatabaseRedis } from './database.ts'
import { commandLimitMs, limits, type Options, retry } from './limits.ts'
import { askingEachTime, type Source, valuesOf } from './source.ts'

const failOverChannel = '+switch-master'
/** Sentinels tell each other every two seconds. */
const newsMs = 10_000

type Needs = {
  source: Source
  master: string
  /** For the master, and what proves us there. */
  options: Options
  proof: Record<'username' | 'password', () => string | undefined> & { tls: () => Options['tls'] }
}
type Place = { host: string; port: number }
const keyOf = ({ host, port }: Place) => `${host}:${port}`

/**
 * Connects to the master that sentinels name, for as long as they name it.
 *
 * When one announces a fail-over the old master is left at once: until it learns of it, it takes writes that are lost.
 * For the same reason sentinels that have not heard of it, and still name the old one, are not believed.
 */
export function connectBySentinels({ source, master, options, proof }: Needs): Redis {
  const sentinels = source().nodes.map(({ host, port = 26379 }) => ({ host, port }))
  const own = {
    sentinelUsername: () => source().sentinelUsername,
    sentinelPassword: () => source().sentinelPassword,
    sentinelTLS: proof.tls,
  }
  let present = ''
  let news = { from: '', to: { host: '', port: 0 }, until: 0 }
  const isNews = () => performance.now() < news.until

  const redis = new OneDatabaseRedis({
    ...options,
    sentinels,
    name: master,
    ...valuesOf(own),
    enableTLSForSentinelMode: source().isTls,
    sentinelCommandTimeout: commandLimitMs,
    sentinelRetryStrategy: retry,
    // Those in REDIS_URL count: what sentinels tell of each other may be addresses that are none from here.
    updateSentinels: false,
    natMap: named => {
      const instead = isNews() && named === news.from ? news.to : undefined
      present = instead ? keyOf(instead) : named
      return instead ?? null
    },
  })
  askingEachTime(redis, { ...proof, ...own })
  const leaveIf = (isWrong: boolean) => {
    if (isWrong && redis.status === 'ready') redis.disconnect(true)
  }
  const theirs = { username: own.sentinelUsername, password: own.sentinelPassword, tls: proof.tls }
  const watchers = sentinels.map(sentinel => {
    const watcher = watch({ ...limits(), ...sentinel, ...valuesOf(theirs) }, message => {
      const [name, fromHost = '', fromPort, host = '', port] = message.split(' ')
      if (name !== master) return
      const from = keyOf({ host: fromHost, port: Number(fromPort) })
      news = { from, to: { host, port: Number(port) }, until: performance.now() + newsMs }
      leaveIf(present !== keyOf(news.to))
    })
    askingEachTime(watcher, theirs)
    return watcher
  })
  // Announced while it was connecting.
  redis.on('ready', () => leaveIf(isNews() && present === news.from))
  redis.once('end', () => {
    for (const watcher of watchers) watcher.disconnect()
  })
  return redis
}

/**
 * Listens to what a sentinel announces. (ioredis can do so too, but takes any master's fail-over for ours, gives up for
 * good when one is announced while it connects, and writes its errors to the console.)
 */
function watch(options: Options, hear: (message: string) => void): Redis {
  const watcher = new Redis({ ...options, enableReadyCheck: false, autoResubscribe: false })
  // One that is away is said by the connection itself, when it asks for the master.
  watcher.on('error', () => {})
  watcher.on('ready', () => watcher.subscribe(failOverChannel).catch(() => {}))
  watcher.on('message', (_channel, message: string) => hear(message))
  return watcher
}
