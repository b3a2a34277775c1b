import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Cluster, Redis } from 'ioredis'
import { freePort } from '../../../infra/demo/ports.ts'
import { startRedisServer } from '../../../infra/demo/redis-server.ts'
import { startRedis } from '../machine.ts'

/** Of the servers themselves, of the application's user on data nodes, and of its user on sentinels. */
const passwords = { admin: 'admin-canary', app: 'p%@:,/app-canary', sentinel: 'sentinel,canary' }
export const canaries = Object.values(passwords)

const kept = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction']
const encoded = encodeURIComponent

/** The lines of docs/redis.md that operators copy: the user, what a cluster needs more, the user on sentinels. */
const [userLine = '', clusterPart = '', sentinelLine = ''] = [
  ...readFileSync(new URL('../../../docs/redis.md', import.meta.url), 'utf8').matchAll(/^```\n(.+)\n```$/gm),
].map(([, line = '']) => line)
export const documented = { userLine, clusterPart, sentinelLine }

/** As arguments of redis-server, for the prefix of the houses of the tests. */
const userArgs = (line: string, password: string) =>
  `--${line.replace('>password', `>${password}`).replace('~gatehouse:', '~test-')}`.split(' ')

const adminArgs = ['--requirepass', passwords.admin, '--masterauth', passwords.admin]
const appUser = userArgs(userLine, passwords.app)

