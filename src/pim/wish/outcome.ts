import type { Outcome } from '../../audit/trail.ts'
import type { RequestStatus } from '../../entra/pim/requests.ts'
import { surelyListedMs } from '../../session/record/plan.ts'
import { verdictOf } from '../acts/verdict.ts'
import { type PimRefusal, pimRefusal, type RefusalCode } from '../refusals/words.ts'
import type { Activation } from './activation.ts'

/** The result of a wish that was sent, as far as it is known: for the audit trail, and for pages. */
export function outcomeIn({ stage, request, status, ending }: Activation): Outcome {
  const known = { request, status: status ?? ending?.code }
  const by = ending?.byId ? { objectId: ending.byId, name: ending.by, username: ending.byUsername } : undefined
  if (stage === 'over') return { ...known, verdict: ending?.code === 'denied' ? 'denied' : 'failed', ...(by && { by }) }
  if (stage === 'waiting' || stage === 'accepted')
    return { ...known, verdict: status ? verdictOf(status as RequestStatus, 'granting') : 'waiting' }
  return { ...known, verdict: stage === 'in' ? 'done' : 'unanswered' }
}

/** Whether Microsoft has put the wish in force, or promised to when its time comes. */
export const isInForce = (activation: Activation): boolean => outcomeIn(activation).verdict === 'done'

/**
 * Whether PIM's lists must show the period of this wish by now. If they do not show it, access was ended somewhere else.
 * `now` in epoch ms.
 */
export const isLongInForce = (activation: Activation, now: number): boolean =>
  activation.stage === 'accepted' &&
  (isInForce(activation) || activation.wasOn === true) &&
  now - Math.max(activation.acceptedAt ?? 0, activation.startsAt ?? 0) >= surelyListedMs

/** The refusal that tells how a wish ended. */
export const problemIn = ({ ending }: Activation): PimRefusal =>
  ending?.problem ?? pimRefusal((ending?.code ?? 'failed') as RefusalCode)
