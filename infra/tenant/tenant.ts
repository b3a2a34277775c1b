import type { Calls } from './calls.ts'
import type { PimControl } from './controls/acts.ts'
import type { OperatorWish } from './controls/operator.ts'
import type { RequestView } from './controls/request-view.ts'
import type { Roles } from './directory/app-roles.ts'
import type { Applications } from './directory/applications.ts'
import type { ConditionalAccess } from './directory/conditional-access.ts'
import type { Groups } from './directory/groups.ts'
import type { groups } from './directory/ids.ts'
import type { Mail } from './directory/mails.ts'
import type { managedGroups } from './directory/managed.ts'
import type { Person } from './directory/people.ts'
import type { Permitted } from './directory/registered/consent.ts'
import type { MoreEligible } from './directory/seeds.ts'
import type { Notifier } from './graph/notifications.ts'
import type { Subscription } from './graph/subscription.ts'
import type { Switches, SwitchesWish } from './switches/switches.ts'
import type { Credentials } from './token/credentials.ts'

export type TenantOptions = {
  /** 0, the default, takes any free port. */
  port?: number
  /** The origin under which browsers reach the tenant, when a proxy ends TLS before it. */
  origin?: string
  clock?: () => Date
  redirectUris?: string[]
  frontChannelLogoutUrl?: string
  clientSecret?: string
  /** The permissions of Graph that the app has from the start; a kind that is left out has its usual ones. */
  permitted?: Partial<Permitted>
  switches?: SwitchesWish
  /** People who may turn on access to more groups from the start, such as `{ operators: ['ben'] }`. */
  eligible?: MoreEligible
  /** Begins with people alone: nobody is in a group of the app, or may turn on access to one. */
  empty?: boolean
  /** The file that keeps sign-ins and keys across a kill; without it nothing is kept. */
  stateFile?: string
}

export type Tenant = PimControl & {
  /** The value of an app's authority setting; the issuer is `{origin}/{tenantId}/v2.0`. */
  origin: string
  /** The value of an app's setting for the base of Microsoft Graph. */
  graphBase: string
  tenantId: string
  clientId: string
  clientSecret: string
  groups: typeof groups
  /** The groups as Graph keeps them, their owners, the groups in groups, and administrative units: a test may change any. */
  groupObjects: Pick<Groups, 'rows' | 'units' | 'owners' | 'nested' | 'unitMembers'>
  /** The object ids of the groups that PIM manages, by the keys that acts take as `group`. */
  managedGroups: typeof managedGroups
  people: readonly Person[]
  /** The live switches. They can be changed in place, or checked and changed with `set`. */
  switches: Switches
  set(wish: SwitchesWish): void
  /** Switches, memberships, sessions, mails and counters as at the start. Keys stay. */
  reset(): void
  /** Every request to PIM so far, oldest first, in its present state. */
  readonly requests: readonly RequestView[]
  /** Disables the account, or enables it again. */
  disable(key: string): void
  enable(key: string): void
  /** Puts a person in 250 more groups, which are too many for a token. */
  putInManyGroups(key: string): void
  /** The app roles: assigned to a group (its direct members hold the role) or to one person, and taken away again. */
  roles: Roles
  /** The registered apps, the service principals, what is assigned to them, and consent: a test may change any of it. */
  applications: Applications
  /**
   * The credentials of the app: its secrets with their ends, its certificates, and the issuers of assertions that it
   * may bring.
   */
  credentials: Credentials
  /** The authentication contexts, the strengths and the Conditional Access policies, to be changed in place. */
  conditionalAccess: Pick<ConditionalAccess, 'contexts' | 'strengths' | 'policies'>
  /** The subscriptions at Graph, by id. */
  subscriptions: ReadonlyMap<string, Subscription>
  /** Sends every subscriber a lifecycle notification: authorize anew (the default), removed, or changes missed. */
  tellLifecycle: Notifier['tellLifecycle']
  /**
   * An access token for Graph, good for an hour, like that of somebody who sets up the tenant: by default of a Global
   * Administrator with every permission.
   */
  operatorToken(wish?: OperatorWish): string
  mails: readonly Mail[]
  calls: Calls
  /** 'add' (the default) signs with a new key beside the old ones; 'replace' withdraws the old ones. */
  rollKeys(how?: 'add' | 'replace'): Promise<void>
  close(): Promise<void>
}
