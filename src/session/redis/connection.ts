import { Cluster, type Redis } from 'ioredis'
import type { RedisTopology } from '../../config/redis-address.ts'
import { connectToCluster } from './cluster.ts'
import { OneDatabaseRedis } from './database.ts'
import { limits, type Options } from './limits.ts'
import { connectBySentinels } from './sentinel.ts'
import { askingEachTime, type Source, valuesOf, type Whereabouts } from './source.ts'

type Connection = Redis | Cluster
export const isCluster = (redis: Connection): redis is Cluster => redis instanceof Cluster

/**
 * Connects to one Redis, to the master that sentinels name, or to a cluster: with the same limits everywhere. What proves
 * us there is asked of the source for each connection.
 */
export function connectionTo(source: Source, topology: RedisTopology): Connection {
  const proof = {
    username: () => source().username,
    password: () => source().password,
    tls: () => tlsOf(source()),
  }
  const options = { ...limits(), ...valuesOf(proof), db: source().database ?? 0 }
  if (topology.kind === 'cluster') return connectToCluster(source(), options, node => askingEachTime(node, proof))
  if (topology.kind === 'sentinel') return connectBySentinels({ source, master: topology.master, options, proof })
  const { host, port } = nodeOf(source())
  // Some services find the server by the name that TLS asks for; an address is no name.
  const isName = /[a-z]/i.test(host) && !host.includes(':')
  const named = { ...proof, tls: () => tlsOf(source(), isName ? host : undefined) }
  const redis = new OneDatabaseRedis({ ...options, ...valuesOf(named), host, port })
  askingEachTime(redis, named)
  return redis
}

const tlsOf = ({ isTls, ca }: Whereabouts, servername?: string): Options['tls'] =>
  isTls ? { ...(ca && { ca }), ...(servername && { servername }) } : undefined

const nodeOf = ({ nodes: [node] }: Whereabouts) => ({ host: node?.host ?? '', port: node?.port ?? 6379 })
