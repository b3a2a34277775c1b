import type { Request } from 'express'
import { type Caller, demand } from '../caller.ts'
import { groups } from '../directory/ids.ts'
import { managedWith } from '../directory/managed.ts'
import { everybody, type Person, personBy, projectGroups } from '../directory/people.ts'
import { refuse } from '../refusal.ts'
import { before, nestedGroup } from '../sign-in/admission.ts'
import type { TenantState } from '../state.ts'
import { pageFrom, queryOf, type Row, topOf } from './pages.ts'

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
  const groupId = knownGroup(String(request.params.id))
  const query = queryOf(request)
  if (query.has('$filter') || query.has('$search') || query.has('$orderby'))
    refuse(400, 'Request_UnsupportedQuery', 'The local tenant does not filter, search or order members.')
  const rows = membersOf(state, groupId, which).map(member => rowFor(state, member, caller))
  const nested = groupId === groups.access && state.switches.nestedMembers.length > 0 ? [nestedRow] : []
  return pageFrom(state, request, {
    context: 'directoryObjects',
    rows: [...nested, ...rows],
    pageSize: topOf(request, 100),
  })
}

function knownGroup(id: string): string {
  const known = [...Object.values(groups), nestedGroup, ...projectGroups].find(each => each === id.toLowerCase())
  return known ?? refuse(404, 'Request_ResourceNotFound', `Resource '${id}' does not exist.`)
}

const nestedRow: Row = { '@odata.type': '#microsoft.graph.group', id: nestedGroup, displayName: 'Visiting team' }

function membersOf(state: TenantState, groupId: string, which: Which): Person[] {
  const { directory, switches } = state
  const group = managedWith(groupId)
  if (groupId === nestedGroup) return switches.nestedMembers.map(personBy)
  if (!group) return everybody.filter(person => standsIn(state, person, groupId))
  const keys = directory.memberships[group].membersAt(before(state, switches.membersLagSeconds, group))
  const beneath = which === 'transitive' && group === 'members' ? switches.nestedMembers : []
  return [...new Set([...keys, ...beneath])].map(personBy)
}

function standsIn({ switches }: TenantState, { key, standingGroups }: Person, groupId: string): boolean {
  return standingGroups.includes(groupId) || (switches.manyGroups.includes(key) && projectGroups.includes(groupId))
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
