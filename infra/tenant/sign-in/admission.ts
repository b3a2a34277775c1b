import { rolesHeld } from '../directory/app-roles.ts'
import { nestedGroup } from '../directory/group-seeds.ts'
import { groups } from '../directory/ids.ts'
import type { GroupKey } from '../directory/managed.ts'
import type { Person } from '../directory/people.ts'
import { projectGroups } from '../directory/people.ts'
import type { TenantState } from '../state.ts'
import { appAt, assignedTo } from './app.ts'
import { clientRefusal } from './clients.ts'

/** The AADSTS code with which the tenant refuses this person the app; undefined when it lets them in. */
export function refusalOf(state: TenantState, person: Person, appId: string): number | undefined {
  const { switches } = state
  const refusal = clientRefusal(state, appId)
  if (refusal) return refusal
  if (switches.strangers.includes(person.key)) return 50020
  if (switches.disabled.includes(person.key)) return 50057
  if (switches.blocked.includes(person.key)) return 53003
  if (appAt(state, appId).assignmentRequired && !isAssigned(state, person, appId)) return 50105
  return undefined
}

// Global Administrators are exempt: they arrive with a good token although nobody assigned them.
function isAssigned(state: TenantState, person: Person, appId: string): boolean {
  const assigned = assignedTo(state, appId)
  const isInAssignedGroup = groupsInTokens(state, person).some(group => assigned.has(group))
  return person.globalAdministrator || isInAssignedGroup || assigned.has(person.oid)
}

/** The direct groups that a token issued now names: the memberships as they were before the lag. */
export function groupsInTokens(state: TenantState, person: Person): string[] {
  return directGroups(state, person, tokenLag(state))
}

/** The app roles that a token issued now names. Only direct members of a group hold the group's roles. */
export function rolesInTokens(state: TenantState, person: Person, appId: string): string[] {
  const at = before(state, tokenLag(state), undefined)
  const directGroups = groupsInTokens(state, person)
  return rolesHeld(state.applications, { appId, oid: person.oid, directGroups, at })
}

const tokenLag = ({ switches }: TenantState): number =>
  Math.max(switches.replicationLagSeconds, switches.tokenLagSeconds)

/** The person's groups, the managed ones as they were before the lag. */
export function directGroups(state: TenantState, person: Person, lagSeconds: number): string[] {
  const { directory, switches } = state
  const many = switches.manyGroups.includes(person.key) ? projectGroups : []
  const nested = switches.nestedMembers.includes(person.key) ? [nestedGroup] : []
  const known = directory.groupsAt(person, group => before(state, lagSeconds, group))
  return [...new Set([...known, ...many, ...nested])]
}

/** The same groups, and the groups that contain them. */
export function withOuterGroups(state: TenantState, direct: readonly string[]): string[] {
  return state.groups.withOuter(direct.includes(nestedGroup) ? [...direct, groups.access] : direct)
}

/** The moment that many seconds ago; now, when only a group lags that this is not about. */
export function before({ clock, switches }: TenantState, lagSeconds: number, group: GroupKey | undefined): Date {
  const { laggingGroup = group } = switches
  return new Date(clock().getTime() - (laggingGroup === group ? lagSeconds * 1000 : 0))
}
