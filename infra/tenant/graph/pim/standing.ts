import type { Caller } from '../../caller.ts'
import { denied, GraphRefusal } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'

/** Whether the caller may act on other people: the app by its permission alone, people by their role or as owners. */
export function manages({ switches }: TenantState, { person }: Caller): boolean {
  return !person || person.globalAdministrator || switches.owners.includes(person.key)
}

export function demandManager(state: TenantState, caller: Caller): void {
  if (!manages(state, caller)) throw new GraphRefusal(denied)
}
