import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import type { GroupRow } from '../../directory/group-rows.ts'
import { keyOfGroup } from '../../directory/managed.ts'
import { keyOf } from '../../directory/people.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import type { GraphReply } from '../reply.ts'
import { mayChangeGroup } from './callers.ts'
import { objectFor, referredTo, thereAlready } from './references.ts'
import { groupShown, notThere } from './rows.ts'

/** Makes somebody, or a group, a member past PIM. */
export function addMember(state: TenantState, request: Request, caller: Caller): GraphReply {
  const group = groupShown(state, String(request.params.id))
  mayChangeGroup(state, caller, group, 'members')
  const member = referredTo(request)
  objectFor(state, member, caller)
  put(state, group, member)
  return { status: 204 }
}

/** Puts a member into a group. Throws Graph's 400 for one who is there already, or who cannot be. */
export function put(state: TenantState, group: GroupRow, member: string): void {
  if (group.groupTypes.includes('DynamicMembership'))
    refuse(400, 'Request_BadRequest', 'Insufficient privileges: a rule decides who is in a dynamic group.')
  const key = keyOf(member)
  if (key) {
    const book = state.directory.of(keyOfGroup(group.id))
    if (book.activeUntil(key)) thereAlready('members')
    book.addDirectly(key)
    return
  }
  if (group.isAssignableToRole)
    refuse(400, 'Request_BadRequest', 'A group that can be assigned to a role takes no group as a member.')
  if (state.groups.nested.has(group.id, member)) thereAlready('members')
  state.groups.nested.add(group.id, member)
}

/** Takes somebody, or a group, out past PIM. */
export function removeMember(state: TenantState, request: Request, caller: Caller): GraphReply {
  const group = groupShown(state, String(request.params.id))
  mayChangeGroup(state, caller, group, 'members')
  const member = String(request.params.object).toLowerCase()
  const key = keyOf(member)
  const book = state.directory.of(keyOfGroup(group.id))
  if (key && book.activeUntil(key)) book.removeDirectly(key)
  else if (state.groups.nested.has(group.id, member)) state.groups.nested.remove(group.id, member)
  else notThere(member)
  return { status: 204 }
}
