import type { Applications } from './applications.ts'
import { appRoles, clientId, groups } from './ids.ts'
import { type ManagedGroup, managedGroups, managedNames } from './managed.ts'
import { keyOf, personBy } from './people.ts'
import { type AppRoleAssignment, opaqueId } from './registered/rows.ts'

export type AppRole = keyof typeof appRoles
export const appRoleValues = Object.keys(appRoles) as [AppRole, ...AppRole[]]

/** The groups that can be assigned a role, by key. */
export const roleGroups: Record<ManagedGroup | 'staff', string> = { ...managedGroups, staff: groups.staff }
export const roleGroupNames: Record<ManagedGroup | 'staff', string> = { ...managedNames, staff: 'Staff' }
export const roleGroupKeys = Object.keys(roleGroups) as [keyof typeof roleGroups, ...(keyof typeof roleGroups)[]]

/** A role and its holder: the direct members of a group, or one person. */
export type RoleAssignment = { role: AppRole } & (
  | { group: keyof typeof roleGroups; person?: undefined }
  | { person: string; group?: undefined }
)

export type Roles = ReturnType<typeof createRoles>

/** The app roles of the app that is registered from the start, and who holds them. */
export function createRoles(applications: Applications, clock: () => Date) {
  return { assign, unassign, assigned }

  /** Throws when nobody has the key, or the role is assigned so already. */
  function assign(assignment: RoleAssignment): void {
    if (rowOf(assignment)) throw new Error(`${assignment.role} is assigned already`)
    const resource = applications.changePrincipal(clientId, {})
    applications.roleAssignments.put({
      id: opaqueId(),
      deletedDateTime: null,
      appRoleId: appRoles[assignment.role],
      createdDateTime: clock().toISOString(),
      ...holderOf(assignment),
      resourceDisplayName: resource.displayName,
      resourceId: resource.id,
    })
  }

  /** Throws when the role is not assigned so. */
  function unassign(assignment: RoleAssignment): void {
    const row = rowOf(assignment)
    if (!row) throw new Error(`${assignment.role} is not assigned`)
    applications.roleAssignments.remove(row.id)
  }

  /** The assignments, oldest first. */
  function assigned(): RoleAssignment[] {
    return rows().flatMap(({ appRoleId, principalId }): RoleAssignment[] => {
      const role = appRoleValues.find(value => appRoles[value] === appRoleId)
      const group = roleGroupKeys.find(key => roleGroups[key] === principalId)
      const person = keyOf(principalId)
      if (role && group) return [{ role, group }]
      return role && person ? [{ role, person }] : []
    })
  }

  function rows(): AppRoleAssignment[] {
    const resource = applications.principal(clientId)?.id
    return applications.roleAssignments.all().filter(({ resourceId }) => resourceId === resource)
  }

  function rowOf(assignment: RoleAssignment): AppRoleAssignment | undefined {
    const { principalId } = holderOf(assignment)
    return rows().find(row => row.appRoleId === appRoles[assignment.role] && row.principalId === principalId)
  }
}

function holderOf({ group, person }: RoleAssignment) {
  if (group)
    return {
      principalDisplayName: roleGroupNames[group],
      principalId: roleGroups[group],
      principalType: 'Group' as const,
    }
  const { name, oid } = personBy(person ?? '')
  return { principalDisplayName: name, principalId: oid, principalType: 'User' as const }
}

/**
 * The values of the app roles of somebody who is directly in these groups (by id), as they were assigned at a moment: in
 * the order of the registration.
 */
export function rolesHeld(
  applications: Applications,
  { appId, oid, directGroups, at }: { appId: string; oid: string; directGroups: readonly string[]; at: Date },
): string[] {
  const resource = applications.principal(appId)
  const held = applications.roleAssignments
    .asOf(at)
    .filter(
      ({ resourceId, principalId }) => resourceId === resource?.id && [oid, ...directGroups].includes(principalId),
    )
    .map(({ appRoleId }) => appRoleId)
  return (resource?.appRoles ?? []).flatMap(({ id, value, isEnabled }) =>
    isEnabled && value && held.includes(id) ? [value] : [],
  )
}
