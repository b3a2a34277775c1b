import { isFitForPim } from '../../directory/group-rows.ts'
import { idOfGroup } from '../../directory/managed.ts'
import type { Pim } from '../../pim/pim.ts'
import { denied, GraphRefusal, refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'

/** Throws PIM's refusal of a group that it cannot manage: dynamic, synchronised, or no security group. */
export function demandFit({ groups }: TenantState, { group }: Pim): void {
  const row = groups.rows.now(idOfGroup(group))
  if (row && !isFitForPim(row)) refuse(400, 'ResourceTypeNotSupported', 'The resource type is not supported.')
}

/** Throws as well for a group in a restricted administrative unit, which Microsoft says that PIM cannot manage. */
export function demandManageable(state: TenantState, pim: Pim): void {
  demandFit(state, pim)
  const isOutOfReach =
    state.switches.pimInRestrictedUnits === 'refused' && state.groups.isRestricted(idOfGroup(pim.group))
  if (isOutOfReach)
    throw new GraphRefusal({
      ...denied,
      message: 'The group is in a restricted management administrative unit. PIM cannot manage it.',
    })
}
