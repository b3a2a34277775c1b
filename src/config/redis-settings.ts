import { type RedisAddress, readRedisUrl } from './redis-address.ts'
import type { Secret } from './secret.ts'

/** How many Redis there are: one, a cluster, or a master that sentinels name. */
export type RedisTopology = { kind: 'one' } | { kind: 'cluster' } | { kind: 'sentinel'; master: string }

/** How to reach Redis. */
export type RedisConfig = {
  /** Absent in a demo that keeps its sessions in this process. */
  url: Secret | undefined
  topology: RedisTopology
  /** PEM. Absent where the system's authorities count. */
  ca: string | undefined
  prefix: string
} & RedisFiles
/** The files that the address and the authorities came from, where both may change. */
export type RedisFiles = { urlFile?: string | undefined; caFile?: string | undefined }

/** The settings of Redis, as the rest of the application reads them. */
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

type Given = { [name in 'REDIS_URL' | 'REDIS_CLUSTER' | 'REDIS_SENTINEL_MASTER' | 'REDIS_CA_FILE']?: string }

/** The faults of the settings of Redis together, where each setting by itself may be good. */
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
