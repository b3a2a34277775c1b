import type { Caller } from '../../caller.ts'
import type { GroupKey } from '../../directory/managed.ts'
import { denied, GraphRefusal } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'

/**
 * Whether the caller may act on other people in a group: the app by its permission alone, people by a role (Groups
 * Administrator is enough) or as owners, whom only the access group has.
 */
export function manages({ switches }: TenantState, { person }: Caller, group: GroupKey | undefined): boolean {
  if (!person || person.globalAdministrator || switches.groupsAdministrators.includes(person.key)) return true
  return group === 'members' && switches.owners.includes(person.key)
}

export function demandManager(state: TenantState, caller: Caller, group: GroupKey | undefined): void {
  if (!manages(state, caller, group)) throw new GraphRefusal(denied)
}
