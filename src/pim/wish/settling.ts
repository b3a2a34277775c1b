import { approvalLifeMs } from '../../entra/pim/limits.ts'
import type { PimRequest } from '../../entra/pim/requests.ts'
import { verdictOf } from '../acts/verdict.ts'
import type { PimRefusal } from '../refusals/words.ts'
import type { Activation } from './activation.ts'

/**
 * The wish after PIM showed the request of it. The request's status decides: that PIM took the request says nothing. `now`
 * in epoch ms.
 */
export function settledBy(request: PimRequest, activation: Activation, now: number): Activation {
  const found = { ...activation, wish: wishIn(request, activation), request: request.id, status: request.status }
  if (request.status === 'pendingapproval' || request.status === 'pendingadmindecision')
    return { ...found, stage: 'waiting' }
  const verdict = verdictOf(request.status, 'granting')
  if (verdict === 'denied' || verdict === 'failed')
    return { ...found, stage: 'over', ending: { code: endCodeOf(request, activation, now) } }
  return { ...found, stage: 'accepted', acceptedAt: activation.acceptedAt ?? now }
}

/** The wish after PIM refused it. `at` in epoch ms. */
export function settledByRefusal(problem: PimRefusal, activation: Activation, at: number): Activation {
  const { code } = problem
  // The person turned access on in another tab, or in the portal, so access is on, or on its way.
  if (code === 'already-on' && activation.kind === 'turn-on')
    return { ...activation, stage: 'accepted', acceptedAt: at, wasOn: true }
  if (code === 'already-waiting') return { ...activation, stage: 'waiting' }
  return { ...activation, stage: 'over', ending: { code, at, problem } }
}

/** Where Microsoft said "already waiting", an earlier request waits. The pages show the reason and time of that one. */
function wishIn({ reason, ticket, minutes }: PimRequest, { wish, stage, request: known }: Activation) {
  if (stage !== 'waiting' || known !== undefined) return wish
  return { reason: reason ?? wish.reason, minutes: minutes ?? wish.minutes, ...(ticket && { ticket }) }
}

/** PIM says 'Failed' of a request that lapsed. Our clock may be a minute behind. */
const lapseToleranceMs = 60_000

function endCodeOf({ status, createdAt }: PimRequest, { stage }: Activation, now: number): string {
  if (status === 'denied') return 'denied'
  if (status === 'canceled') return 'cancelled'
  return stage === 'waiting' && now >= createdAt + approvalLifeMs - lapseToleranceMs ? 'lapsed' : 'failed'
}
