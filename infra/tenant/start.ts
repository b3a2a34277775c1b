import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { clientId, groups, localClientSecret, tenantId } from './ids.ts'
import { createKeyRing } from './keys.ts'
import { createMemberships, type Mail, type Wish } from './memberships.ts'
import { type Person, people } from './people.ts'
import { createServer } from './server.ts'
import { type Calls, noCalls, type Registration, type TenantState } from './state.ts'
import { createStore } from './store.ts'
import { defaultSwitches, type Switches, type SwitchesWish, turn, turnBack } from './switches.ts'

export type TenantOptions = {
  /** 0, the default, takes any free port. */
  port?: number
  clock?: () => Date
  redirectUris?: string[]
  frontChannelLogoutUrl?: string
  clientSecret?: string
  switches?: SwitchesWish
}

export type Tenant = {
  /** What an app configures as its authority; the issuer is `{origin}/{tenantId}/v2.0`. */
  origin: string
  tenantId: string
  clientId: string
  clientSecret: string
  groups: typeof groups
  people: readonly Person[]
  /** Live: may be changed in place, or checked and changed with `set`. */
  switches: Switches
  set(wish: SwitchesWish): void
  /** Switches, memberships, sessions, mails and counters as at the start. Keys stay. */
  reset(): void
  assign(key: string, wish: Wish): void
  end(key: string, reason?: string): void
  mails: readonly Mail[]
  calls: Calls
  /** 'add' (the default) signs with a new key beside the old ones; 'replace' withdraws the old ones. */
  rollKeys(how?: 'add' | 'replace'): Promise<void>
  close(): Promise<void>
}

/** Starts a local stand-in for one Entra tenant with one registered app. Reachable from this machine only. */
export async function startTenant(options: TenantOptions = {}): Promise<Tenant> {
  const early = Promise.withResolvers<http.RequestListener>()
  // The port must be known before the state can be made; whoever calls in between waits for it.
  const server = http.createServer(async (request, response) => (await early.promise)(request, response))
  await listen(server, options.port ?? 0)
  const { port } = server.address() as AddressInfo
  const state = await createState(options, `http://127.0.0.1:${port}`)
  const controls = { reset: () => reset(state), rollKeys: (how: 'add' | 'replace' = 'add') => state.keys.roll(how) }
  early.resolve(createServer(state, controls))
  const { origin, switches, memberships, calls, registration } = state
  return {
    origin,
    tenantId,
    clientId,
    clientSecret: registration.clientSecret,
    groups,
    people,
    switches,
    set: wish => turn(switches, wish),
    assign: memberships.assign,
    end: memberships.end,
    mails: memberships.mails,
    calls,
    ...controls,
    close: () => close(server),
  }
}

// The tenant lets anybody be anybody: it is never bound to an address that other machines can reach.
function listen(server: http.Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, resolve)
  })
}

async function createState(options: TenantOptions, origin: string): Promise<TenantState> {
  const clock = options.clock ?? (() => new Date())
  const switches = defaultSwitches()
  turn(switches, options.switches ?? {})
  return {
    origin,
    clock,
    switches,
    registration: registrationFrom(options),
    memberships: createMemberships(clock),
    keys: await createKeyRing(),
    store: createStore(clock),
    calls: noCalls(),
  }
}

function registrationFrom({ redirectUris, frontChannelLogoutUrl, clientSecret }: TenantOptions): Registration {
  return {
    clientId,
    clientSecret: clientSecret ?? localClientSecret,
    redirectUris: redirectUris ?? ['http://localhost/auth/callback', 'http://localhost/auth/signed-out'],
    frontChannelLogoutUrl,
  }
}

function reset({ switches, memberships, store, calls }: TenantState): void {
  turnBack(switches)
  memberships.reset()
  store.clear()
  Object.assign(calls, noCalls())
}

function close(server: http.Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
