import { clockToleranceMs } from '../../clock.ts'
import type { ProblemFacts } from '../../errors.ts'
import type { Use } from '../../pim/answers.ts'
import type { GateRecord } from '../../session/record/at-gate.ts'
import type { Plan } from '../../session/record/plan.ts'
import { type Instant, instantOf } from '../shell/instant.ts'

type KnownOfEnd = { facts: ProblemFacts; record: Pick<GateRecord, 'plan' | 'signedInAt'>; lastUse: Use | undefined }
export type AccessEnd = { at: Instant; how: 'by-you' | 'ran-out' | 'removed'; by?: string; comment?: string }

/**
 * When access ended and how. An act here, of the person or an administrator, counts more than Microsoft's lists. PIM's log knows who took access
 * away and that it ended early; a list shows only that the person is missing. Undefined when access did not end.
 */
export function accessEnd(
  { facts: { endedAt, ranOut }, record: { plan, signedInAt }, lastUse }: KnownOfEnd,
  now: Date,
): AccessEnd | undefined {
  const endedHere = plan?.endedAt
  const at = (ms: number) => instantOf(new Date(ms), now)
  // An earlier act does not count: access may have been turned on and lost again since.
  if (endedHere !== undefined && endedHere >= (plan?.from ?? 0) && endedHere >= (endedAt ?? 0) - clockToleranceMs)
    return { at: at(endedHere), ...byWhom(plan?.endedBy) }
  const logged = lastUse?.until ?? (lastUse?.how === 'by-other' ? endedAt : undefined)
  // The log's entry must be about this period of access. A log without a removal does not prove that there was none.
  const isNews = lastUse?.how !== 'ran-out' || endedAt === undefined
  const since = plan?.from ?? (endedAt === undefined ? signedInAt : endedAt - lateMs)
  if (lastUse && isNews && logged !== undefined && logged >= since)
    return { at: at(logged), how: howOf[lastUse.how] ?? 'removed', ...(lastUse.by && { by: lastUse.by }) }
  if (endedAt === undefined) return undefined
  return { at: at(endedAt), how: ranOut ? 'ran-out' : 'removed' }
}

function byWhom(endedBy: Plan['endedBy']): Omit<AccessEnd, 'at'> {
  if (!endedBy) return { how: 'by-you' }
  const { name: by, comment } = endedBy
  return { how: 'removed', ...(by && { by }), ...(comment && { comment }) }
}

/** A list shows an end only when it is read next, up to this long after the end. */
const lateMs = 10 * 60_000
const howOf: Partial<Record<Use['how'], AccessEnd['how']>> = {
  'by-you': 'by-you',
  'ran-out': 'ran-out',
  'by-other': 'removed',
}
