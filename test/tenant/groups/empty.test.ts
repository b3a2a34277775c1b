import { afterAll, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { claimsIn, tokensOf } from '../sign-in/browser.ts'

const tenant = await startTenant({ empty: true, eligible: { members: ['oskar'] } })
afterAll(() => tenant.close())

test('in an empty tenant people sign in, but none of them is in a group', async () => {
  for (const person of ['alice', 'mona', 'ada']) {
    const claims = claimsIn(await tokensOf(tenant, person))
    expect([person, claims.groups, claims._claim_names]).toEqual([person, undefined, undefined])
  }
})
