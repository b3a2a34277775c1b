import type { AccessPolicy } from '../../directory/access-policies.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'

/** Throws Graph's 400 for a policy that makes no sense, or that names what Graph does not show. */
export function checkPolicy(state: TenantState, { conditions, grantControls, sessionControls }: AccessPolicy): void {
  const { applications, users } = conditions
  if (!isAnySaid(applications, 'include') || !(isAnySaid(users, 'include') || conditions.clientApplications))
    invalid('A policy must say which applications, and which users, it is about.')
  if (!isAnySaid(grantControls, '') && !sessionControls) invalid('A policy must have grant or session controls.')
  const strength = grantControls?.authenticationStrength
  if (strength && grantControls.builtInControls.includes('mfa'))
    invalid('The control mfa and an authentication strength exclude each other.')
  const { contexts, strengths } = state.conditionalAccess
  for (const named of applications?.includeAuthenticationContextClassReferences ?? [])
    if (!contexts.shown().some(({ id }) => id === named)) invalid(`The authentication context '${named}' is not there.`)
  if (strength && !strengths.shown().some(({ id }) => id === strength.id))
    invalid(`The authentication strength '${strength.id}' is not there.`)
}

const invalid = (message: string): never => refuse(400, 'BadRequest', `Invalid policy: ${message}`)

/** Whether the block has a list or object that says something, under a name that begins so. */
const isAnySaid = (block: object | null, begin: string): boolean =>
  Object.entries(block ?? {}).some(
    ([name, value]) =>
      name.startsWith(begin) && typeof value === 'object' && value !== null && Object.keys(value).length > 0,
  )
