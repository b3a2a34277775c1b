import type { Request } from 'express'
import { type Caller, demand } from '../../caller.ts'
import { everybody } from '../../directory/people.ts'
import { refuse } from '../../refusal.ts'
import { directGroups, withOuterGroups } from '../../sign-in/admission.ts'
import type { TenantState } from '../../state.ts'
import { membersLag } from '../lag.ts'
import { pageFrom, topOf } from '../pages.ts'

const readers = [
  ['User.Read.All', 'Directory.Read.All'],
  ['GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All'],
]
const needs = { delegated: readers, application: readers }

/** The groups that a person is in, directly or through other groups. */
export function listGroupsOfPerson(state: TenantState, request: Request, caller: Caller) {
  demand(caller, needs)
  const id = String(request.params.id).toLowerCase()
  const person = everybody.find(({ oid }) => oid === id)
  if (!person) return refuse(404, 'Request_ResourceNotFound', `Resource '${id}' does not exist.`)
  const { groups } = state
  const direct = directGroups(state, person, membersLag(state))
  const rows = withOuterGroups(state, direct).map(group => ({
    '@odata.type': '#microsoft.graph.group',
    id: group,
    displayName: groups.rows.now(group)?.displayName ?? null,
  }))
  return pageFrom(state, request, { context: 'directoryObjects', rows, pageSize: topOf(request, 100) })
}
