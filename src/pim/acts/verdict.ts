import type { Outcome, Verdict } from '../../audit/trail.ts'
import { GraphRefusal } from '../../entra/graph/refusal.ts'
import { NoAnswer } from '../../entra/outbound.ts'
import type { PimRequest, RequestStatus } from '../../entra/pim/requests.ts'
import { Problem } from '../../errors.ts'

/**
 * PIM says 'Revoked' when it has carried out a removal, and 'Provisioned' when it has granted. 'Granted' and
 * 'ScheduleCreated' begin later.
 */
const isDone = {
  granting: new Set<RequestStatus>(['provisioned', 'granted', 'schedulecreated']),
  ending: new Set<RequestStatus>(['revoked', 'provisioned']),
}
const cameToNothing = new Set<RequestStatus>(['failed', 'canceled', 'revoked'])

/**
 * The result of a request by its status. The status decides: that PIM took the request says nothing. A status that is not
 * known counts as waiting, so that PIM is asked again.
 */
export function verdictOf(status: RequestStatus, asked: keyof typeof isDone): Verdict {
  if (isDone[asked].has(status)) return 'done'
  if (status === 'denied') return 'denied'
  return cameToNothing.has(status) ? 'failed' : 'waiting'
}

/** The result of a request with its id and status, as the audit trail records it. */
export const outcomeOfRequest = ({ id, status }: PimRequest, asked: keyof typeof isDone): Outcome => ({
  verdict: verdictOf(status, asked),
  request: id,
  status,
})

/**
 * The result of an act that threw an error. Without an answer the act may have happened. A throttled act did not happen,
 * nor did an act that was never sent because Entra gave no token.
 */
export const verdictOfThrown = (thrown: unknown): Verdict => (mayHaveHappened(thrown) ? 'unanswered' : 'failed')

const mayHaveHappened = (thrown: unknown): boolean =>
  thrown instanceof NoAnswer
    ? thrown.kind !== 'throttled'
    : !(thrown instanceof GraphRefusal || thrown instanceof Problem)
