import type { Caller } from '../../caller.ts'
import { type GroupKey, idOfGroup, managedKeys } from '../../directory/managed.ts'
import { denied, GraphRefusal } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { ownersOf } from '../groups/owners-of.ts'

/**
 * Whether the caller may act on other people in a group: the app by its permission alone, people as owners of the group
 * or by a role. Groups Administrator is enough, but not for a group made here to which roles can be assigned. The groups
 * that PIM manages from the start leave that open, so that tests can play such an administrator.
 */
export function manages(state: TenantState, { person }: Caller, group: GroupKey | undefined): boolean {
  if (!person || person.globalAdministrator) return true
  const { groups, switches } = state
  const row = group === undefined ? undefined : groups.rows.now(idOfGroup(group))
  const isOutOfReach = row?.isAssignableToRole === true && !managedKeys.some(key => key === group)
  if (switches.groupsAdministrators.includes(person.key)) return !isOutOfReach
  return row !== undefined && ownersOf(state, row.id).includes(person.oid)
}

export function demandManager(state: TenantState, caller: Caller, group: GroupKey | undefined): void {
  if (!manages(state, caller, group)) throw new GraphRefusal(denied)
}
