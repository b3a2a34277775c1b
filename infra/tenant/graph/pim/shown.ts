import { keyOfGroup } from '../../directory/managed.ts'
import type { Pim } from '../../pim/pim.ts'
import type { TenantState } from '../../state.ts'

/** The group with this object id in PIM; undefined when there is none, or PIM has not heard of it yet. */
export function pimShown({ groups, pims }: TenantState, id: string | undefined): Pim | undefined {
  const row = groups.rows.shown().find(each => each.id === id?.toLowerCase())
  return row && pims.of(keyOfGroup(row.id))
}
