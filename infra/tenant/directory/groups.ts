import type { GroupRow } from './group-rows.ts'
import { seededGroups } from './group-seeds.ts'
import { createLinks } from './links.ts'
import { createObjects } from './objects.ts'
import type { UnitRow } from './units.ts'

export type Groups = ReturnType<typeof createGroups>

type Parts = { clock: () => Date; lagSeconds: () => number; empty: boolean }

/**
 * The groups of the directory, their owners, the groups in groups, and the administrative units. The people in a group
 * are not kept here: they come and go by the clock.
 */
export function createGroups({ empty, ...parts }: Parts) {
  const rows = createObjects<GroupRow>(parts)
  const units = createObjects<UnitRow>(parts)
  /** From a group to its owners, by their object ids. */
  const owners = createLinks(parts)
  /** From a group to the groups directly in it. */
  const nested = createLinks(parts)
  /** From a unit to its members. */
  const unitMembers = createLinks(parts)
  reset()
  return { rows, units, owners, nested, unitMembers, withOuter, isRestricted, reset }

  /** These groups, and every group that contains one of them. */
  function withOuter(ids: readonly string[]): string[] {
    const found = new Set(ids)
    for (const id of found) for (const outer of nested.holdersOf(id)) found.add(outer)
    return [...found]
  }

  /** Whether a unit keeps everybody without a role for the unit from changing the group. */
  function isRestricted(id: string): boolean {
    return unitMembers.holdersOf(id).some(unit => units.now(unit)?.isMemberManagementRestricted)
  }

  function reset(): void {
    rows.reset(seededGroups({ empty }))
    units.reset()
    for (const links of [owners, nested, unitMembers]) links.reset()
  }
}
