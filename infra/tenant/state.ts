import type { GraphTokens } from './access-tokens.ts'
import type { Memberships } from './directory/memberships.ts'
import type { LifecycleEvent } from './graph/subscriptions.ts'
import type { Pim } from './pim/pim.ts'
import type { Store } from './store.ts'
import type { Switches } from './switches/switches.ts'
import type { Credentials } from './token/credentials.ts'
import type { KeyRing } from './token/keys.ts'

export type Endpoint = 'discovery' | 'keys' | 'authorize' | 'token' | 'logout'
/** The parts of Graph that are counted, and can be made to fail, each by itself. */
export const graphPlaces = [
  'instances',
  'members',
  'check',
  'subscriptions',
  'requests',
  'eligibility',
  'schedules',
  'policies',
  'approvals',
  'users',
  'applications',
] as const
export type GraphPlace = (typeof graphPlaces)[number]
export type GraphCalls = Record<GraphPlace, number>

/** How often each part was called. The three kinds of token calls are counted in `token` too. */
export type Calls = Record<Endpoint | 'tokenCode' | 'tokenRefresh' | 'tokenClient', number> & { graph: GraphCalls }

/** The app as registered in the tenant. */
export type Registration = {
  clientId: string
  clientSecret: string
  redirectUris: readonly string[]
  frontChannelLogoutUrl: string | undefined
}

/** A subscription at Graph. Times are in ISO 8601. */
export type Subscription = {
  id: string
  changeType: string
  resource: string
  notificationUrl: string
  lifecycleNotificationUrl?: string | null | undefined
  clientState: string | null
  expirationDateTime: string
  /** When it was asked to authorize itself anew, until it has. */
  challengedAt?: Date | undefined
}

/** Everything the parts of one running tenant share. */
export type TenantState = {
  origin: string
  clock: () => Date
  registration: Registration
  credentials: Credentials
  switches: Switches
  memberships: Memberships
  pim: Pim
  keys: KeyRing
  store: Store
  graphTokens: GraphTokens
  subscriptions: Map<string, Subscription>
  calls: Calls
}

export const noCalls = (): Calls => ({
  discovery: 0,
  keys: 0,
  authorize: 0,
  token: 0,
  logout: 0,
  tokenCode: 0,
  tokenRefresh: 0,
  tokenClient: 0,
  graph: Object.fromEntries(graphPlaces.map(place => [place, 0])) as GraphCalls,
})

/** Counts from nothing again, in place. */
export function forgetCalls(calls: Calls): void {
  const { graph, ...others } = noCalls()
  Object.assign(calls, others)
  Object.assign(calls.graph, graph)
}

/** What the pages may do to the tenant as a whole. */
export type Controls = {
  reset(): void
  rollKeys(how: 'add' | 'replace'): Promise<void>
  tellLifecycle(event: LifecycleEvent): void
}
