import type { Tenant } from '../../../infra/tenant/start.ts'
import { callGraph } from '../graph/kit.ts'

export const contexts = '/identity/conditionalAccess/authenticationContextClassReferences'
export const policies = '/identity/conditionalAccess/policies'
export const strengths = '/policies/authenticationStrengthPolicies'

export const phishingResistant = '00000000-0000-0000-0000-000000000004'
export const multifactor = '00000000-0000-0000-0000-000000000002'

type Wish = { method?: string; body?: unknown; permissions?: string[]; person?: string; application?: boolean }

/** A call by an operator, who by default is a Global Administrator with every permission. */
export function operate(tenant: Tenant, path: string, { method, body, ...who }: Wish = {}) {
  const token = tenant.operatorToken(who)
  return callGraph(tenant, path, { token, ...(method && { method }), ...(body !== undefined && { body }) })
}

/** The body of a policy that demands a strength for a context of everybody, with whatever is to be different. */
export const policyBody = (context: string, more: object = {}) => ({
  displayName: 'A policy',
  state: 'enabled',
  conditions: {
    applications: { includeAuthenticationContextClassReferences: [context] },
    users: { includeUsers: ['All'] },
  },
  grantControls: { operator: 'OR', authenticationStrength: { id: phishingResistant } },
  ...more,
})

/** Changes the one policy of the usual tenant. */
export function changePolicy(tenant: Tenant, change: object): void {
  const [policy] = tenant.conditionalAccess.policies.all()
  if (!policy) throw new Error('the tenant has no policy')
  tenant.conditionalAccess.policies.put({ ...policy, ...change })
}
