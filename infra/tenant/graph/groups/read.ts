import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import type { TenantState } from '../../state.ts'
import { answerOne, pageFrom, type Row, topOf } from '../pages.ts'
import { mayReadGroups, unitReaders } from './callers.ts'
import { objectFor } from './references.ts'
import { groupAsked, groupShown, notThere } from './rows.ts'

export function showGroup(state: TenantState, request: Request, caller: Caller): Row {
  mayReadGroups(caller)
  const row = groupAsked(state, request, groupShown(state, String(request.params.id)))
  return answerOne(state, request, { context: 'groups', row })
}

/** The group with a unique name. */
export function showGroupNamed(state: TenantState, request: Request, caller: Caller): Row {
  mayReadGroups(caller)
  const name = String(request.params.name)
  const found = state.groups.rows.shown().find(({ uniqueName }) => uniqueName === name) ?? notThere(name)
  return answerOne(state, request, { context: 'groups', row: groupAsked(state, request, found) })
}

/** The groups and administrative units that a group is directly in. */
export function listMemberOf(state: TenantState, request: Request, caller: Caller): Row {
  mayReadGroups(caller)
  const { nested, unitMembers } = state.groups
  const { id } = groupShown(state, String(request.params.id))
  const outer = nested.shownHoldersOf(id).map(each => objectFor(state, each, caller))
  const units = unitMembers.shownHoldersOf(id).map(each => unitFor(state, each, caller))
  const rows = [...outer, ...units]
  return pageFrom(state, request, { context: 'directoryObjects', rows, pageSize: topOf(request, 100) })
}

function unitFor({ groups }: TenantState, id: string, caller: Caller): Row {
  const type = { '@odata.type': '#microsoft.graph.administrativeUnit' }
  return unitReaders.some(each => caller.permissions.has(each)) ? { ...type, ...groups.units.now(id) } : { ...type, id }
}
