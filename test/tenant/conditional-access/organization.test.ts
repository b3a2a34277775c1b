import { expect, test } from 'vitest'
import { openTenant } from '../open-tenant.ts'
import { operate } from './kit.ts'

const { tenant } = await openTenant()

async function plans(): Promise<string[]> {
  const { body } = await operate(tenant, '/subscribedSkus')
  return body.value.flatMap(({ servicePlans }: { servicePlans: { servicePlanName: string }[] }) =>
    servicePlans.map(({ servicePlanName }) => servicePlanName),
  )
}

test('the organization has the licence that PIM needs, unless a switch takes it away', async () => {
  expect(await plans()).toContain('AAD_PREMIUM_P2')
  tenant.set({ servicePlans: ['AAD_PREMIUM'] })
  expect(await plans()).toEqual(['AAD_PREMIUM'])
})

test('licences are all read at once, by a permission of their own', async () => {
  expect((await operate(tenant, '/subscribedSkus?$select=id')).status).toBe(400)
  expect((await operate(tenant, '/subscribedSkus', { permissions: ['Policy.Read.All'] })).status).toBe(403)
  expect((await operate(tenant, '/subscribedSkus', { permissions: ['LicenseAssignment.Read.All'] })).status).toBe(200)
})

test('the organization says who it is', async () => {
  const { body } = await operate(tenant, '/organization')
  expect(body.value).toMatchObject([{ id: tenant.tenantId, verifiedDomains: [{ name: 'contoso.example' }] }])
})
