import type { Calls } from './calls.ts'
import type { PimControl } from './controls/acts.ts'
import type { RequestView } from './controls/request-view.ts'
import type { groups } from './directory/ids.ts'
import type { Mail } from './directory/mails.ts'
import type { Person } from './directory/people.ts'
import type { Notifier } from './graph/notifications.ts'
import type { Subscription } from './graph/subscription.ts'
import type { Switches, SwitchesWish } from './switches/switches.ts'
import type { Credentials } from './token/credentials.ts'

export type TenantOptions = {
  /** 0, the default, takes any free port. */
  port?: number
  /** Where it is reached, when that is not its own address: behind something that ends TLS. */
  origin?: string
  clock?: () => Date
  redirectUris?: string[]
  frontChannelLogoutUrl?: string
  clientSecret?: string
  switches?: SwitchesWish
  /** Where sign-ins and keys are kept, so that a tenant that was killed goes on where it was; none: nowhere. */
  stateFile?: string
}

export type Tenant = PimControl & {
  /** What an app configures as its authority; the issuer is `{origin}/{tenantId}/v2.0`. */
  origin: string
  /** What an app configures as the base of Microsoft Graph. */
  graphBase: string
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
  /** Everything asked of PIM so far, oldest first, as it stands now. */
  readonly requests: readonly RequestView[]
  /** Makes somebody a member past PIM: a member without an instance and without an end. */
  addDirectly(key: string): void
  /** Takes somebody out of the group past PIM; their instance, if any, stays. */
  removeDirectly(key: string): void
  /** Disables the account, or enables it again. */
  disable(key: string): void
  enable(key: string): void
  /** Puts somebody in 250 more groups, too many for a token. */
  putInManyGroups(key: string): void
  /** By what the app can prove itself: its secrets and their ends, certificates, whose tokens it may bring. */
  credentials: Omit<Credentials, 'reset'>
  /** What is subscribed to at Graph, by id. */
  subscriptions: ReadonlyMap<string, Subscription>
  /** Tells every subscriber of its subscription: to authorize it anew (if nothing else is said), that it was removed, or that changes were missed. */
  tellLifecycle: Notifier['tellLifecycle']
  mails: readonly Mail[]
  calls: Calls
  /** 'add' (the default) signs with a new key beside the old ones; 'replace' withdraws the old ones. */
  rollKeys(how?: 'add' | 'replace'): Promise<void>
  close(): Promise<void>
}
