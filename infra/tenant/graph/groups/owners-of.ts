import { groups as known } from '../../directory/ids.ts'
import { oidFor } from '../../directory/people.ts'
import type { TenantState } from '../../state.ts'

/** The owners of a group by their object ids, those that a switch gives to the access group among them. */
export const ownersOf = (state: TenantState, id: string): string[] =>
  together(state, id, state.groups.owners.heldBy(id))

/** The same as a read shows them. */
export const ownersShown = (state: TenantState, id: string): string[] =>
  together(state, id, state.groups.owners.shownOf(id))

function together({ empty, switches }: TenantState, id: string, owners: string[]): string[] {
  const bySwitch = id === known.access && !empty ? switches.owners.map(oidFor) : []
  return [...new Set([...bySwitch, ...owners])]
}
