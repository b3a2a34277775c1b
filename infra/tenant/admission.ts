import type { Person } from './people.ts'
import { assignedGroups } from './people.ts'
import type { TenantState } from './state.ts'

/** The AADSTS code with which the tenant holds this person back from the app, or undefined when it lets them in. */
export function refusalOf(state: TenantState, person: Person): number | undefined {
  const { switches } = state
  if (switches.strangers.includes(person.key)) return 50020
  if (switches.disabled.includes(person.key)) return 50057
  if (switches.blocked.includes(person.key)) return 53003
  if (switches.assignmentRequired && !isAssigned(state, person)) return 50105
  return undefined
}

// Global Administrators are exempt: they arrive with a good token although nobody assigned them.
function isAssigned(state: TenantState, person: Person): boolean {
  return person.globalAdministrator || groupsInTokens(state, person).some(group => assignedGroups.has(group))
}

/** The groups a token issued now would know of: as they were before the replication lag. */
export function groupsInTokens({ clock, memberships, switches }: TenantState, person: Person): string[] {
  const seenAt = new Date(clock().getTime() - switches.replicationLagSeconds * 1000)
  return memberships.groupsAt(person, seenAt)
}
