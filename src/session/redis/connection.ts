import { Cluster, type Redis } from 'ioredis'
import type { RedisTopology } from '../../config/redis-settings.ts'
import { connectToCluster } from './cluster.ts'
import { OneDatabaseRedis } from './database.ts'
import { limits, type Options } from './limits.ts'
import { connectBySentinels } from './sentinel.ts'
import { askingEachTime, type Source, valuesOf, type Whereabouts } from './source.ts'

type Connection = Redis | Cluster

/** Whether this is a connection to a cluster, and not to one node. */
export const isCluster = (redis: Connection): redis is Cluster => redis instanceof Cluster

/**
 * Connects to one Redis, to the master that sentinels name, or to a cluster, with the same limits everywhere. Each
 * connection asks the source anew for the credentials.
 */
export function connectionTo(source: Source, topology: RedisTopology): Connection {
  const credentials = {
    username: () => source().username,
    password: () => source().password,
    tls: () => tlsOf(source()),
  }
  const options = { ...limits(), ...valuesOf(credentials), db: source().database ?? 0 }
  if (topology.kind === 'cluster') return connectToCluster(source(), options, node => askingEachTime(node, credentials))
  if (topology.kind === 'sentinel') return connectBySentinels({ source, master: topology.master, options, credentials })
  const { host, port } = firstNodeOf(source())
  // Some services find the server by the name that TLS asks for; an address is no name.
  const isName = /[a-z]/i.test(host) && !host.includes(':')
  const named = { ...credentials, tls: () => tlsOf(source(), isName ? host : undefined) }
  const redis = new OneDatabaseRedis({ ...options, ...valuesOf(named), host, port })
  askingEachTime(redis, named)
  return redis
}

const tlsOf = ({ isTls, ca }: Whereabouts, servername?: string): Options['tls'] =>
  isTls ? { ...(ca && { ca }), ...(servername && { servername }) } : undefined

const firstNodeOf = ({ nodes: [node] }: Whereabouts) => ({ host: node?.host ?? '', port: node?.port ?? 6379 })
