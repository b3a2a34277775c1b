import type { Caller } from './graph-auth.ts'
import { denied, GraphRefusal } from './graph-errors.ts'
import type { TenantState } from './state.ts'

/** Whether the caller may act on others: the app by its permission alone, people by their role or as owners. */
export function manages({ switches }: TenantState, { person }: Caller): boolean {
  return !person || person.globalAdministrator || switches.owners.includes(person.key)
}

export function demandManager(state: TenantState, caller: Caller): void {
  if (!manages(state, caller)) throw new GraphRefusal(denied)
}
