import { clientId } from '../../directory/ids.ts'
import { type GroupKey, idOfGroup } from '../../directory/managed.ts'
import { personBy } from '../../directory/people.ts'
import { isApprover } from '../../pim/approvers.ts'
import type { Length, PimRequest } from '../../pim/requests.ts'
import type { TenantState } from '../../state.ts'
import type { Collection, Entry } from '../collection.ts'
import { cased } from '../enums.ts'
import { shownUntil } from '../lag.ts'
import type { Row } from '../pages.ts'
import { scopesOf } from './scopes.ts'

const filterable = ['groupId', 'principalId', 'accessId', 'action', 'status', 'targetScheduleId', 'approvalId']

/** The requests about assignments, or about eligibilities. */
export const requestsAbout = (about: PimRequest['about']): Collection => ({
  name: `${about}ScheduleRequests`,
  readers: scopesOf[about].read,
  parts: ['principal', 'createdBy', 'approver'],
  filterable,
  entries: state => {
    const at = shownUntil(state)
    const shown = state.pims.requests.filter(each => each.about === about && each.created <= at)
    return shown.map(each => entryOf(state, each))
  },
})

function entryOf(state: TenantState, request: PimRequest): Entry {
  const { group, key, by } = request
  const approves = (person: string) => isApprover(state.pims.of(group), request, person)
  return { row: requestRow(state, request), group, key, by, isApprover: approves }
}

/** A request as Graph shows it, with the status it has now. */
export function requestRow(state: TenantState, request: PimRequest): Row {
  const { log } = state.pims.of(request.group)
  const { id, group, side, key, action, reason, ticket, created, approval, by } = request
  const status = log.statusOf(request)
  return {
    id,
    status,
    createdDateTime: created.toISOString(),
    completedDateTime: completedAt(request, status)?.toISOString() ?? null,
    approvalId: approval ? id : null,
    customData: null,
    action: cased(state, action),
    principalId: personBy(key).oid,
    accessId: cased(state, side),
    groupId: idOfGroup(group),
    targetScheduleId: request.target ? scheduleId(group, { id: request.target, side }) : null,
    isValidationOnly: false,
    justification: reason ?? null,
    createdBy: creator(state, by),
    scheduleInfo: scheduleOf(state, request),
    ticketInfo: ticket ?? { ticketNumber: null, ticketSystem: null },
  }
}

export const scheduleId = (group: GroupKey, { id, side }: { id: string; side: string }): string =>
  `${idOfGroup(group)}_${side}_${id}`

function completedAt({ completed, becomes, status }: PimRequest, now: string): Date | undefined {
  return completed ?? (now === status ? undefined : becomes?.at)
}

function creator({ switches }: TenantState, by: string | undefined): Row {
  const names = switches.identityNames === 'all'
  if (by === undefined) return { application: { displayName: null, id: clientId }, device: null, user: null }
  const { oid, name } = personBy(by)
  return { application: null, device: null, user: { displayName: names ? name : null, id: oid } }
}

// The schedule that was asked for, with its true beginning.
function scheduleOf(state: TenantState, { starts, from, created, length }: PimRequest): Row {
  return scheduleInfo(state, { from: starts ?? from ?? created, length })
}

export function scheduleInfo(state: TenantState, { from, length }: { from: Date; length: Length }): Row {
  const { type, duration = null, until } = length
  return {
    startDateTime: from.toISOString(),
    recurrence: null,
    expiration: { type: cased(state, type), endDateTime: until?.toISOString() ?? null, duration },
  }
}
