import { clouds } from '../../../src/config/clouds.ts'
import { addressesOfLocalTenant } from '../local-tenant.ts'
import type { TenantWish } from '../wish/tenant-wish.ts'
import type { GivenSettings } from './given-settings.ts'

/** Where the tenant is asked, and which it is. */
export type TenantPlace = { authority: string; graphBase: string; tenantId: string }

/** Microsoft's clouds by their names in tenant.json. */
export const cloudNamed = {
  global: clouds[0],
  'us-gcc-high': clouds[1],
  'us-dod': clouds[2],
  china: clouds[3],
} as const

/** The place that settings, tenant.json and `--local` name; undefined where they name no tenant. */
export function placeOfTenant(
  given: GivenSettings,
  wish: TenantWish | undefined,
  local: string | undefined,
): TenantPlace | undefined {
  const config = given.kind === 'good' ? given.config : undefined
  const tenantId = config?.entra.tenantId ?? wish?.tenant
  if (tenantId === undefined) return undefined
  if (local !== undefined) {
    const { authority, graphBaseUrl } = addressesOfLocalTenant(local)
    return { authority, graphBase: graphBaseUrl, tenantId }
  }
  if (config) return { authority: config.entra.authority, graphBase: config.graph.baseUrl, tenantId }
  const { authority, graph } = cloudNamed[wish?.cloud ?? 'global']
  return { authority, graphBase: `${graph}/v1.0`, tenantId }
}
