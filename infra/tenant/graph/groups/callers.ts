import { type Caller, demand } from '../../caller.ts'
import type { GroupRow } from '../../directory/group-rows.ts'
import { denied, GraphRefusal } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { ownersOf } from './owners-of.ts'
import { groupReaders } from './rows.ts'

const writers = ['Group.ReadWrite.All']
const memberWriters = ['GroupMember.ReadWrite.All', ...writers]
const roleManagers = ['RoleManagement.ReadWrite.Directory']
/** The permissions with which somebody may read what administrative units are. */
export const unitReaders = ['AdministrativeUnit.Read.All', 'AdministrativeUnit.ReadWrite.All', 'Directory.Read.All']
const unitWriters = ['AdministrativeUnit.ReadWrite.All']

const both = (...lists: (readonly string[])[]) => ({ delegated: lists, application: lists })

export const mayReadGroups = (caller: Caller): void => demand(caller, both(groupReaders))
export const mayReadUnits = (caller: Caller): void => demand(caller, both(unitReaders))

/** A new group. One that roles can be assigned to takes a permission and a role more. */
export function mayMakeGroup(caller: Caller, wish: Partial<GroupRow>): void {
  const more = wish.isAssignableToRole ? [roleManagers] : []
  demand(caller, { delegated: [writers, ...more], application: [[...writers, 'Group.Create'], ...more] })
  if (wish.isAssignableToRole && !administers(caller)) throw new GraphRefusal(denied)
}

/** A change of a group, its owners (`what` left out) or its members: by a permission, and of people by a role, or as an owner. */
export function mayChangeGroup(
  state: TenantState,
  caller: Caller,
  { id, isAssignableToRole }: GroupRow,
  what?: 'members',
) {
  const more = isAssignableToRole ? [roleManagers] : []
  demand(caller, both(what === 'members' ? memberWriters : writers, ...more))
  // Not even a Global Administrator reaches into a restricted unit without a role for the unit.
  if (state.groups.isRestricted(id)) throw new GraphRefusal(denied)
  const { person } = caller
  if (administers(caller) || (person && ownersOf(state, id).includes(person.oid))) return
  const isGroupsAdministrator = person && state.switches.groupsAdministrators.includes(person.key)
  if (!isGroupsAdministrator || isAssignableToRole) throw new GraphRefusal(denied)
}

export function mayChangeUnits(caller: Caller): void {
  demand(caller, both(unitWriters))
  if (!administers(caller)) throw new GraphRefusal(denied)
}

// No role stands behind an app: its permission is enough.
const administers = ({ person }: Caller): boolean => person === undefined || person.globalAdministrator
