import { type GroupRow, groupRow } from './group-rows.ts'
import { groups, guidFrom } from './ids.ts'
import { managedGroups, managedKeys, managedNames } from './managed.ts'
import { projectGroups } from './people.ts'

/** A group that the switch `nestedMembers` puts into the access group. */
export const nestedGroup = guidFrom('group in the access group')

const createdDateTime = '2025-01-08T09:30:00Z'

const emergency = groupRow({
  id: groups.emergency,
  displayName: 'Emergency access',
  description: 'The emergency-access accounts, which every policy leaves out.',
  isAssignableToRole: true,
  createdDateTime,
})

/** The groups with which a tenant starts; an empty one has the group of the emergency accounts alone. */
export function seededGroups({ empty }: { empty: boolean }): GroupRow[] {
  if (empty) return [emergency]
  // Nobody with a lesser role than those who assign roles can add themselves to a group that is assignable to roles.
  const managed = managedKeys.map(key =>
    groupRow({ id: managedGroups[key], displayName: managedNames[key], isAssignableToRole: true, createdDateTime }),
  )
  const others = [
    { id: groups.staff, displayName: 'Staff' },
    { id: nestedGroup, displayName: 'Visiting team' },
    ...projectGroups.map((id, number) => ({ id, displayName: `Project ${number}` })),
  ]
  return [...managed, emergency, ...others.map(each => groupRow({ ...each, createdDateTime }))]
}
