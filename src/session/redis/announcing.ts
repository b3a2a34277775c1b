import type { EventEmitter } from 'node:events'
import type { Redis as Single } from 'ioredis'
import type { RedisAddress, RedisTopology } from '../../config/redis-address.ts'
import type { Log } from '../../observability.ts'
import type { Refusals } from './refusals.ts'
import { speaksOtherwise } from './tls.ts'
import { refusalIn } from './words.ts'

type Needs = {
  topology: RedisTopology
  /** Where we look for it, now. */
  address: () => RedisAddress
  refusals: Refusals
  log: Log
}

/** Says once an outage that Redis is away, that it does not let us in and why, and that it is there again. */
export function announce(redis: EventEmitter, needs: Needs): void {
  const { topology, address, refusals, log } = needs
  const said = new Set<string>()
  const once = (event: string, say: () => void) => {
    if (said.has(event)) return
    said.add(event)
    say()
  }
  const askWhetherMixedUp = () => once('mixed up', () => void sayMixUp(needs))
  const replyIn = (error: Error) => {
    const refusal = refusalIn(error, topology)
    if (refusal) refusals.refused(refusal)
    else if (!isPlain(error)) askWhetherMixedUp()
    // TLS fails before anything is said.
    return { reply: refusal?.word === 'TLS' ? undefined : refusal?.word }
  }
  redis.on('error', (error: Error) => {
    const reply = replyIn(error)
    once('away', () => log.error({ event: 'redis-away', at: hostsOf(address()), ...reply, error }))
  })
  redis.on('sentinelError', (error: Error) => {
    const sentinel = /sentinel (\S+) /.exec(error.message)?.[1] ?? ''
    const reply = replyIn(error)
    once(`sentinel ${sentinel}`, () => log.warn({ event: 'redis-sentinel-failed', sentinel, ...reply }))
  })
  // Redis that closes a connection in order, or is loading after a restart, is no error of the client's.
  redis.on('reconnecting', () => {
    if (!said.has('away')) once('lost', () => log.warn({ event: 'redis-connection-lost' }))
    askWhetherMixedUp()
  })
  redis.on('ready', () => {
    log.info({ event: 'redis-ready' })
    refusals.connected()
    said.clear()
  })
  if (topology.kind === 'cluster') announceNodes(redis, { log, replyIn })
}

/** Nobody listens there, or the name leads nowhere: that explains itself. */
const isPlain = (error: Error) => /REFUSED|NOTFOUND|EAI_AGAIN|UNREACH/.test(error.message)

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

/** Without what proves us there. */
const hostsOf = ({ nodes }: RedisAddress): string[] => nodes.map(({ host, port }) => (port ? `${host}:${port}` : host))

/** Of a cluster some nodes may be away while it is not. */
function announceNodes(
  cluster: EventEmitter,
  { log, replyIn }: { log: Log; replyIn: (error: Error) => { reply: string | undefined } },
): void {
  const away = new Set<string>()
  cluster.on('node error', (error: Error, node: string) => {
    const reply = replyIn(error)
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
