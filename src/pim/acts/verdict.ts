import type { Outcome, Verdict } from '../../audit/trail.ts'
import { GraphRefusal, NoAnswer } from '../../entra/graph/graph.ts'
import type { PimRequest, RequestStatus } from '../../entra/pim/pim.ts'
import { Problem } from '../../errors.ts'

/** PIM carries out a removal as 'Revoked', and grants as 'Provisioned', or as a promise for later. */
const isDone = {
  granting: new Set<RequestStatus>(['provisioned', 'granted', 'schedulecreated']),
  ending: new Set<RequestStatus>(['revoked', 'provisioned']),
}
const isOver = new Set<RequestStatus>(['failed', 'canceled', 'revoked'])

/**
 * What became of a request, by its status: it decides, never that the request was taken. A status that is not known
 * waits, and is looked at again.
 */
export function verdictOf(status: RequestStatus, asked: keyof typeof isDone): Verdict {
  if (isDone[asked].has(status)) return 'done'
  if (status === 'denied') return 'denied'
  return isOver.has(status) ? 'failed' : 'waiting'
}

export const outcomeOf = ({ id, status }: PimRequest, asked: keyof typeof isDone): Outcome => ({
  verdict: verdictOf(status, asked),
  request: id,
  status,
})

/** Without an answer it may have happened, unless it was turned away at the door, or never sent for want of a token. */
export const verdictOfThrown = (thrown: unknown): Verdict => (mayHaveHappened(thrown) ? 'unanswered' : 'failed')

export const mayHaveHappened = (thrown: unknown): boolean =>
  thrown instanceof NoAnswer
    ? thrown.kind !== 'throttled'
    : !(thrown instanceof GraphRefusal || thrown instanceof Problem)
