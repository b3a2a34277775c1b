import { appRoleValues, type RoleAssignment, roleGroupKeys, roleGroupNames } from '../directory/app-roles.ts'
import type { GroupKey } from '../directory/managed.ts'
import { people, personBy } from '../directory/people.ts'
import { moment } from '../page.ts'
import { refusalToDecide } from '../pim/approvers.ts'
import type { PimRequest } from '../pim/requests.ts'
import type { TenantState } from '../state.ts'

/**
 * The policy of one group, the requests for all groups that wait for approval, and the app roles, for the
 * administrator's page.
 */
export function pimModel({ pims, roles }: TenantState, group: GroupKey) {
  const { policies } = pims.of(group)
  const { longestMs, enabled, context, approval } = policies.activation('member')
  const { people: approvers } = policies.approversOf('member')
  const waiting = pims.requests.filter(request => pims.of(request.group).log.isOpen(request))
  return {
    group,
    groups: pims.managed().map(pim => ({ key: pim.group, name: pim.name(), isShown: pim.group === group })),
    policy: {
      maxMinutes: longestMs / 60_000,
      reason: enabled.includes('Justification'),
      ticket: enabled.includes('Ticketing'),
      context: context ?? '',
      approval,
      approvers,
    },
    waiting: waiting.map(request => waitingRow(pims, request)),
    roleValues: appRoleValues,
    roleGroups: roleGroupKeys.map(key => ({ key, name: roleGroupNames[key] })),
    roles: roles.assigned().map(roleRow),
  }
}

function roleRow({ role, group, person }: RoleAssignment) {
  return group
    ? { role, holder: `group:${group}`, name: roleGroupNames[group] }
    : { role, holder: `person:${person}`, name: personBy(person).name }
}

function waitingRow({ of }: TenantState['pims'], request: PimRequest) {
  const { id, group, key, reason, ticket, length, created } = request
  return {
    id,
    name: personBy(key).name,
    groupName: of(group).name(),
    reason: reason ?? 'none',
    ticket: ticket?.ticketNumber,
    minutes: length.ms === undefined ? undefined : length.ms / 60_000,
    since: moment(created),
    approvers: people.filter(person => refusalToDecide(of(group), request, person.key) === undefined),
  }
}
