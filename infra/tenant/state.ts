import type { KeyRing } from './keys.ts'
import type { Memberships } from './memberships.ts'
import type { Store } from './store.ts'
import type { Switches } from './switches.ts'

export type Calls = { discovery: number; keys: number; authorize: number; token: number; logout: number }

/** The app as registered in the tenant. */
export type Registration = {
  clientId: string
  clientSecret: string
  redirectUris: readonly string[]
  frontChannelLogoutUrl: string | undefined
}

/** Everything the parts of one running tenant share. */
export type TenantState = {
  origin: string
  clock: () => Date
  registration: Registration
  switches: Switches
  memberships: Memberships
  keys: KeyRing
  store: Store
  calls: Calls
}

export const noCalls = (): Calls => ({ discovery: 0, keys: 0, authorize: 0, token: 0, logout: 0 })

/** What the pages may do to the tenant as a whole. */
export type Controls = { reset(): void; rollKeys(how: 'add' | 'replace'): Promise<void> }
