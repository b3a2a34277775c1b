import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import { keyOf, personBy } from '../../directory/people.ts'
import { type AppRoleAssignment, noRole, opaqueId, type ServicePrincipal } from '../../directory/registered/rows.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { filtered } from '../comparisons.ts'
import { answerOne, pageFrom, topOf } from '../pages.ts'
import type { GraphReply, Serve } from '../reply.ts'
import { mayAssign, mayReadAssignments } from './callers.ts'
import { noSuch, shownPrincipal } from './found.ts'

const comparable = { principalId: 'guid', resourceId: 'guid', appRoleId: 'guid' } as const

const bad = (message: string): never => refuse(400, 'Request_BadRequest', message)

/** One end of an assignment, and how an address names the object at that end. Throws Graph's 404. */
type End = {
  context: string
  end: 'resourceId' | 'principalId'
  found: (state: TenantState, request: Request) => { id: string }
}

/** The roles of an app with their holders, the roles that an app holds, and those that a group or a person holds. */
export const roleAssignmentCalls = {
  ofResource: callsAt({ context: 'servicePrincipals/appRoleAssignedTo', end: 'resourceId', found: shownPrincipal }),
  ofApp: callsAt({ context: 'servicePrincipals/appRoleAssignments', end: 'principalId', found: shownPrincipal }),
  ofGroup: callsAt({ context: 'groups/appRoleAssignments', end: 'principalId', found: holderInAddress('Group') }),
  ofPerson: callsAt({ context: 'users/appRoleAssignments', end: 'principalId', found: holderInAddress('User') }),
}

function callsAt({ context, end, found }: End): { list: Serve; create: Serve; remove: Serve } {
  function list(state: TenantState, request: Request, caller: Caller): GraphReply {
    mayReadAssignments(caller)
    const { id } = found(state, request)
    const own = state.applications.roleAssignments.shown().filter(row => row[end] === id)
    const rows = filtered(request, own, comparable)
    return { body: pageFrom(state, request, { context, rows, pageSize: topOf(request, 100) }) }
  }

  function create(state: TenantState, request: Request, caller: Caller): GraphReply {
    const { id } = found(state, request)
    const wish = wishIn(request)
    mayAssign(state, caller, wish.resourceId)
    if (wish[end] !== id) bad(`Property '${end}' must be the object that the address names.`)
    const row = state.applications.roleAssignments.put(assignmentOf(state, wish))
    return { status: 201, body: answerOne(state, request, { context, row }) }
  }

  function remove(state: TenantState, request: Request, caller: Caller): GraphReply {
    const { id } = found(state, request)
    const { roleAssignments } = state.applications
    const row = roleAssignments.shown().find(each => each.id === request.params.assignment && each[end] === id)
    mayAssign(state, caller, row?.resourceId ?? '')
    if (!row) noSuch(request.params.assignment)
    else roleAssignments.remove(row.id)
    return { status: 204 }
  }

  return { list, create, remove }
}

type Wish = { principalId: string; resourceId: string; appRoleId: string }

function wishIn({ body }: Request): Wish {
  const idOf = (name: keyof Wish) => {
    const id: unknown = body?.[name]
    return typeof id === 'string' ? id.toLowerCase() : bad(`A value is required for property '${name}'.`)
  }
  return { principalId: idOf('principalId'), resourceId: idOf('resourceId'), appRoleId: idOf('appRoleId') }
}

function assignmentOf(state: TenantState, { principalId, resourceId, appRoleId }: Wish): AppRoleAssignment {
  const { roleAssignments, servicePrincipals } = state.applications
  const resource = servicePrincipals.shown().find(({ id }) => id === resourceId) ?? noSuch(resourceId)
  const holder = holderWith(state, principalId) ?? noSuch(principalId)
  checkRole(resource, appRoleId, holder.principalType)
  const isTaken = (row: AppRoleAssignment) =>
    row.principalId === principalId && row.resourceId === resourceId && row.appRoleId === appRoleId
  if (roleAssignments.all().some(isTaken)) bad('Permission being assigned already exists on the object')
  return {
    id: opaqueId(),
    deletedDateTime: null,
    appRoleId,
    createdDateTime: state.clock().toISOString(),
    ...holder,
    resourceDisplayName: resource.displayName,
    resourceId,
  }
}

/** People and groups hold roles for people, and apps hold permissions. Everybody may hold the access without a role. */
function checkRole({ appRoles }: ServicePrincipal, id: string, holder: AppRoleAssignment['principalType']): void {
  if (id === noRole) return
  const role = appRoles.find(each => each.id.toLowerCase() === id && each.isEnabled)
  const member = holder === 'ServicePrincipal' ? 'Application' : 'User'
  if (!role?.allowedMemberTypes.includes(member))
    bad('Permission being assigned was not found on application, or is not for this kind of holder')
}

type Holder = Pick<AppRoleAssignment, 'principalDisplayName' | 'principalId' | 'principalType'>

/** The person, group or app with this object id, as a read shows it. */
function holderWith(state: TenantState, id: string): Holder | undefined {
  const key = keyOf(id)
  const app = state.applications.servicePrincipals.shown().find(row => row.id === id)
  const group = state.groups.rows.shown().find(row => row.id === id)
  const name = (key && personBy(key).name) || app?.displayName || group?.displayName
  const principalType = key ? 'User' : app ? 'ServicePrincipal' : 'Group'
  return name === undefined ? undefined : { principalDisplayName: String(name), principalId: id, principalType }
}

function holderInAddress(type: Holder['principalType']) {
  return (state: TenantState, { params }: Request): { id: string } => {
    const id = String(params.id).toLowerCase()
    return holderWith(state, id)?.principalType === type ? { id } : noSuch(params.id)
  }
}
