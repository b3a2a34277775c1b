import { afterAll, afterEach, expect, test } from 'vitest'
import { startTenant } from '../../../infra/tenant/start.ts'
import { claimsIn, clockAt, refresh, tokensOf } from '../sign-in/browser.ts'

const { clock, forward } = clockAt('2026-03-02T12:00:00Z')
const tenant = await startTenant({ clock })
afterEach(() => tenant.reset())
afterAll(() => tenant.close())
const { access, administrators, staff } = tenant.groups

test.each([
  ['alice', [access]],
  ['ben', undefined],
  ['oskar', undefined],
  ['guido', undefined],
  ['ada', [administrators, access]],
] as const)('by default the token of %s lists the assigned groups this person is in', async (person, expected) => {
  expect(claimsIn(await tokensOf(tenant, person)).groups).toEqual(expected)
})

test('SecurityGroup lists unassigned groups too, and none lists nothing', async () => {
  tenant.set({ groupMembershipClaims: 'SecurityGroup' })
  expect(claimsIn(await tokensOf(tenant, 'alice')).groups).toEqual([staff, access])
  tenant.set({ groupMembershipClaims: 'none' })
  expect(claimsIn(await tokensOf(tenant, 'alice'))).not.toHaveProperty('groups')
})

test('more than 200 groups are not listed but pointed to', async () => {
  const claims = claimsIn(await tokensOf(tenant, 'mona'))
  expect(claims).not.toHaveProperty('groups')
  expect(claims._claim_names).toEqual({ groups: 'src1' })
  expect(claims._claim_sources.src1.endpoint).toContain(`/users/${claims.oid}/getMemberObjects`)
})

test('an assignment shows in the next token and is gone at the second it ends', async () => {
  const first = await tokensOf(tenant, 'ben')
  tenant.assign('ben', { minutes: 30, reason: 'quarterly report' })
  expect(claimsIn(await refresh(tenant, first)).groups).toEqual([access])
  forward({ minutes: 29, seconds: 59 })
  expect(claimsIn(await refresh(tenant, first)).groups).toEqual([access])
  forward({ seconds: 1 })
  expect(claimsIn(await refresh(tenant, first))).not.toHaveProperty('groups')
})

test('a membership ended early is not in the next token', async () => {
  const first = await tokensOf(tenant, 'alice')
  tenant.end('alice')
  expect(claimsIn(await refresh(tenant, first))).not.toHaveProperty('groups')
})

test('with replication lag, tokens show the old membership for a while, at the start and at the end', async () => {
  tenant.set({ replicationLagSeconds: 60 })
  const first = await tokensOf(tenant, 'ben')
  tenant.assign('ben', { minutes: 10, reason: 'quarterly report' })
  forward({ seconds: 59 })
  expect(claimsIn(await refresh(tenant, first))).not.toHaveProperty('groups')
  forward({ seconds: 1 })
  expect(claimsIn(await refresh(tenant, first)).groups).toEqual([access])
  tenant.end('ben')
  forward({ seconds: 59 })
  expect(claimsIn(await refresh(tenant, first)).groups).toEqual([access])
  forward({ seconds: 1 })
  expect(claimsIn(await refresh(tenant, first))).not.toHaveProperty('groups')
})
