import { Redis } from 'ioredis'
import { OneDatabaseRedis } from './database.ts'
import { commandLimitMs, limits, type Options, retry } from './limits.ts'
import { askingEachTime, type Source, valuesOf } from './source.ts'

const failOverChannel = '+switch-master'
/** Sentinels tell each other every two seconds. An announcement counts over what they still say for this long. */
const newsMs = 10_000

type Needs = {
  source: Source
  master: string
  /** For the connection to the master. */
  options: Options
  credentials: Record<'username' | 'password', () => string | undefined> & { tls: () => Options['tls'] }
}
type Place = { host: string; port: number }
type FailOver = { from: string; to: Place }
const hostAndPort = ({ host, port }: Place) => `${host}:${port}`

/**
 * Connects to the master that sentinels name, for as long as they name it.
 *
 * When a sentinel announces a fail-over, the old master is left at once: until the old master learns of it, it takes
 * writes that are lost. For the same reason sentinels that have not heard of it, and still name the old master, are not
 * believed.
 */
export function connectBySentinels({ source, master, options, credentials }: Needs): Redis {
  const sentinels = source().nodes.map(({ host, port = 26379 }) => ({ host, port }))
  const forSentinels = {
    sentinelUsername: () => source().sentinelUsername,
    sentinelPassword: () => source().sentinelPassword,
    sentinelTLS: credentials.tls,
  }
  let present: string | undefined
  let heard: (FailOver & { until: number }) | undefined
  const news = () => (heard && performance.now() < heard.until ? heard : undefined)

  const redis = new OneDatabaseRedis({
    ...options,
    sentinels,
    name: master,
    ...valuesOf(forSentinels),
    enableTLSForSentinelMode: source().isTls,
    sentinelCommandTimeout: commandLimitMs,
    sentinelRetryStrategy: retry,
    // Only the sentinels in REDIS_URL count: the addresses that sentinels tell of each other may lead nowhere from here.
    updateSentinels: false,
    natMap: named => {
      const recent = news()
      const instead = recent?.from === named ? recent.to : undefined
      present = instead ? hostAndPort(instead) : named
      return instead ?? null
    },
  })
  askingEachTime(redis, { ...credentials, ...forSentinels })
  const leaveIf = (isWrong: boolean) => {
    if (isWrong && redis.status === 'ready') redis.disconnect(true)
  }
  // For a fail-over that was announced while it was connecting.
  redis.on('ready', () => leaveIf(present === news()?.from))

  const ofSentinel = {
    username: forSentinels.sentinelUsername,
    password: forSentinels.sentinelPassword,
    tls: credentials.tls,
  }
  const watchers = sentinels.map(sentinel => {
    const watcher = watch({ ...limits(), ...sentinel, ...valuesOf(ofSentinel) }, master, failOver => {
      heard = { ...failOver, until: performance.now() + newsMs }
      leaveIf(present !== hostAndPort(failOver.to))
    })
    askingEachTime(watcher, ofSentinel)
    return watcher
  })
  redis.once('end', () => {
    for (const watcher of watchers) watcher.disconnect()
  })
  return redis
}

/**
 * Listens to the fail-overs of this master that a sentinel announces. (ioredis can do so too, but takes any master's
 * fail-over for ours, gives up for good when one is announced while it connects, and writes its errors to the console.)
 */
function watch(options: Options, master: string, hear: (failOver: FailOver) => void): Redis {
  const watcher = new Redis({ ...options, enableReadyCheck: false, autoResubscribe: false })
  // The connection itself says that a sentinel is away, when it asks that sentinel for the master.
  watcher.on('error', () => {})
  watcher.on('ready', () => watcher.subscribe(failOverChannel).catch(() => {}))
  watcher.on('message', (_channel, message: string) => {
    const [name, fromHost = '', fromPort, host = '', port] = message.split(' ')
    if (name !== master) return
    hear({ from: hostAndPort({ host: fromHost, port: Number(fromPort) }), to: { host, port: Number(port) } })
  })
  return watcher
}
