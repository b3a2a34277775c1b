import type { EndAnswer } from '../../pim/answers.ts'
import type { PimRefusal } from '../../pim/refusals/words.ts'
import { instantOf } from '../shell/instant.ts'
import type { Circumstances } from './circumstances.ts'

type NotEnded = Extract<EndAnswer, { ended: false }>
type Endable = {
  always: boolean
  until?: number
  canEndAt?: number
  problem?: PimRefusal
  verdict?: NotEnded['verdict']
}

/** The page's title after access could not be ended. */
const titles: Record<NonNullable<NotEnded['verdict']>, string> = {
  waiting: 'Access is being ended',
  unanswered: 'We do not know yet whether access was ended',
  denied: 'Access was not ended',
  failed: 'Access was not ended',
}

/** The model of the page that ends access: whether Microsoft allows it now, and if not, why and from when. */
export function endModel(
  { always, until, canEndAt, problem, verdict }: Endable,
  { now, groupName, gate, reference }: Circumstances,
) {
  const isTooSoon = canEndAt !== undefined && canEndAt > now.getTime()
  return {
    groupName,
    gate,
    title: problem ? titles[verdict ?? 'failed'] : 'End access now?',
    always,
    until: until === undefined ? undefined : instantOf(new Date(until), now),
    canEndAt: isTooSoon ? instantOf(new Date(canEndAt), now) : undefined,
    problem: problem?.sentence ?? '',
    /** The page does not offer again what Microsoft would refuse again. */
    canEnd: !always && !isTooSoon && problem?.act !== 'wait' && problem?.act !== 'ask-someone',
    reference,
  }
}
