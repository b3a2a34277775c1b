import { endOf } from '../pim/grant.ts'
import type { Pims } from '../pim/pim.ts'
import type { PimRequest } from '../pim/requests.ts'

export type RequestView = ReturnType<typeof viewOf>

/** A request as tests and the control surface see it. */
export function viewOf({ of }: Pims, request: PimRequest) {
  const { id, group, key, about, action, reason, ticket, created, length, from, starts, approval, by } = request
  const began = starts ?? from
  return {
    id,
    group,
    key,
    about,
    action,
    status: of(group).log.statusOf(request),
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
export const requestViews = (pims: Pims): readonly RequestView[] => pims.requests.map(each => viewOf(pims, each))
