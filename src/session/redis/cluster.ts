import { Cluster, type Command, type Redis } from 'ioredis'
import type { RedisAddress } from '../../config/redis-address.ts'
import { commandLimitMs, type Options, retry } from './limits.ts'

/** Connects to a cluster. Each of its nodes gets `options`, and `each` is called with every node before it connects. */
export function connectToCluster({ nodes }: RedisAddress, options: Options, each: (node: Redis) => void): Cluster {
  const cluster = new BoundedCluster(
    nodes.map(({ host, port = 6379 }) => ({ host, port })),
    {
      redisOptions: options,
      clusterRetryStrategy: retry,
      slotsRefreshTimeout: commandLimitMs,
      // A node that is connecting keeps its commands for as long as a command may take. A cluster that is away keeps none.
      enableOfflineQueue: true,
      // A command that was sent is not sent again: it may have been done. As with one Redis the answer is 503 at once.
      retryDelayOnFailover: 0,
      retryDelayOnClusterDown: 0,
      // Names stay names: certificates are for them, and addresses change.
      dnsLookup: (host, done) => done(null, host),
    },
  )
  cluster.on('+node', each)
  return cluster
}

/** ioredis has no time limit while it looks for the node of a command, and queues all commands before it knows a node. */
class BoundedCluster extends Cluster {
  override sendCommand(...[command, stream, node]: Parameters<Cluster['sendCommand']>): unknown {
    command.setTimeout(commandLimitMs)
    if (this.status === 'ready' || isAboutTheCluster(command)) return super.sendCommand(command, stream, node)
    command.reject(new Error('the cluster is not ready'))
    return command.promise
  }
}

const isAboutTheCluster = ({ name }: Command) => name === 'cluster'
