import { people, personBy } from '../directory/people.ts'
import { moment } from '../page.ts'
import { refusalToDecide } from '../pim/approvers.ts'
import type { Pim } from '../pim/pim.ts'
import type { PimRequest } from '../pim/requests.ts'
import type { TenantState } from '../state.ts'

/** The policy and the requests that are waiting for approval, for the administrator's page. */
export function pimModel({ pim }: TenantState) {
  const { longestMs, enabled, context, approval } = pim.policies.activation('member')
  const { people: approvers } = pim.policies.approversOf('member')
  return {
    policy: {
      maxMinutes: longestMs / 60_000,
      reason: enabled.includes('Justification'),
      ticket: enabled.includes('Ticketing'),
      context: context ?? '',
      approval,
      approvers,
    },
    waiting: pim.log.requests.filter(pim.log.isOpen).map(request => waitingRow(pim, request)),
  }
}

function waitingRow(pim: Pim, request: PimRequest) {
  const { id, key, reason, ticket, length, created } = request
  return {
    id,
    name: personBy(key).name,
    reason: reason ?? 'none',
    ticket: ticket?.ticketNumber,
    minutes: length.ms === undefined ? undefined : length.ms / 60_000,
    since: moment(created),
    approvers: people.filter(person => refusalToDecide(pim, request, person.key) === undefined),
  }
}
