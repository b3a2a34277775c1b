import type { Outcome } from '../../audit/trail.ts'
import { clockToleranceMs } from '../../clock.ts'
import type { EndAnswer } from '../answers.ts'
import { unreachable } from './from-graph.ts'
import { type PimRefusal, pimRefusal } from './words.ts'

/** Access was not ended, and will not be by this attempt. */
export const notEnded = (problem: PimRefusal, more: { canEndAt?: number } = {}): EndAnswer => ({
  ended: false,
  verdict: 'failed',
  problem,
  ...more,
})

export const givenByAdministrator: PimRefusal = {
  ...pimRefusal('caller-lacks-permission'),
  sentence: 'An administrator gave you this access, so only an administrator can end it.',
}

/** Microsoft fell silent after extensions may have been taken back. */
export const silentAfterTakingBack: PimRefusal = {
  ...unreachable,
  sentence:
    'Microsoft cannot be reached right now, so access is still on. The extension that was to follow may be taken back already. Try again in a minute.',
}

const problems = {
  waiting: pimRefusal('still-ending'),
  denied: pimRefusal('ending-denied'),
  failed: pimRefusal('ending-failed'),
  unanswered: pimRefusal('no-answer'),
}

/**
 * The answer to an ending that was sent. `canEndAt`: when PIM's five minutes are over, where they are known. `now` in
 * epoch ms.
 */
export function answerToEnding({ verdict, status }: Outcome, canEndAt: number | undefined, now: number): EndAnswer {
  if (verdict === 'done') return { ended: true }
  const isTooSoon = status === 'failed' && canEndAt !== undefined && now < canEndAt + clockToleranceMs
  const problem = isTooSoon ? pimRefusal('too-soon-to-end') : problems[verdict]
  return { ended: false, verdict, problem, ...(canEndAt !== undefined && { canEndAt }) }
}
