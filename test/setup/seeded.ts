import type { Tenant } from '../../infra/tenant/start.ts'
import { createGraph } from '../../src/entra/graph/graph.ts'
import type { ExpectedGate, ExpectedTenant } from '../../src/setup/expected.ts'
import type { SetupFinding } from '../../src/setup/finding.ts'
import { findingsOf } from '../../src/setup/findings.ts'

export const baseUrl = 'http://localhost:3000'
export const seededAddresses = {
  redirectUris: [`${baseUrl}/auth/callback`, `${baseUrl}/auth/signed-out`],
  frontChannelLogoutUrl: `${baseUrl}/auth/front-channel-logout`,
}

type Call = ReturnType<typeof createGraph>['call']
/** Changes what Graph answers to a path; undefined: the answer stays as it is. */
export type Overlay = (path: string, answer: unknown) => unknown

export const oidIn = ({ people }: Pick<Tenant, 'people'>, key: string): string =>
  people.find(person => person.key === key)?.oid ?? ''

/** What the seeded tenant is meant to be. Mona and Ada are members without an end. */
export function seededExpected(tenant: Tenant): ExpectedTenant & { gates: ExpectedGate[] } {
  const { groups } = tenant
  const gateOf = (name: string, groupId: string, permanent: string[]): ExpectedGate => ({
    ...{ name, title: name, groupId, context: 'c1', selfService: true },
    permanent: permanent.map(key => oidIn(tenant, key)),
  })
  return {
    tenantId: tenant.tenantId,
    clientId: tenant.clientId,
    baseUrl,
    credential: 'secret',
    emergency: [groups.emergency],
    gates: [
      gateOf('members', groups.access, ['mona', 'ada']),
      gateOf('administrators', groups.administrators, ['ada']),
    ],
    features: {
      roster: true,
      notifications: false,
      selfService: true,
      administration: true,
      people: true,
      findings: true,
    },
  }
}

type Looking = {
  expected?: ExpectedTenant
  permissions?: string[]
  overlay?: Overlay
  clock: () => Date
  sleep?: (ms: number) => Promise<void>
  named?: boolean
}

/** All findings about a tenant, with time that runs only where somebody waits. */
export function lookAt(
  tenant: Tenant,
  { expected = seededExpected(tenant), permissions, overlay, clock, sleep, named = false }: Looking,
) {
  const graph = createGraph({ config: { graph: { baseUrl: tenant.graphBase, notifications: false } } })
  const seen = (path: string, answer: unknown) => overlay?.(path, answer) ?? answer
  const call: Call = async (path, token, options) => seen(path, await graph.call(path, token, options))
  const list = async (path: string, token: string) => seen(path, await graph.list(path, token)) as unknown[]
  return findingsOf({
    graph: { call, list },
    token: async () => tenant.operatorToken(permissions ? { permissions } : {}),
    expected,
    clock,
    named,
    sleep: sleep ?? (async () => {}),
  })
}

export const namesOf = (found: readonly SetupFinding[], verdict: SetupFinding['verdict']): string[] =>
  found.filter(each => each.verdict === verdict).map(({ check }) => check)
