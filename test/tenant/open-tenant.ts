import { afterAll, afterEach } from 'vitest'
import { graphScopes } from '../../infra/tenant/scopes.ts'
import { startTenant } from '../../infra/tenant/start.ts'
import { clockAt } from './sign-in/browser.ts'

/** Everything that the app may ask for in the name of a person. */
export const everyScope = ['openid', 'profile', 'email', 'offline_access', ...graphScopes]

/**
 * A tenant for all tests of a file, with its clock in hand. After each test the clock goes back and the tenant is reset;
 * after the last one it closes.
 */
export async function openTenant() {
  const inHand = clockAt('2026-03-02T12:00:00Z')
  const tenant = await startTenant({ clock: inHand.clock, permitted: { delegated: everyScope } })
  afterEach(() => {
    inHand.back()
    tenant.reset()
  })
  afterAll(() => tenant.close())
  return { tenant, ...inHand }
}
