import type { PimRefusal } from '../pim/refusals.ts'
import { instant } from './instant.ts'
import type { Circumstances } from './offer-model.ts'

type Endable = { always: boolean; until?: number; canEndAt?: number; problem?: PimRefusal }

/** Whether access can be ended now, and if not, why and from when. */
export function endModel({ always, until, canEndAt, problem }: Endable, { now, groupName, reference }: Circumstances) {
  const isTooSoon = canEndAt !== undefined && canEndAt > now.getTime()
  return {
    groupName,
    always,
    until: until === undefined ? undefined : instant(new Date(until), now),
    canEndAt: isTooSoon ? instant(new Date(canEndAt), now) : undefined,
    problem: problem?.sentence ?? '',
    /** What Microsoft would refuse again is not offered again. */
    canEnd: !always && !isTooSoon && problem?.act !== 'wait',
    reference,
  }
}
