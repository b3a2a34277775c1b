import { endOf } from '../pim/grant.ts'
import type { Pim } from '../pim/pim.ts'
import type { PimRequest } from '../pim/requests.ts'

export type RequestView = ReturnType<typeof viewOf>

/** A request as tests and the control surface see it. */
export function viewOf({ log }: Pim, request: PimRequest) {
  const { id, key, about, action, reason, ticket, created, length, from, starts, approval, by } = request
  const began = starts ?? from
  return {
    id,
    key,
    about,
    action,
    status: log.statusOf(request),
    reason,
    ticket: ticket?.ticketNumber ?? undefined,
    created,
    by,
    minutes: length.ms === undefined ? undefined : length.ms / 60_000,
    from: began,
    until: endOf(length, began ?? created),
    decision: approval?.decision,
  }
}

/** All of them, oldest first. */
export const requestViews = (pim: Pim): readonly RequestView[] => pim.log.requests.map(each => viewOf(pim, each))
