import { randomUUID } from 'node:crypto'
import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import type { UnitRow } from '../../directory/units.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { filtered } from '../comparisons.ts'
import { answerOne, pageFrom, type Row, topOf } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { mayChangeUnits, mayReadUnits } from './callers.ts'
import { objectFor, referredTo, thereAlready } from './references.ts'
import { notThere } from './rows.ts'

const context = 'directory/administrativeUnits'

/** Administrative units, and who and what is in them. */
export const unitCalls = { list, create, show, listMembers, addMember, removeMember }

function list(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayReadUnits(caller)
  const rows = filtered(request, state.groups.units.shown() as (UnitRow & Row)[], {
    displayName: 'string',
    id: 'string',
  })
  return { body: pageFrom(state, request, { context, rows, pageSize: topOf(request, 100) }) }
}

function show(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayReadUnits(caller)
  return { body: answerOne(state, request, { context, row: shown(state, request) }) }
}

/** Makes a unit. Whether it restricts the management of its members stays for ever. */
function create(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayChangeUnits(caller)
  const {
    displayName,
    description = null,
    isMemberManagementRestricted,
    visibility = null,
  } = (request.body ?? {}) as Row
  if (typeof displayName !== 'string' || displayName === '')
    return refuse(400, 'Request_BadRequest', "A value is required for property 'displayName'.")
  const row = state.groups.units.put({
    id: randomUUID(),
    deletedDateTime: null,
    description: description as string | null,
    displayName,
    isMemberManagementRestricted: isMemberManagementRestricted === true,
    membershipRule: null,
    membershipRuleProcessingState: null,
    membershipType: null,
    visibility: visibility as string | null,
  })
  return { status: 201, body: answerOne(state, request, { context, row }) }
}

function listMembers(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayReadUnits(caller)
  const { id } = shown(state, request)
  const rows = state.groups.unitMembers.shownOf(id).map(member => objectFor(state, member, caller))
  return { body: pageFrom(state, request, { context: 'directoryObjects', rows, pageSize: topOf(request, 100) }) }
}

function addMember(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayChangeUnits(caller)
  const { id } = shown(state, request)
  const member = referredTo(request)
  objectFor(state, member, caller)
  if (state.groups.unitMembers.has(id, member)) thereAlready('members')
  state.groups.unitMembers.add(id, member)
  return { status: 204 }
}

function removeMember(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayChangeUnits(caller)
  const { id } = shown(state, request)
  const member = String(request.params.object).toLowerCase()
  if (!state.groups.unitMembers.has(id, member)) notThere(member)
  state.groups.unitMembers.remove(id, member)
  return { status: 204 }
}

function shown({ groups }: TenantState, { params }: Request): UnitRow {
  const named = String(params.id).toLowerCase()
  return groups.units.shown().find(({ id }) => id === named) ?? notThere(named)
}
