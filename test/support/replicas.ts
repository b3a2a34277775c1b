import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import { freePort } from '../../infra/demo/ports.ts'
import { startApp } from '../../infra/drill/app-process.ts'
import { startTenant, type TenantOptions } from '../../infra/tenant/start.ts'
import { sessionSecret } from './house.ts'
import { createVisitor, signedIn, type Visitor } from './visitor.ts'

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
      return signedIn(createVisitor({ key, baseUrl }))
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(replicas.map(replica => replica.kill()))
      await tenant.close()
    },
  }
}

/** One process of the application, and its log. It counts as started when it is ready, or lives, as `until` says. */
export async function startReplica(environment: Record<string, string>, { until }: { until?: 'ready' | 'live' } = {}) {
  const logged: string[] = []
  const app = await startApp(environment, { ...(until && { until }), onLine: line => logged.push(line) })
  const origin = `http://localhost:${environment.PORT}`
  return {
    ...app,
    origin,
    /** The address of a path on this replica. */
    at: (path: string) => origin + path,
    /** Everything it has logged so far, one JSON line each. */
    logged,
    /** The events in its log, in order. */
    events: () => logged.map(line => (JSON.parse(line) as { event?: string }).event),
  }
}
