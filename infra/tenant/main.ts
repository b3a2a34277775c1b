import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startTenant, type Tenant } from './start.ts'

const { values } = parseArgs({ options: { port: { type: 'string' }, empty: { type: 'boolean' } } })
const { TENANT_PORT, TENANT_REDIRECT_URIS, TENANT_FRONT_CHANNEL_LOGOUT_URL } = process.env

const port = Number(values.port ?? TENANT_PORT ?? 0)
const tenant = await startTenant({
  port,
  ...(values.empty && { empty: true }),
  // Somebody to turn on access to more than one group.
  eligible: { operators: ['alice', 'ben'], auditors: ['lena'] },
  // A killed tenant with a fixed port continues with its stored state.
  ...(port !== 0 && { stateFile: join(tmpdir(), `gatehouse-tenant-${port}.json`) }),
  ...(TENANT_REDIRECT_URIS && { redirectUris: TENANT_REDIRECT_URIS.split(',').map(uri => uri.trim()) }),
  ...(TENANT_FRONT_CHANNEL_LOGOUT_URL && { frontChannelLogoutUrl: TENANT_FRONT_CHANNEL_LOGOUT_URL }),
})
introduce(tenant)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => tenant.close())

function introduce({ origin, graphBase, tenantId, clientId, clientSecret, groups, people }: Tenant): void {
  console.log(`Local tenant, standing in for Microsoft Entra ID, on this machine only

  origin                ${origin}
  Microsoft Graph       ${graphBase}
  tenant id             ${tenantId}
  client id             ${clientId}
  client secret         ${clientSecret}   (for this tenant only)
  access group          ${groups.access}
  operators group       ${groups.operators}
  administrators group  ${groups.administrators}
  auditors group        ${groups.auditors}
  administrator page    ${origin}/pim

People
${people.map(({ key, name, meets }) => `  ${key.padEnd(7)}${name.padEnd(19)}${meets}`).join('\n')}`)
}
