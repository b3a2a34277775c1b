import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { inject } from 'vitest'
import { freePort } from '../../infra/demo/ports.ts'
import { startTenant, type TenantOptions } from '../../infra/tenant/start.ts'
import { sessionSecret } from './house.ts'
import { createVisitor, type Visitor } from './visitor.ts'

export type ReplicasOptions = {
  count?: number
  /** Settings on top of those of the replicas, by their names in the environment. */
  settings?: Record<string, string>
  tenant?: TenantOptions
  redisUrl?: string
}
export type Replica = Awaited<ReturnType<typeof startReplica>>
export type Replicas = Awaited<ReturnType<typeof openReplicas>>

/**
 * The application as it runs in production: several processes over one Redis, with their local tenant in this process
 * and the real time. BASE_URL is the first one's address, so signing in goes through it; the cookie counts on all, for
 * they share a host name: `visitor.get(replica.at('/'))`.
 */
export async function openReplicas({
  count = 3,
  settings = {},
  tenant: tenantOptions,
  redisUrl = inject('redisUrl'),
}: ReplicasOptions = {}) {
  const tenant = await startTenant(tenantOptions)
  const ports = await Promise.all(Array.from({ length: count }, freePort))
  const baseUrl = settings.BASE_URL ?? `http://localhost:${ports[0]}`
  const environment = {
    BASE_URL: baseUrl,
    HOST: '127.0.0.1',
    ENTRA_TENANT_ID: tenant.tenantId,
    ENTRA_CLIENT_ID: tenant.clientId,
    ENTRA_CLIENT_SECRET: tenant.clientSecret,
    ENTRA_AUTHORITY: tenant.origin,
    GRAPH_BASE_URL: tenant.graphBase,
    ACCESS_GROUP_ID: tenant.groups.access,
    SESSION_SECRET: sessionSecret,
    REDIS_URL: redisUrl,
    REDIS_PREFIX: `test-${randomUUID()}:`,
    ...settings,
  }
  const started = (port: number) => startReplica({ ...environment, PORT: String(port) })
  const replicas = await Promise.all(ports.map(started))

  return {
    baseUrl,
    environment,
    tenant,
    replicas,
    replica: (index: number): Replica => replicas[index] as Replica,
    /** Ends one as an orchestrator does, and starts it anew on its port. */
    async restart(index: number): Promise<void> {
      await (replicas[index] as Replica).stop()
      replicas[index] = await started(ports[index] as number)
    },
    /** Someone with a browser of their own, signed in through the first replica. */
    async visitor(key: string): Promise<Visitor> {
      const visitor = createVisitor({ key, baseUrl })
      await visitor.signIn()
      return visitor
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(replicas.map(replica => replica.kill()))
      await tenant.close()
    },
  }
}

/** One process of the application. It counts as started when it is ready, or when `until` says so. */
export async function startReplica(
  environment: Record<string, string>,
  { until = 'ready' }: { until?: 'ready' | 'alive' } = {},
) {
  const child = spawn(process.execPath, ['src/main.ts'], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals)
  const logged: string[] = []
  const complained: string[] = []
  createInterface({ input: child.stdout }).on('line', line => logged.push(line))
  createInterface({ input: child.stderr }).on('line', line => complained.push(line))
  const origin = `http://localhost:${environment.PORT}`
  await Promise.race([
    answering(`${origin}/health/${until === 'ready' ? 'ready' : 'live'}`, child),
    exited.then(code =>
      Promise.reject(new Error(`a replica ended with ${code}: ${[...complained, ...logged].join('\n')}`)),
    ),
  ])
  return {
    origin,
    /** The address of a path on this replica. */
    at: (path: string) => origin + path,
    /** Everything it has logged so far, one JSON line each. */
    logged,
    /** The events in its log, in order. */
    events: () => logged.map(line => (JSON.parse(line) as { event?: string }).event),
    /** What it wrote on stderr. */
    complained,
    signal: (signal: NodeJS.Signals) => child.kill(signal),
    /** The exit code, or the signal that it died of. */
    exited,
    async stop(): Promise<number | NodeJS.Signals> {
      child.kill('SIGTERM')
      return exited
    },
    async kill(): Promise<void> {
      child.kill('SIGKILL')
      await exited
    },
  }
}

async function answering(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
