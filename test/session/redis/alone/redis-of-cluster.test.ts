import { Cluster } from 'ioredis'
import { afterEach, expect, test, vi } from 'vitest'
import { Secret } from '../../../../src/config/secret.ts'
import { createRedis } from '../../../../src/session/redis/redis.ts'
import { linesOf } from './lines.ts'

afterEach(() => void vi.restoreAllMocks())

/** A connection to a cluster of one master, which connects to nothing and carries out nothing by itself. */
async function open(kind: 'cluster' | 'one' = 'cluster') {
  const master = { info: async () => 'maxmemory_policy:allkeys-lru', config: async () => ['save', '900 1'] }
  const made = Object.assign(new Cluster([], { lazyConnect: true }), {
    sendCommand: (_command: unknown): unknown => undefined,
    nodes: (role?: string) => (role === 'master' ? [master] : []) as never,
  })
  const { log, lines } = linesOf()
  const config = { url: new Secret('redis://a:1'), topology: { kind }, ca: undefined, prefix: '' }
  await createRedis({ config, log, connect: () => made })
  /** Sends a write that ends so. */
  const write = async (promise: Promise<unknown>) => {
    made.sendCommand({ name: 'set', promise, getKeys: () => ['session:one'] })
    await promise.catch(() => {})
  }
  return { made, write, said: (event: string) => lines.filter(line => line.event === event) }
}
const refused = () => Promise.reject(Object.assign(new Error('OOM no room'), { name: 'ReplyError' }))

test('the masters of a cluster are asked whether they keep what they are given', async () => {
  const { made, said } = await open()
  made.emit('ready')
  await expect.poll(() => said('redis-may-evict')).toHaveLength(1)
})

test.each([
  ['cluster', 1],
  ['one', 2],
] as const)('where there is a %s, an outage that was quiet for five seconds is said %i times', async (kind, times) => {
  const { write, said } = await open(kind)
  const begun = performance.now()
  await write(refused())
  vi.spyOn(performance, 'now').mockReturnValue(begun + 5_000)
  await write(Promise.resolve('OK'))
  await write(refused())
  expect(said('redis-refuses')).toHaveLength(times)
})
