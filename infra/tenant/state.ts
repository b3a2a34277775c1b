import type { GraphTokens } from './access-tokens.ts'
import type { Calls } from './calls.ts'
import type { Roles } from './directory/app-roles.ts'
import type { Applications } from './directory/applications.ts'
import type { ConditionalAccess } from './directory/conditional-access.ts'
import type { Directory } from './directory/directory.ts'
import type { Groups } from './directory/groups.ts'
import type { LifecycleEvent, Subscription } from './graph/subscription.ts'
import type { Pims } from './pim/pim.ts'
import type { Store } from './store.ts'
import type { Switches } from './switches/switches.ts'
import type { Credentials } from './token/credentials.ts'
import type { KeyRing } from './token/keys.ts'

/** Everything that the parts of one running tenant share. */
export type TenantState = {
  origin: string
  /** Whether the tenant began without anything that an app needs, so that a reset brings nothing of it back. */
  empty: boolean
  clock: () => Date
  /** The secret of the app that is registered from the start. */
  clientSecret: string
  applications: Applications
  credentials: Credentials
  switches: Switches
  groups: Groups
  directory: Directory
  conditionalAccess: ConditionalAccess
  pims: Pims
  roles: Roles
  /** The app roles in the last token that an authorization, not a refresh, brought: by the session at Entra. */
  rolesAtSignIn: Map<string, readonly string[]>
  keys: KeyRing
  store: Store
  graphTokens: GraphTokens
  subscriptions: Map<string, Subscription>
  calls: Calls
}

/** The acts on the tenant as a whole, for its pages and its control surface. */
export type Controls = {
  reset(): void
  rollKeys(how: 'add' | 'replace'): Promise<void>
  tellLifecycle(event: LifecycleEvent): void
}
