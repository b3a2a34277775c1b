import type { Ended } from '../../pim/answers.ts'
import type { PimRefusal } from '../../pim/refusals/from-graph.ts'
import { instantOf } from '../shell/instant.ts'
import type { Circumstances } from './offer-model.ts'

type NotEnded = Extract<Ended, { ended: false }>
type Endable = {
  always: boolean
  until?: number
  canEndAt?: number
  problem?: PimRefusal
  verdict?: NotEnded['verdict']
}

/** What became of it, in the words of the page. */
const titles: Record<NonNullable<NotEnded['verdict']>, string> = {
  waiting: 'Access is being ended',
  unanswered: 'We do not know yet whether access was ended',
  denied: 'Access was not ended',
  failed: 'Access was not ended',
}

/** Whether access can be ended now, and if not, why and from when. */
export function endModel(
  { always, until, canEndAt, problem, verdict }: Endable,
  { now, groupName, reference }: Circumstances,
) {
  const isTooSoon = canEndAt !== undefined && canEndAt > now.getTime()
  return {
    groupName,
    title: problem ? titles[verdict ?? 'failed'] : 'End access now?',
    always,
    until: until === undefined ? undefined : instantOf(new Date(until), now),
    canEndAt: isTooSoon ? instantOf(new Date(canEndAt), now) : undefined,
    problem: problem?.sentence ?? '',
    /** What Microsoft would refuse again is not offered again. */
    canEnd: !always && !isTooSoon && problem?.act !== 'wait' && problem?.act !== 'ask-someone',
    reference,
  }
}
