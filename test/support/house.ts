import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Redis } from 'ioredis'
import { inject } from 'vitest'
import { startTenant, type Tenant, type TenantOptions } from '../../infra/tenant/start.ts'
import { createApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config/load.ts'
import { createLog } from '../../src/observability.ts'
import { pages as ownPages } from '../../src/pages.ts'
import { createServices } from '../../src/services.ts'
import type { Redis as OurRedis } from '../../src/session/redis/redis.ts'
import type { Page } from '../../src/web/page.ts'
import { gatesOfTable } from './gates-of-table.ts'
import { createVisitor, signedIn, type Visitor } from './visitor.ts'

export type HouseOptions = {
  /** Where the clock stands at the start; it moves only by hand. Left out: the real time, then by hand. */
  now?: string
  /** Settings on top of those of the house, by their names in the environment. The house has the gates that its pages name. */
  settings?: Record<string, string>
  /** Makes the settings that belong to the tenant, in place of those of the tenant that stands ready. */
  setUp?: (at: { tenant: Tenant; baseUrl: string; clock: Clock }) => Promise<Record<string, string>>
  /** A page table in place of the house's own. */
  pages?: readonly Page[]
  tenant?: TenantOptions
  /** Registers the house's front-channel sign-out with the tenant: it then calls the house when people sign out there. */
  frontChannel?: boolean
  /** Another Redis than the shared one, for tests that stop it. */
  redisUrl?: string
  /** The tests' own way into it, where the address does not lead there. What the house leaves there is not removed then. */
  inspect?: Redis
}
export type Clock = ReturnType<typeof clockInHand>
export type House = Awaited<ReturnType<typeof openHouse>>

export const sessionSecret = 'test-0123456789-abcdefghij-KLMNOP'

/**
 * The whole application with its local tenant, each on a free port, over a real Redis under a prefix of its own, with
 * the clock in hand. Close it when the test is over: `await using house = await openHouse()`.
 */
export async function openHouse({
  now,
  settings = {},
  setUp,
  pages,
  tenant: tenantOptions,
  frontChannel = false,
  redisUrl = inject('redisUrl'),
  inspect,
}: HouseOptions = {}) {
  const clock = clockInHand(now)
  const server = createServer()
  const port = await listen(server)
  const baseUrl = `http://localhost:${port}`
  const tenant = await startTenant({
    clock: clock.read,
    ...(frontChannel && { frontChannelLogoutUrl: `${baseUrl}/auth/front-channel-logout` }),
    ...tenantOptions,
  })
  const prefix = `test-${randomUUID()}:`
  const ofTenant = setUp
    ? await setUp({ tenant, baseUrl, clock })
    : { BASE_URL: baseUrl, ...settingsOfTenant(tenant), ...gatesOfTable(pages ?? ownPages) }
  const environment: Record<string, string> = {
    ...ofTenant,
    SESSION_SECRET: sessionSecret,
    REDIS_URL: redisUrl,
    REDIS_PREFIX: prefix,
    ...settings,
  }
  const config = loadConfig(environment)
  const logged: string[] = []
  const log = createLog({ level: 'debug', to: { write: line => void logged.push(line) } })
  const services = await createServices(config, { clock: clock.read, log })
  services.start()
  await connected(services.redis)
  const app = createApp(services, pages && { table: pages })
  server.on('request', app)
  const redis = inspect ?? new Redis(redisUrl)
  // Some tests stop Redis; that is for the application to notice.
  redis.on('error', () => {})

  return {
    app,
    baseUrl,
    clock,
    config,
    environment,
    prefix,
    redis,
    services,
    /** The gate of ACCESS_GROUP_ID. */
    members: services.gates.named('members'),
    tenant,
    /** Everything logged so far, one JSON line each. */
    logged,
    /** Someone with a browser of their own. They are nobody until they sign in; `signIn: false` leaves it so. */
    async visitor(
      key: string,
      { signIn = true, userAgent }: { signIn?: boolean; userAgent?: string } = {},
    ): Promise<Visitor> {
      const visitor = createVisitor({ key, baseUrl, ...(userAgent && { userAgent }) })
      if (!signIn) return visitor
      await signedIn(visitor)
      await services.observations.settled()
      return visitor
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      services.close()
      await tenant.close()
      if (inspect) return
      await removeKeys(redis, prefix)
      redis.disconnect()
    },
  }
}

/** The settings of the tenant that stands ready. */
const settingsOfTenant = (tenant: Tenant) => ({
  ENTRA_TENANT_ID: tenant.tenantId,
  ENTRA_CLIENT_ID: tenant.clientId,
  ENTRA_CLIENT_SECRET: tenant.clientSecret,
  ENTRA_AUTHORITY: tenant.origin,
  GRAPH_BASE_URL: tenant.graphBase,
  ACCESS_GROUP_ID: tenant.groups.access,
  ACCESS_GROUP_NAME: 'Payments administrators',
})

/** Until the first connection to Redis stands or has failed: before that the house answers 503, as it should. */
const connected = (redis: OurRedis) =>
  new Promise<void>(resolve => {
    if (redis.status === 'ready') return resolve()
    for (const event of ['ready', 'close'] as const) redis.once(event, () => resolve())
    // The embedded store needs no connection and says nothing.
    setTimeout(resolve, 1_000).unref()
  })

export function clockInHand(start?: string) {
  let offset = start ? Date.parse(start) - Date.now() : 0
  let held: number | undefined = start ? Date.parse(start) : undefined
  return {
    read: () => new Date(held ?? Date.now() + offset),
    set: (to: string) => {
      held = Date.parse(to)
    },
    advance: ({ hours = 0, minutes = 0, seconds = 0 }: { hours?: number; minutes?: number; seconds?: number }) => {
      const ms = ((hours * 60 + minutes) * 60 + seconds) * 1000
      if (held === undefined) offset += ms
      else held += ms
    },
  }
}

const listen = (server: Server) =>
  new Promise<number>(resolve => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))

async function removeKeys(redis: Redis, prefix: string) {
  if (redis.status !== 'ready') return
  const keys = await redis.keys(`${prefix}*`)
  if (keys.length > 0) await redis.del(...keys)
}
