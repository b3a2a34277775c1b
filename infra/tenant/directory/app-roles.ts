import { groups, guidFrom } from './ids.ts'
import { type ManagedGroup, managedGroups, managedNames } from './managed.ts'
import { personBy } from './people.ts'

/** The app roles of the registered app: their ids by their values, which are what tokens carry. */
export const appRoles = {
  'Payments.Access': guidFrom('app role Payments.Access'),
  'Payments.Operate': guidFrom('app role Payments.Operate'),
  'Payments.Audit': guidFrom('app role Payments.Audit'),
} as const

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

/** The app roles that are assigned, with the time of each: tokens that lag still show what was. */
export function createRoles(clock: () => Date) {
  const terms: { assignment: RoleAssignment; from: Date; until?: Date }[] = []
  return { assign, unassign, assigned, heldBy, reset }

  /** Throws when nobody has the key, or the role is assigned so already. */
  function assign(assignment: RoleAssignment): void {
    if (assignment.person !== undefined) personBy(assignment.person)
    if (termOf(assignment)) throw new Error(`${assignment.role} is assigned already`)
    terms.push({ assignment, from: clock() })
  }

  /** Throws when the role is not assigned so. */
  function unassign(assignment: RoleAssignment): void {
    const term = termOf(assignment)
    if (!term) throw new Error(`${assignment.role} is not assigned`)
    term.until = clock()
  }

  /** The assignments at a moment, oldest first. */
  function assigned(at = clock()): RoleAssignment[] {
    return terms.flatMap(({ assignment, from, until }) => (from <= at && !(until && until <= at) ? [assignment] : []))
  }

  /** The values of the roles of somebody who is directly in these groups (by id), in the order of the registration. */
  function heldBy(key: string, { directGroups, at }: { directGroups: readonly string[]; at: Date }): AppRole[] {
    const isTheirs = ({ person, group }: RoleAssignment) =>
      group ? directGroups.includes(roleGroups[group]) : person === key
    const held = new Set(assigned(at).flatMap(assignment => (isTheirs(assignment) ? [assignment.role] : [])))
    return appRoleValues.filter(value => held.has(value))
  }

  function reset(): void {
    terms.length = 0
  }

  function termOf({ role, group, person }: RoleAssignment) {
    return terms.find(
      ({ until, assignment }) =>
        !until && assignment.role === role && assignment.group === group && assignment.person === person,
    )
  }
}
