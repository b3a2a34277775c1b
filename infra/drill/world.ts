import { randomBytes } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { freePort } from '../demo/ports.ts'
import { clientId, groups, localClientSecret, tenantId } from '../tenant/directory/ids.ts'
import type { Settings } from './app-process.ts'
import { createClient } from './client.ts'
import { startFleet } from './fleet.ts'
import { startLoad } from './load.ts'
import { createPeople, everybody } from './people.ts'
import { startProxy } from './proxy.ts'
import { startStore } from './redis.ts'
import type { Size } from './size.ts'
import { startTenant } from './tenant.ts'
import { signIn, type Visitor } from './visitor.ts'

export type World = Awaited<ReturnType<typeof openWorld>>

/**
 * Three replicas over one Redis behind the shipped proxy, with their tenant and a steady stream of people who are
 * signed in.
 */
export async function openWorld(size: Size, settings: Settings) {
  const endings: (() => unknown)[] = []
  /** Stops the parts in the reverse order of their start. */
  const close = async () => {
    for (const end of endings.splice(0).reverse()) await end()
  }
  try {
    return await opened({ size, settings, onClose: end => void endings.push(end), close })
  } catch (error) {
    await close()
    throw error
  }
}

async function opened({
  size,
  settings,
  onClose,
  close,
}: {
  size: Size
  settings: Settings
  onClose(end: () => unknown): void
  close(): Promise<void>
}) {
  const [entry, ...ports] = (await Promise.all([0, 1, 2, 3].map(() => freePort()))) as [number, ...number[]]
  const baseUrl = `https://gatehouse.localhost:${entry}`
  const secrets = createSecrets({ session: randomBytes(36).toString('base64'), client: localClientSecret })
  onClose(secrets.remove)
  const store = await startStore()
  onClose(store.stop)
  const tenant = await startTenant([`${baseUrl}/auth/callback`, `${baseUrl}/auth/signed-out`])
  onClose(tenant.stop)
  const people = createPeople(tenant)
  await people.giveAccess()
  const fleet = await startFleet(ports, {
    BASE_URL: baseUrl,
    HOST: '127.0.0.1',
    TRUST_PROXY: 'loopback',
    ENTRA_TENANT_ID: tenantId,
    ENTRA_CLIENT_ID: clientId,
    ENTRA_CLIENT_SECRET_FILE: secrets.path('client'),
    ENTRA_AUTHORITY: tenant.origin,
    GRAPH_BASE_URL: `${tenant.origin}/graph/v1.0`,
    ACCESS_GROUP_ID: groups.access,
    SESSION_SECRET_FILE: secrets.path('session'),
    REDIS_URL: store.url,
    MEMBERSHIP_RECHECK_SECONDS: String(size.recheckSeconds),
    MEMBERSHIP_ROSTER_SECONDS: String(size.rosterSeconds),
    SHUTDOWN_GRACE_SECONDS: String(size.graceSeconds),
    // The drill does not measure the start of a process.
    NODE_COMPILE_CACHE: secrets.folder,
    ...settings,
  })
  onClose(fleet.stop)
  const proxy = await startProxy({ port: entry, replicas: ports, tenant: Number(new URL(tenant.origin).port) })
  onClose(proxy.stop)
  const client = createClient(proxy.origin)
  onClose(client.close)
  // The proxy makes its certificate first.
  while ((await client.ask('/health/live')).status !== 200) await after(50)
  const load = startLoad({ client, people, perSecond: size.perSecond })
  onClose(load.stop)
  let signedIn = 0

  /** Signs in that many more sessions, of each person in turn. */
  async function admit(count: number): Promise<void> {
    const found: Visitor[] = []
    const end = signedIn + count
    const next = async () => {
      while (signedIn < end) {
        const index = signedIn++
        // Sign-ins come from many addresses, because each address has a limit.
        const address = `127.51.${(index >> 8) % 256}.${(index % 254) + 1}`
        found.push(await signIn(client, everybody[index % everybody.length] as string, address))
      }
    }
    await Promise.all(Array.from({ length: size.signingIn }, next))
    load.add(found)
  }

  return { size, store, tenant, secrets, people, fleet, client, load, admit, onClose, close }
}

/** Secrets in files, as an orchestrator mounts them. */
function createSecrets(first: Record<'session' | 'client', string>) {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-drill-'))
  const now = { ...first }
  const path = (name: keyof typeof now) => join(folder, name)
  const set = (name: keyof typeof now, text: string) => {
    now[name] = text
    writeFileSync(`${path(name)}.new`, text)
    // Replaced in one step, so that no process reads half a file.
    renameSync(`${path(name)}.new`, path(name))
  }
  for (const name of ['session', 'client'] as const) set(name, first[name])
  return {
    folder,
    path,
    set,
    read: (name: keyof typeof now): string => now[name],
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
