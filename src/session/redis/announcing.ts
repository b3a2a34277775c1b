import type { EventEmitter } from 'node:events'
import type { Redis as Single } from 'ioredis'
import type { RedisAddress } from '../../config/redis-address.ts'
import type { RedisTopology } from '../../config/redis-settings.ts'
import type { Log } from '../../observability.ts'
import type { Refusals } from './refusals.ts'
import { speaksOtherwise } from './tls.ts'
import { redisRefusalIn } from './words.ts'

type Needs = {
  topology: RedisTopology
  /** Where Redis is by now. */
  address: () => RedisAddress
  refusals: Refusals
  log: Log
}
/** Notes the refusal in an error. Returns the word of Redis for the log, where Redis said one. */
type Hear = (error: Error) => { reply: string | undefined }

/**
 * Says in the log that Redis is away, that it does not let us in and why, each once an outage, and that it is there again.
 */
export function announce(redis: EventEmitter, needs: Needs): void {
  const { topology, address, refusals, log } = needs
  const said = new Set<string>()
  const once = (event: string, say: () => void) => {
    if (said.has(event)) return
    said.add(event)
    say()
  }
  const askWhetherMixedUp = () => once('mixed up', () => void sayMixUp(needs))
  const hear: Hear = error => {
    const refusal = redisRefusalIn(error, topology)
    if (refusal) refusals.refused(refusal)
    else if (!explainsItself(error)) askWhetherMixedUp()
    // TLS fails before Redis says anything.
    return { reply: refusal?.word === 'TLS' ? undefined : refusal?.word }
  }
  redis.on('error', (error: Error) => {
    const reply = hear(error)
    once('away', () => log.error({ event: 'redis-away', at: placesIn(address()), ...reply, error }))
  })
  redis.on('sentinelError', (error: Error) => {
    const sentinel = /sentinel (\S+) /.exec(error.message)?.[1] ?? ''
    const reply = hear(error)
    once(`sentinel ${sentinel}`, () => log.warn({ event: 'redis-sentinel-failed', sentinel, ...reply }))
  })
  // The client sees no error where Redis closes a connection in order, or is loading after a restart.
  redis.on('reconnecting', () => {
    if (!said.has('away')) once('lost', () => log.warn({ event: 'redis-connection-lost' }))
    askWhetherMixedUp()
  })
  redis.on('ready', () => {
    log.info({ event: 'redis-ready' })
    refusals.connected()
    said.clear()
  })
  if (topology.kind === 'cluster') announceNodes(redis, { log, hear })
}

/** Whether nothing listens there, or the name leads nowhere. */
const explainsItself = (error: Error) => /REFUSED|NOTFOUND|EAI_AGAIN|UNREACH/.test(error.message)

async function sayMixUp({ address, topology, refusals }: Needs): Promise<void> {
  const { nodes, isTls } = address()
  const usual = topology.kind === 'sentinel' ? 26379 : 6379
  const answers = await Promise.all(nodes.map(({ host, port = usual }) => speaksOtherwise({ host, port }, isTls)))
  if (!answers.includes(true)) return
  const remedy = isTls
    ? 'no TLS is spoken there: write redis:// in REDIS_URL, or the port that has TLS'
    : 'TLS is spoken there: write rediss:// in REDIS_URL'
  refusals.refused({ word: 'TLS', command: undefined, remedy })
}

/** Hosts and ports alone: user name and password stay out of the log. */
const placesIn = ({ nodes }: RedisAddress): string[] => nodes.map(({ host, port }) => (port ? `${host}:${port}` : host))

/** Some nodes of a cluster may be away while the cluster is there. */
function announceNodes(cluster: EventEmitter, { log, hear }: { log: Log; hear: Hear }): void {
  const away = new Set<string>()
  cluster.on('node error', (error: Error, node: string) => {
    const reply = hear(error)
    if (!away.has(node)) log.warn({ event: 'redis-node-away', node, ...reply, error })
    away.add(node)
  })
  cluster.on('+node', (node: Single) => {
    const { host, port } = node.options
    node.on('ready', () => {
      if (away.delete(`${host}:${port}`)) log.info({ event: 'redis-node-ready', node: `${host}:${port}` })
    })
  })
}
