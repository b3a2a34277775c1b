import type { Request } from 'express'
import { before } from './admission.ts'
import { type Caller, demand, me } from './graph-auth.ts'
import { denied, GraphRefusal, refuse, scopeNotGranted } from './graph-errors.ts'
import { pageFrom, queryOf, type Row } from './graph-pages.ts'
import { groups, guidFrom } from './ids.ts'
import { personBy } from './people.ts'
import type { TenantState } from './state.ts'

const readers = [
  'PrivilegedAssignmentSchedule.Read.AzureADGroup',
  'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
]
const needs = { delegated: [readers], application: [readers] }
const context = 'identityGovernance/privilegedAccess/group/assignmentScheduleInstances'

/** PIM's assignments of the access group that are in force. A filter on a group or a person is demanded. */
export function listInstances(state: TenantState, request: Request, caller: Caller) {
  demand(caller, needs, scopeNotGranted(readers))
  const filter = filterIn(request)
  if (!filter.groupId && !filter.principalId)
    refuse(400, 'InvalidFilter', 'The filter must compare groupId or principalId with eq.')
  const mayReadOthers = !caller.person || caller.person.globalAdministrator
  if (!mayReadOthers && filter.principalId !== caller.person?.oid) throw new GraphRefusal(denied)
  return answer(state, request, matching(instanceRows(state), filter))
}

/** The caller's own. */
export function listOwnInstances(state: TenantState, request: Request, caller: Caller) {
  demand(caller, needs, scopeNotGranted(readers))
  const { oid } = me(caller)
  const own = instanceRows(state).filter(({ principalId }) => principalId === oid)
  return answer(state, request, matching(own, filterIn(request)))
}

export function oneInstance(state: TenantState, id: string, caller: Caller): Row {
  demand(caller, needs, scopeNotGranted(readers))
  const row = instanceRows(state).find(each => each.id === id)
  return row ?? refuse(404, 'ResourceNotFound', 'The instance does not exist.')
}

// $top and the like are described and promise nothing: they are ignored.
const answer = (state: TenantState, request: Request, rows: Row[]) =>
  pageFrom(state, request, { context, rows, pageSize: 100 })

function instanceRows(state: TenantState): Row[] {
  const { memberships, switches } = state
  const at = before(state, switches.rosterLagSeconds)
  const inPim = memberships.instancesAt(at)
  const members = inPim.map(({ id, key, kind, from, until }) =>
    instance(state, { id, key, accessId: 'member', assignmentType: kind, from, until }),
  )
  const owners = switches.owners.map(key =>
    instance(state, { id: guidFrom(`owner ${key}`), key, accessId: 'owner', assignmentType: 'assigned' }),
  )
  if (!switches.directMembersInInstances) return [...owners, ...members]
  const direct = memberships.membersAt(at).filter(key => !inPim.some(stay => stay.key === key))
  const others = direct.map(key =>
    instance(state, { id: guidFrom(`direct ${key}`), key, accessId: 'member', assignmentType: 'assigned' }),
  )
  return [...owners, ...members, ...others]
}

type Facts = {
  id: string
  key: string
  accessId: string
  assignmentType: string
  from?: Date
  until?: Date | undefined
}

function instance({ switches }: TenantState, { id, key, accessId, assignmentType, from, until }: Facts): Row {
  const cased = (member: string) =>
    switches.graphEnumCase === 'pascal' ? member.replace(/^./, first => first.toUpperCase()) : member
  const name = `${groups.access}_${accessId}_${id}`
  return {
    id: name,
    principalId: personBy(key).oid,
    accessId: cased(accessId),
    groupId: groups.access,
    assignmentType: cased(assignmentType),
    memberType: cased('direct'),
    assignmentScheduleId: name,
    startDateTime: from?.toISOString() ?? null,
    endDateTime: until?.toISOString() ?? null,
  }
}

const filterable = ['groupId', 'principalId', 'accessId', 'assignmentType', 'memberType', 'assignmentScheduleId']

function filterIn(request: Request): Record<string, string> {
  const filter = queryOf(request).get('$filter')
  if (filter === null) return {}
  const parts = filter.split(/ and /i).map(part => /^\s*\(?(\w+) eq '([^']*)'\)?\s*$/.exec(part))
  if (parts.some(part => !part || !filterable.includes(part[1] ?? '')))
    refuse(400, 'InvalidFilter', `The filter is not supported: ${filter}`)
  return Object.fromEntries(parts.map(part => [part?.[1], part?.[2]]))
}

// Ids and enumerations alike are compared without regard to case.
function matching(rows: Row[], filter: Record<string, string>): Row[] {
  const equal = (row: Row, [name, value]: [string, string]) => String(row[name]).toLowerCase() === value.toLowerCase()
  return rows.filter(row => Object.entries(filter).every(each => equal(row, each)))
}
