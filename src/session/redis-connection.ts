import { Cluster, type Redis } from 'ioredis'
import { type RedisAddress, type RedisConfig, readRedisUrl } from '../config/redis-address.ts'
import type { Secret } from '../config/secret.ts'
import { connectToCluster } from './redis-cluster.ts'
import { OneDatabaseRedis } from './redis-database.ts'
import { limits, type Options, type Tls } from './redis-limits.ts'
import { connectBySentinels } from './redis-sentinel.ts'

type Connection = Redis | Cluster
export const isCluster = (redis: Connection): redis is Cluster => redis instanceof Cluster

/** Connects to one Redis, to the master that sentinels name, or to a cluster: with the same limits everywhere. */
export function connectionTo(url: Secret, { topology, ca }: Pick<RedisConfig, 'topology' | 'ca'>): Connection {
  const address = readRedisUrl(url.reveal())
  if ('wrong' in address) throw new Error(`REDIS_URL ${address.wrong}`)
  const { username, password, database = 0, isTls } = address
  const tls = isTls ? { ...(ca && { ca }) } : undefined
  const proof = { ...(username && { username }), ...(password && { password }), ...(tls && { tls }) }
  const options = { ...limits(), ...proof, db: database }
  if (topology.kind === 'cluster') return connectToCluster(address, options)
  if (topology.kind === 'sentinel') return connectBySentinels(address, topology.master, tls, options)
  return new OneDatabaseRedis({ ...options, ...nodeOf(address, tls) })
}

function nodeOf({ nodes: [node] }: RedisAddress, tls: Tls): Options {
  const { host = '', port = 6379 } = node ?? {}
  // Some services find the server by the name that TLS asks for; an address is no name.
  const isName = /[a-z]/i.test(host) && !host.includes(':')
  return { host, port, ...(tls && { tls: { ...tls, ...(isName && { servername: host }) } }) }
}
