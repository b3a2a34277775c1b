import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config/load.ts'
import { createLog } from '../../src/observability.ts'
import { createServices } from '../../src/services.ts'
import type { Page } from '../../src/web/page.ts'
import type { House } from './house.ts'

/**
 * One more process of a house, as far as it can tell: everything made anew on a port of its own, over the same Redis,
 * prefix, clock and settings, except those given. Its `baseUrl` is where it listens; a browser sends both the same cookies.
 * `aheadMs`: how much its clock is ahead of the house's. `pages`: a page table in place of its own.
 */
export async function openReplica(
  house: House,
  settings: Record<string, string> = {},
  { aheadMs = 0, pages }: { aheadMs?: number; pages?: readonly Page[] } = {},
) {
  const logged: string[] = []
  const log = createLog({ level: 'debug', to: { write: line => void logged.push(line) } })
  const config = loadConfig({ ...house.environment, ...settings })
  const clock = () => new Date(house.clock.read().getTime() + aheadMs)
  const services = await createServices(config, { clock, log })
  services.start()
  if (services.redis.status !== 'ready') await once(services.redis, 'ready')
  const server = createServer(createApp(services, pages && { table: pages }))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://localhost:${(server.address() as AddressInfo).port}`
  return {
    baseUrl,
    services,
    members: services.gates.named('members'),
    logged,
    /** The same path and query, asked of this replica. */
    at: (url: string): string => {
      const { pathname, search } = new URL(url, baseUrl)
      return `${baseUrl}${pathname}${search}`
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      services.close()
    },
  }
}
