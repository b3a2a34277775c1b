import type { AccessPolicy, PolicyUsers } from '../directory/access-policies.ts'
import type { Person } from '../directory/people.ts'
import { isMetBy, isMultifactor } from '../directory/strengths.ts'
import type { TenantState } from '../state.ts'
import { directGroups, withOuterGroups } from './admission.ts'

/** The template of the role Global Administrator, the same in every tenant. */
const globalAdministrators = '62e90394-69f5-4237-9190-012177145e10'

/** The enabled policies on a context that are about this person now. Others demand nothing, and prove nothing. */
export function policiesFor(state: TenantState, context: string, person: Person): AccessPolicy[] {
  return state.conditionalAccess
    .policiesOn(context)
    .filter(policy => policy.state === 'enabled' && isAbout(state, policy, person))
}

/** Whether a sign-in with these methods meets what the policy demands. */
export function meets(state: TenantState, { grantControls }: AccessPolicy, methods: readonly string[]): boolean {
  if (!grantControls) return true
  const { operator, builtInControls, authenticationStrength } = grantControls
  const strength = authenticationStrength && state.conditionalAccess.strengths.now(authenticationStrength.id)
  // Nobody here has a device that could be known, and what is blocked is met by nothing.
  const met = builtInControls.map(control => control === 'mfa' && isMultifactor(methods))
  if (authenticationStrength) met.push(strength !== null && strength !== undefined && isMetBy(strength, methods))
  if (met.length === 0) return true
  return operator === 'AND' ? met.every(Boolean) : met.some(Boolean)
}

/** Whether the policy wants a sign-in for each time that the context is asked for. */
export const wantsAnew = ({ sessionControls }: AccessPolicy): boolean =>
  sessionControls?.signInFrequency?.isEnabled === true &&
  sessionControls.signInFrequency.frequencyInterval === 'everyTime'

/** Left out wins. The memberships are those of this moment, so a policy for a group misses who turns it on just now. */
function isAbout(state: TenantState, { conditions: { users } }: AccessPolicy, person: Person): boolean {
  const memberships = withOuterGroups(state, directGroups(state, person, 0))
  return (
    users !== null && isNamed(included(users), person, memberships) && !isNamed(excluded(users), person, memberships)
  )
}

type Named = { users: readonly string[]; groups: readonly string[]; roles: readonly string[]; guests: object | null }

const included = (users: PolicyUsers): Named => ({
  users: users.includeUsers,
  groups: users.includeGroups,
  roles: users.includeRoles,
  guests: users.includeGuestsOrExternalUsers,
})

const excluded = (users: PolicyUsers): Named => ({
  users: users.excludeUsers,
  groups: users.excludeGroups,
  roles: users.excludeRoles,
  guests: users.excludeGuestsOrExternalUsers,
})

function isNamed(named: Named, person: Person, memberships: readonly string[]): boolean {
  const has = (ids: readonly string[], id: string) => ids.some(each => each.toLowerCase() === id)
  const isGuest = person.kind === 'guest'
  return (
    named.users.includes('All') ||
    has(named.users, person.oid) ||
    (isGuest && (named.guests !== null || named.users.includes('GuestsOrExternalUsers'))) ||
    memberships.some(group => has(named.groups, group)) ||
    (person.globalAdministrator && has(named.roles, globalAdministrators))
  )
}
