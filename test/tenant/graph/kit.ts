import type { ManagedGroup } from '../../../infra/tenant/directory/managed.ts'
import type { Tenant } from '../../../infra/tenant/start.ts'
import { callToken, type Query, type Reply, tokensOf } from '../sign-in/browser.ts'

export const graphScope = 'https://graph.microsoft.com/.default'

/** The app asks for a token of its own. */
export function askAppToken(tenant: Tenant, form: Query = {}, headers: Record<string, string> = {}): Promise<Reply> {
  return callToken(tenant, { grant_type: 'client_credentials', scope: graphScope, ...form }, headers)
}

export async function appToken(tenant: Tenant, permissions?: string[]): Promise<string> {
  if (permissions) tenant.set({ appPermissions: permissions })
  return (await askAppToken(tenant)).body.access_token
}

export async function personToken(tenant: Tenant, person: string, scopes = '', query: Query = {}): Promise<string> {
  return (await tokensOf(tenant, person, { scope: `openid profile offline_access ${scopes}`, ...query })).body
    .access_token
}

type Call = { token?: string; method?: string; body?: unknown; headers?: Record<string, string> }

/** A call to Graph: a path under its base, or an address as it is. */
export async function callGraph(tenant: Tenant, path: string, { token, method = 'GET', body, headers }: Call = {}) {
  const url = path.startsWith('/') ? tenant.graphBase + path : path
  const response = await fetch(url, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  // biome-ignore lint/suspicious/noExplicitAny: read as it comes
  return { status: response.status, headers: response.headers, text, body: (text && parsedOr(text)) as any }
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export const instancesOf = ({ managedGroups }: Tenant, group: ManagedGroup = 'members'): string =>
  `/identityGovernance/privilegedAccess/group/assignmentScheduleInstances?$filter=${encodeURIComponent(`groupId eq '${managedGroups[group]}'`)}`
export const membersOf = ({ managedGroups }: Tenant, group: ManagedGroup = 'members'): string =>
  `/groups/${managedGroups[group]}/members`

/** Who is in a list of Graph, by key. */
export function keysIn(tenant: Tenant, rows: { id: string; principalId?: string }[]): (string | undefined)[] {
  return rows.map(({ id, principalId }) => tenant.people.find(({ oid }) => oid === (principalId ?? id))?.key)
}

export function oidOf({ people }: Tenant, key: string): string {
  return people.find(person => person.key === key)?.oid ?? ''
}
