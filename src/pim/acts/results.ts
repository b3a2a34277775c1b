import type { Outcome } from '../../audit/trail.ts'
import { clockToleranceMs } from '../../clock.ts'
import type { PimRequest } from '../../entra/pim/requests.ts'
import type { Span } from '../../entra/pim/standing.ts'
import type { Who } from '../../gate/asking/pim-token.ts'
import { surelyListedMs } from '../../session/record/plan.ts'
import type { AskingPim } from '../reading/as-person.ts'
import { isFinal } from './acts.ts'
import type { OpenAct } from './open-acts.ts'
import { outcomeOfRequest, verdictOf } from './verdict.ts'

/** The result of an act that PIM does not show. It counts only when PIM's lists would surely show the act by now. */
const notDone: Outcome = { verdict: 'failed', status: 'not-done' }

/**
 * Asks PIM for the result of an act, by its kind. Undefined: PIM shows nothing yet. Throws what `AsPerson` throws.
 */
export function createResults({ clock, pim, asPerson }: AskingPim) {
  const now = () => clock().getTime()
  const notDoneIfListed = ({ sentAt }: OpenAct) => (now() - sentAt >= surelyListedMs ? notDone : undefined)

  async function ofEnding(who: Who, act: OpenAct): Promise<Outcome | undefined> {
    const { request, askedAt, sentAt } = act
    const requests = await asPerson(who, token => pim.requests(token, 'principal'))
    const isIt = ({ id, action, createdAt }: PimRequest) =>
      action === 'selfdeactivate' && (id === request || createdAt >= askedAt - clockToleranceMs)
    const ours = requests.filter(isIt)
    const decided = ours.find(({ status }) => verdictOf(status, 'ending') === 'done') ?? ours[0]
    if (!decided) return notDoneIfListed(act)
    const outcome = outcomeOfRequest(decided, 'ending')
    if (isFinal(outcome)) return outcome
    const spans = await asPerson(who, pim.spans)
    const isStillOn = spans.some(span => isTurnedOn(span) && span.from <= sentAt + clockToleranceMs)
    return isStillOn ? outcome : { ...outcome, verdict: 'done' }
  }

  async function ofCancellation(who: Who, act: OpenAct): Promise<Outcome | undefined> {
    const found = await asPerson(who, token => pim.request(token, act.request ?? ''))
    if (found?.status === 'canceled') return { verdict: 'done', status: found.status }
    const isDecided = found && verdictOf(found.status, 'granting') !== 'waiting' && (found.startsAt ?? 0) <= now()
    return isDecided ? { verdict: 'failed', status: found.status } : notDoneIfListed(act)
  }

  async function ofDecision(who: Who, act: OpenAct): Promise<Outcome | undefined> {
    const { kind, request = '', reason = '' } = act
    const known = await asPerson(who, token => pim.requests(token, 'approver'))
    const approvalId = known.find(({ id }) => id === request)?.approvalId ?? request
    const { stages } = await asPerson(who, token => pim.approval(token, approvalId))
    const stage = stages.find(({ result }) => result === 'approve' || result === 'deny')
    if (!stage) return notDoneIfListed(act)
    const { reviewedBy, result, comment = '' } = stage
    const isMine = reviewedBy?.id ? reviewedBy.id === who.identity.objectId : comment === reason
    const isIt = isMine && result === (kind === 'approval' ? 'approve' : 'deny')
    return { verdict: isIt ? 'done' : 'failed', status: result }
  }

  return { ending: ofEnding, cancellation: ofCancellation, approval: ofDecision, denial: ofDecision }
}

/** A period that the person turned on themselves. */
export const isTurnedOn = ({ kind }: Span): boolean => kind === 'activated'
