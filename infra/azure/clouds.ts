import type { TenantWish } from './wish/tenant-wish.ts'

const usGovernment = 'https://login.microsoftonline.us'

/**
 * The hosts of Microsoft's clouds, where people sign in and where Graph answers. Sources:
 * https://learn.microsoft.com/graph/deployments, https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud
 */
export const cloudHosts: Record<TenantWish['cloud'], { authority: string; graph: string }> = {
  global: { authority: 'https://login.microsoftonline.com', graph: 'https://graph.microsoft.com' },
  'us-gcc-high': { authority: usGovernment, graph: 'https://graph.microsoft.us' },
  'us-dod': { authority: usGovernment, graph: 'https://dod-graph.microsoft.us' },
  china: { authority: 'https://login.partner.microsoftonline.cn', graph: 'https://microsoftgraph.chinacloudapi.cn' },
}
