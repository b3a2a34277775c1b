import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import type { TenantState } from '../../state.ts'
import { pageFrom, topOf } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { mayChangeGroup, mayReadGroups } from './callers.ts'
import { ownersOf, ownersShown } from './owners-of.ts'
import { objectFor, referredTo, thereAlready } from './references.ts'
import { groupShown, notThere } from './rows.ts'

/** The owners of a group, who may change it, and what PIM asks of its members. */
export const groupOwners = { list, add, remove }

function list(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayReadGroups(caller)
  const { id } = groupShown(state, String(request.params.id))
  const rows = ownersShown(state, id).map(owner => objectFor(state, owner, caller))
  return { body: pageFrom(state, request, { context: 'directoryObjects', rows, pageSize: topOf(request, 100) }) }
}

function add(state: TenantState, request: Request, caller: Caller): GraphReply {
  const group = groupShown(state, String(request.params.id))
  mayChangeGroup(state, caller, group)
  const owner = referredTo(request)
  objectFor(state, owner, caller)
  const { owners } = state.groups
  if (ownersOf(state, group.id).includes(owner)) thereAlready('owners')
  owners.add(group.id, owner)
  return { status: 204 }
}

function remove(state: TenantState, request: Request, caller: Caller): GraphReply {
  const group = groupShown(state, String(request.params.id))
  mayChangeGroup(state, caller, group)
  const owner = String(request.params.object).toLowerCase()
  if (!state.groups.owners.has(group.id, owner)) notThere(owner)
  state.groups.owners.remove(group.id, owner)
  return { status: 204 }
}
