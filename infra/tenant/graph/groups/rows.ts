import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import type { GroupRow } from '../../directory/group-rows.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { queryOf, type Row } from '../pages.ts'

/** The permissions with which somebody may read what groups are. */
export const groupReaders = ['GroupMember.Read.All', 'Group.ReadBasic.All', 'Group.Read.All', 'Directory.Read.All']

/** The properties that Graph leaves out unless they are asked for by name. */
const onlySelected = ['isManagementRestricted', 'uniqueName']

/** A group as the request asks for it. */
export function groupAsked({ groups }: TenantState, request: Request, row: GroupRow): Row {
  const whole: Row = { ...row, isManagementRestricted: groups.isRestricted(row.id) }
  if (queryOf(request).has('$select')) return whole
  return Object.fromEntries(Object.entries(whole).filter(([name]) => !onlySelected.includes(name)))
}

/** The group with this object id, as Graph shows it at the moment. Throws Graph's 404 for one that it does not show. */
export function groupShown({ groups }: TenantState, id: string): GroupRow {
  return groups.rows.shown().find(row => row.id === id.toLowerCase()) ?? notThere(id)
}

export const notThere = (id: string): never =>
  refuse(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )

/** A group inside another object, with no more than the caller may read. */
export function groupFor(state: TenantState, id: string, { permissions }: Caller): Row {
  const row = groupReaders.some(each => permissions.has(each)) ? state.groups.rows.now(id) : undefined
  return row ? { ...row } : { id }
}