/** A private authority and a certificate of it for this machine's own addresses. */
function createAuthority() {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-tls-'))
  const at = (name: string) => join(folder, name)
  const run = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  run(
    'req',
    '-x509',
    ...key,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    '2',
    '-subj',
    '/CN=Test authority',
  )
  run('req', ...key, '-keyout', at('key.pem'), '-out', at('csr.pem'), '-subj', '/CN=redis')
  writeFileSync(at('names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost')
  const signedBy = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial']
  run('x509', '-req', '-in', at('csr.pem'), ...signedBy, '-days', '2', '-extfile', at('names'), '-out', at('cert.pem'))
  chmodSync(at('key.pem'), 0o600)
  return {
    caFile: at('ca.pem'),
    ca: readFileSync(at('ca.pem'), 'utf8'),
    lines: [
      ['tls-cert-file', at('cert.pem')],
      ['tls-key-file', at('key.pem')],
      ['tls-ca-cert-file', at('ca.pem')],
      ['tls-auth-clients', 'no'],
      ['tls-replication', 'yes'],
    ] as const,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
type Authority = ReturnType<typeof createAuthority>
const tlsArgs = ({ lines }: Authority) => lines.flatMap(([name, value]) => [`--${name}`, value])

/** The tests' own way into one server, as its administrator. */
function adminOf(port: number, authority?: Authority): Redis {
  return quiet(
    new Redis({
      port,
      host: '127.0.0.1',
      password: passwords.admin,
      ...(authority && { tls: { ca: authority.ca } }),
      retryStrategy: () => 100,
      disableClientInfo: true,
    }),
  )
}

/** Some tests stop servers; that is for the application to notice. */
function quiet<C extends Redis>(client: C): C {
  client.on('error', () => {})
  return client
}

/** One Redis behind TLS only, with a password, and a user of the application as the documentation has it. */
export async function startTlsRedis() {
  const authority = createAuthority()
  const port = await freePort()
  const args = [...kept, ...adminArgs, ...appUser, '--port', '0', '--tls-port', String(port), ...tlsArgs(authority)]
  let server = await startRedis({ port, args })
  const admin = adminOf(port, authority)
  return {
    url: `rediss://gatehouse:${encoded(passwords.app)}@localhost:${port}`,
    settings: { REDIS_CA_FILE: authority.caFile },
    ca: authority.ca,
    inspect: admin,
    /** Killed with SIGKILL. */
    kill: () => server.end(),
    /** With what it has kept. */
    async startAgain(): Promise<void> {
      server = await startRedis({ port, folder: server.folder, args })
    },
    async [Symbol.asyncDispose]() {
      admin.disconnect()
      await server.stop()
      authority.remove()
    },
  }
}

const master = 'the-master'

/** A master with three replicas and three sentinels, everything behind TLS and with users. */
export async function startSentinels() {
  const authority = createAuthority()
  const startData = async (...args: string[]) => {
    const port = await freePort()
    const own = ['--port', '0', '--tls-port', String(port), '--repl-diskless-sync-delay', '0', ...tlsArgs(authority)]
    return startRedis({ port, args: [...kept, ...adminArgs, ...appUser, ...own, ...args] })
  }
  const first = await startData()
  const ofFirst = ['--replicaof', '127.0.0.1', String(first.port)]
  const data = [first, ...(await Promise.all([1, 2, 3].map(() => startData(...ofFirst))))]
  const sentinels = await Promise.all(Array.from({ length: 3 }, () => startSentinel(authority, first.port)))
  const admins = sentinels.map(({ port }) => adminOf(port, authority))
  const asked = () => admins[0] as Redis
  const masterPort = async () =>
    Number(((await asked().call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', master)) as string[])[1])
  const viewOf = (sentinel: Redis) => sentinel.call('SENTINEL', 'MASTER', master) as Promise<string[]>
  const fact = (facts: string[], name: string) => facts[facts.indexOf(name) + 1]
  await until(async () => {
    const facts = await Promise.all(admins.map(viewOf))
    return facts.every(each => fact(each, 'num-other-sentinels') === '2' && fact(each, 'num-slaves') === '3')
  })
  const nobody = await freePort()
  const at = (port: number) => `rediss://127.0.0.1:${port}`
  const proof = `?sentinelUsername=gatehouse&sentinelPassword=${encoded(passwords.sentinel)}`
  const inspect = quiet(
    new Redis({
      sentinels: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })),
      name: master,
      password: passwords.admin,
      sentinelPassword: passwords.admin,
      tls: { ca: authority.ca },
      sentinelTLS: { ca: authority.ca },
      enableTLSForSentinelMode: true,
      commandTimeout: 1_000,
      socketTimeout: 1_000,
      disconnectTimeout: 100,
    }),
  )
  return {
    // The first one is not there: the others are asked.
    url: [
      `rediss://gatehouse:${encoded(passwords.app)}@127.0.0.1:${nobody}${proof}`,
      ...sentinels.map(({ port }) => at(port)),
    ].join(','),
    settings: { REDIS_CA_FILE: authority.caFile, REDIS_SENTINEL_MASTER: master },
    inspect,
    masterPort,
    /** The tests' own way leads to the new master from here on. */
    async follow(): Promise<void> {
      if (inspect.status === 'ready') inspect.disconnect(true)
      const port = await masterPort()
      await until(async () => (await inspect.config('GET', 'tls-port')).toString().endsWith(`,${port}`))
    },
    /** Resolves when all sentinels are of one mind, and so many replicas have all that the master had until now. */
    settled: async (replicas: number) => {
      const isAgreed = async () => {
        const views = await Promise.all(admins.map(viewOf))
        return views.every(
          view => fact(view, 'flags') === 'master' && fact(view, 'port') === fact(views[0] ?? [], 'port'),
        )
      }
      await until(isAgreed, 30_000)
      await inspect.set('marker', '1')
      await until(async () => (await inspect.wait(replicas, 500)) >= replicas)
    },
    signal: (port: number, signal: NodeJS.Signals) => data.find(server => server.port === port)?.signal(signal),
    /** What an operator does before maintenance. */
    failOver: () => asked().call('SENTINEL', 'FAILOVER', master),
    async [Symbol.asyncDispose]() {
      for (const admin of [...admins, inspect]) admin.disconnect()
      await Promise.all([...sentinels, ...data].map(server => server.stop()))
      authority.remove()
    },
  }
}

async function startSentinel(authority: Authority, masterPort: number) {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-sentinel-'))
  const file = join(folder, 'sentinel.conf')
  const lines = [
    'port 0',
    `tls-port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    ...authority.lines.map(line => line.join(' ')),
    `sentinel monitor ${master} 127.0.0.1 ${masterPort} 2`,
    `sentinel auth-pass ${master} ${passwords.admin}`,
    `sentinel down-after-milliseconds ${master} 1000`,
    `sentinel parallel-syncs ${master} 3`,
    // Twice as long passes before the next fail-over.
    `sentinel failover-timeout ${master} 2000`,
    `requirepass ${passwords.admin}`,
    `sentinel sentinel-pass ${passwords.admin}`,
    sentinelLine.replace('>password', `>${passwords.sentinel}`),
  ]
  writeFileSync(file, `${lines.join('\n')}\n`)
  const server = await startRedisServer([file, '--sentinel'], { until: 'Sentinel ID is' })
  return {
    port,
    async stop() {
      await server.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Three masters, each with a third of the slots. */
export async function startCluster() {
  const args = [
    ...kept,
    ...adminArgs,
    ...`${appUser.join(' ')} ${clusterPart}`.split(' '),
    ...['--cluster-enabled', 'yes', '--cluster-node-timeout', '1000'],
  ]
  const startNode = async ({ port = 0, bus = 0, folder }: { port?: number; bus?: number; folder?: string } = {}) => {
    const busPort = bus || (await freePort())
    const server = await startRedis({
      port,
      ...(folder && { folder }),
      args: [...args, '--cluster-port', String(busPort)],
    })
    return { ...server, busPort }
  }
  const nodes = await Promise.all(Array.from({ length: 3 }, () => startNode()))
  const admins = nodes.map(({ port }) => adminOf(port))
  const [first] = admins as [Redis]
  const ends = [0, 5461, 10923, 16384]
  await Promise.all(
    admins.map((admin, index) => admin.call('CLUSTER', 'ADDSLOTSRANGE', ends[index] ?? 0, (ends[index + 1] ?? 0) - 1)),
  )
  await Promise.all(admins.map((admin, index) => admin.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1)))
  for (const { port, busPort } of nodes.slice(1)) await first.call('CLUSTER', 'MEET', '127.0.0.1', port, busPort)
  const signs = ['cluster_state:ok', 'cluster_known_nodes:3', 'cluster_slots_pfail:0', 'cluster_slots_fail:0']
  const whole = () =>
    until(async () => {
      const views = await Promise.all(admins.map(admin => admin.cluster('INFO')))
      return views.every(view => signs.every(sign => String(view).includes(sign)))
    })
  await whole()
  const inspect = new Cluster(
    nodes.map(({ port }) => ({ host: '127.0.0.1', port })),
    { redisOptions: { password: passwords.admin } },
  )
  return {
    url: nodes
      .map(({ port }, index) => `redis://${index === 0 ? `gatehouse:${encoded(passwords.app)}@` : ''}127.0.0.1:${port}`)
      .join(','),
    settings: { REDIS_CLUSTER: 'on' },
    inspect: quiet(inspect as unknown as Redis),
    admins,
    /** Resolves when every node says of every other that it is there: one that came back may be taken for gone for seconds. */
    whole,
    /** Which of the nodes has this key. */
    async homeOf(key: string): Promise<number> {
      const slot = await first.cluster('KEYSLOT', key)
      return ends.findIndex((_, index) => slot < (ends[index + 1] ?? 0))
    },
    /** Whether a node knows that others are gone. */
    isDownFor: async (index: number) => String(await admins[index]?.cluster('INFO')).includes('cluster_state:fail'),
    signal: (index: number, signal: NodeJS.Signals) => nodes[index]?.signal(signal),
    kill: async (index: number) => nodes[index]?.end(),
    async startAgain(index: number): Promise<void> {
      const { port, busPort: bus, folder } = nodes[index] as (typeof nodes)[number]
      nodes[index] = await startNode({ port, bus, folder })
    },
    async [Symbol.asyncDispose]() {
      for (const admin of [...admins, inspect]) admin.disconnect()
      await Promise.all(nodes.map(server => server.stop()))
    },
  }
}

async function until(isSo: () => Promise<boolean>, limitMs = 15_000): Promise<void> {
  const end = performance.now() + limitMs
  while (!(await isSo().catch(() => false))) {
    if (performance.now() > end) throw new Error('the servers did not come together')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
