import type { Cluster } from 'ioredis'
import { afterEach, expect, test, vi } from 'vitest'
import { connectToCluster } from '../../../../src/session/redis/cluster.ts'
import { retry } from '../../../../src/session/redis/limits.ts'

const opened: Cluster[] = []
afterEach(() => {
  for (const each of opened.splice(0)) each.disconnect()
})
function open(nodes: { host: string; port: number | undefined }[] = [{ host: '127.0.0.1', port: 1 }], each = vi.fn()) {
  const cluster = connectToCluster({ nodes, isTls: false, database: undefined }, { password: 'canary' }, each)
  cluster.on('error', () => {})
  opened.push(cluster)
  return cluster
}

test('a cluster is looked for at each of its nodes, where none is named at the usual port', () => {
  const nodes = [
    { host: 'a', port: 1 },
    { host: 'b', port: undefined },
  ]
  // The client keeps the nodes that it began with.
  expect(open(nodes)).toMatchObject({
    startupNodes: [
      { host: 'a', port: 1 },
      { host: 'b', port: 6379 },
    ],
  })
})

test('each node has the options of the connection', () => {
  expect(open().options.redisOptions).toMatchObject({ password: 'canary' })
})

test('a cluster that is away is looked for again for ever, and its nodes answer within a second', () => {
  expect(open().options).toMatchObject({ clusterRetryStrategy: retry, slotsRefreshTimeout: 1_000 })
})

test('a command that was sent is not sent again: it may have been done', () => {
  expect(open().options).toMatchObject({ retryDelayOnFailover: 0, retryDelayOnClusterDown: 0 })
})

test('a node that is connecting keeps its commands', () => {
  expect(open().options).toMatchObject({ enableOfflineQueue: true })
})

test('the name of a node stays a name, which its certificate is for', async () => {
  const { dnsLookup } = open().options
  const found = await new Promise(resolve => dnsLookup?.('a.example', (error, address) => resolve([error, address])))
  expect(found).toEqual([null, 'a.example'])
})

test('each node is told of before it connects', () => {
  const each = vi.fn()
  const node = {}
  open(undefined, each).emit('+node', node)
  expect(each).toHaveBeenCalledWith(node)
})

test('a command is refused at once while the cluster is not ready', async () => {
  await expect(open().get('key')).rejects.toThrow('the cluster is not ready')
})

test('a question about the cluster itself is not refused before the cluster is ready', async () => {
  const cluster = open()
  const asked = cluster.cluster('INFO').catch((error: Error) => error.message)
  cluster.disconnect()
  expect(await asked).not.toBe('the cluster is not ready')
})

test('a command gives up after a second, also while its node is looked for', async () => {
  vi.useFakeTimers()
  const cluster = open()
  const asked = cluster.cluster('INFO').catch((error: Error) => error.message)
  await vi.advanceTimersByTimeAsync(1_000)
  vi.useRealTimers()
  expect(await asked).toBe('Command timed out')
})
