import type { TenantWish } from '../wish/tenant-wish.ts'

/**
 * Whom the token of a workload must be made for, so that the Entra of a cloud takes it.
 * Source: https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
 */
export const tokenAudience: Record<TenantWish['cloud'], string> = {
  global: 'api://AzureADTokenExchange',
  'us-gcc-high': 'api://AzureADTokenExchangeUSGov',
  'us-dod': 'api://AzureADTokenExchangeUSGov',
  china: 'api://AzureADTokenExchangeChina',
}
