import type { Request } from 'express'
import { type Caller, demand } from '../../caller.ts'
import { nestedGroup } from '../../directory/group-seeds.ts'
import { groups as known } from '../../directory/ids.ts'
import { keyOfGroup } from '../../directory/managed.ts'
import { type Person, personBy, projectGroups } from '../../directory/people.ts'
import { refuse } from '../../refusal.ts'
import { before } from '../../sign-in/admission.ts'
import type { TenantState } from '../../state.ts'
import { membersLag } from '../lag.ts'
import { pageFrom, queryOf, type Row, topOf } from '../pages.ts'
import { groupShown } from './rows.ts'

const readers = ['GroupMember.ReadBasic.All', 'GroupMember.Read.All']
const needs = { delegated: [readers], application: [readers] }

type Which = 'direct' | 'transitive'

/** The direct members of a group, groups among them. */
export function listDirectMembers(state: TenantState, request: Request, caller: Caller) {
  return list(state, request, { caller, which: 'direct' })
}

/** Everybody in the group and in the groups that are in it. */
export function listTransitiveMembers(state: TenantState, request: Request, caller: Caller) {
  return list(state, request, { caller, which: 'transitive' })
}

function list(state: TenantState, request: Request, { caller, which }: { caller: Caller; which: Which }) {
  demand(caller, needs)
  const { id } = groupShown(state, String(request.params.id))
  const query = queryOf(request)
  if (query.has('$filter') || query.has('$search') || query.has('$orderby'))
    refuse(400, 'Request_UnsupportedQuery', 'The local tenant does not filter, search or order members.')
  const nested = which === 'direct' ? groupsIn(state, id) : groupsBeneath(state, id)
  const within = which === 'direct' ? [id] : [id, ...nested]
  const keys = new Set(within.flatMap(each => keysIn(state, each)))
  const rows = [...keys].map(key => rowFor(state, personBy(key), caller))
  return pageFrom(state, request, {
    context: 'directoryObjects',
    rows: [...nested.map(each => nestedRow(state, each)), ...rows],
    pageSize: topOf(request, 100),
  })
}

const nestedRow = ({ groups }: TenantState, id: string): Row => ({
  '@odata.type': '#microsoft.graph.group',
  id,
  displayName: groups.rows.now(id)?.displayName ?? null,
})

/** The groups that are in a group, as Graph shows it. A switch puts one more into the access group. */
function groupsIn({ groups, switches }: TenantState, id: string): string[] {
  const bySwitch = id === known.access && switches.nestedMembers.length > 0 ? [nestedGroup] : []
  return [...bySwitch, ...groups.nested.shownOf(id)]
}

function groupsBeneath(state: TenantState, id: string): string[] {
  const found = new Set(groupsIn(state, id))
  for (const each of found) for (const inner of groupsIn(state, each)) found.add(inner)
  return [...found]
}

function keysIn(state: TenantState, id: string): readonly string[] {
  const { directory, switches } = state
  const group = keyOfGroup(id)
  const inBook = directory.of(group).membersAt(before(state, membersLag(state), group))
  const bySwitch = id === nestedGroup ? switches.nestedMembers : projectGroups.includes(id) ? switches.manyGroups : []
  return [...inBook, ...bySwitch]
}

// Properties that the caller may not read are left out; kind and id are always there.
function rowFor({ switches }: TenantState, person: Person, { person: reader, permissions }: Caller): Row {
  const bare = { '@odata.type': '#microsoft.graph.user', id: person.oid }
  const mayRead = ['User.ReadBasic.All', 'User.Read.All', 'Directory.Read.All'].some(each => permissions.has(each))
  if (!mayRead && reader?.key !== person.key) return bare
  return {
    ...bare,
    displayName: person.name,
    userPrincipalName: switches.usernames[person.key] ?? person.username,
    mail: person.email ?? null,
    accountEnabled: !switches.disabled.includes(person.key),
  }
}
