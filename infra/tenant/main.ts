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
console.log(values.empty ? ofEmpty(tenant) : ofApplication(tenant))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => tenant.close())

function ofApplication(tenant: Tenant): string {
  const { origin, clientId, clientSecret, groups, people } = tenant
  return `${whereIs(tenant)}
  client id             ${clientId}
  client secret         ${clientSecret}   (for this tenant only)
  access group          ${groups.access}
  operators group       ${groups.operators}
  administrators group  ${groups.administrators}
  auditors group        ${groups.auditors}
  administrator page    ${origin}/pim

People
${people.map(({ key, name, meets }) => `  ${key.padEnd(7)}${name.padEnd(19)}${meets}`).join('\n')}`
}

/** Nothing is registered, nobody has access, and there is no client id and no group of a gate until somebody makes them. */
function ofEmpty(tenant: Tenant): string {
  const { origin, people } = tenant
  return `${whereIs(tenant)}

It is empty: no application, no policy, no group of a gate. Make them: npm run setup -- apply --local=${origin}

People
${people.map(({ name, username }) => `  ${name.padEnd(19)}${username}`).join('\n')}

The group of the emergency accounts is called "Emergency access".`
}

function whereIs({ origin, graphBase, tenantId }: Tenant): string {
  return `Local tenant, standing in for Microsoft Entra ID, on this machine only

  origin                ${origin}
  Microsoft Graph       ${graphBase}
  tenant id             ${tenantId}`
}
