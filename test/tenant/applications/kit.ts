import type { Tenant } from '../../../infra/tenant/start.ts'
import { callGraph } from '../graph/kit.ts'

/** Calls to Graph in the name of an operator, who is a Global Administrator unless another is named. */
export function operatorOf(tenant: Tenant, wish?: Parameters<Tenant['operatorToken']>[0]) {
  // A token of its own for each call, because a reset of the tenant forgets them.
  const call = (method: string) => (path: string, body?: unknown, headers?: Record<string, string>) =>
    callGraph(tenant, path, { token: tenant.operatorToken(wish), method, body, ...(headers && { headers }) })
  const get = (path: string) => call('GET')(path)
  return { get, post: call('POST'), patch: call('PATCH'), remove: (path: string) => call('DELETE')(path) }
}

export const graphOf = (tenant: Tenant) => tenant.applications.principal(graphAppId) as { id: string }
export const graphAppId = '00000003-0000-0000-c000-000000000000'
export const noRole = '00000000-0000-0000-0000-000000000000'
/** An id that nothing has. */
export const nothing = '0f0e0d0c-0b0a-4908-8706-050403020100'

/** A filter as an address carries it. */
export const filter = (text: string): string => `?$filter=${encodeURIComponent(text)}`
