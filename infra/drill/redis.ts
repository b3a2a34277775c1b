import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from '../demo/ports.ts'
import { startRedisServer } from '../demo/redis-server.ts'

export type Store = Awaited<ReturnType<typeof startStore>>

const kept = [
  '--appendonly',
  'yes',
  '--save',
  '',
  '--maxmemory-policy',
  'noeviction',
  '--repl-diskless-sync-delay',
  '0',
]

/** A real Redis with persistence, set up as docs/redis.md says, and the faults that a drill can give it. */
export async function startStore(more: readonly string[] = []) {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-drill-'))
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, ...kept, ...more]
  let server = await startRedisServer(args)
  const admin = new Redis({ port, host: '127.0.0.1', retryStrategy: () => 100 })
  // Stopping Redis is the drill, so its exit is no error.
  admin.on('error', () => {})
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    admin,
    kill: () => server.end(),
    async startAgain(): Promise<void> {
      server = await startRedisServer(args)
    },
    signal: (signal: NodeJS.Signals) => server.signal(signal),
    async stop(): Promise<void> {
      admin.disconnect()
      await server.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const master = 'gatehouse'

/** Two copies of a Redis, and three sentinels that watch it. */
export async function watchOver({ port }: Store) {
  const copies = await Promise.all([1, 2].map(() => startStore(['--replicaof', '127.0.0.1', String(port)])))
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(port)))
  const admin = new Redis({ port: sentinels[0]?.port ?? 0, host: '127.0.0.1' })
  const stop = async () => {
    admin.disconnect()
    await Promise.all([...sentinels, ...copies].map(each => each.stop()))
  }
  const masterPort = async () =>
    Number(((await admin.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master)) as string[])[1])
  await until(async () => {
    const facts = (await admin.call('SENTINEL', 'MASTER', master)) as string[]
    const fact = (name: string) => facts[facts.indexOf(name) + 1]
    const copied = await Promise.all(copies.map(copy => copy.admin.info('replication')))
    const areThere = fact('num-other-sentinels') === '2' && fact('num-slaves') === '2'
    return areThere && copied.every(text => text.includes('master_link_status:up'))
  })
  return {
    settings: {
      REDIS_URL: sentinels.map(each => `redis://127.0.0.1:${each.port}`).join(','),
      REDIS_SENTINEL_MASTER: master,
    },
    /** Resolves when another Redis is the master. */
    failedOver: () => until(async () => (await masterPort()) !== port),
    stop,
  }
}

async function startSentinel(masterPort: number) {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-drill-'))
  const file = join(folder, 'sentinel.conf')
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${master} 127.0.0.1 ${masterPort} 2`,
    `sentinel down-after-milliseconds ${master} 1000`,
    `sentinel failover-timeout ${master} 5000`,
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  const server = await startRedisServer([file, '--sentinel'], { until: 'Sentinel ID is' })
  const stop = async () => {
    await server.end()
    rmSync(folder, { recursive: true, force: true })
  }
  return { port, stop }
}

async function until(isSo: () => Promise<boolean>, limitMs = 60_000): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > end) throw new Error('Redis and its sentinels did not come together')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
