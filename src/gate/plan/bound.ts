import type { Membership } from '../../session/record/membership.ts'
import { bindsUntil, type Plan } from '../../session/record/plan.ts'
import { freshPlanMs, isAtSeam, isPlanOver, longestGapMs } from './phase.ts'

/**
 * Bounds a membership by the person's plan; `now` in epoch ms. The membership ends when the plan ends, whatever lists
 * and tokens that lag behind still say. Over the seam of an accepted extension the membership goes on while PIM itself
 * says that the next period has begun.
 */
export function withinPlan(plan: Plan | undefined, membership: Membership, now: number): Membership {
  if (plan?.until === undefined || membership === 'unknown') return membership
  const { until, endedAt, askedAt } = plan
  if (!membership.member) return refusedWithin(plan, membership, now)
  const { provenAt } = membership
  const isPast = isPlanOver(plan, now)
  const isOver = isPast && provenAt < bindsUntil(plan)
  // A list of PIM that is newer than the plan knows the ends of all periods, but not yet an end that was made here.
  const knowsBetter = membership.until !== undefined && provenAt >= askedAt && until !== endedAt
  if (isOver && !knowsBetter)
    return { member: false, provenAt, reason: until === endedAt ? 'ended' : 'ran-out', endedAt: until }
  if (isPast) return membership
  const endsAtSeam = Math.abs((membership.until ?? 0) - (plan.seamAt ?? Infinity)) <= longestGapMs
  return knowsBetter && !endsAtSeam ? membership : { ...membership, until }
}

function refusedWithin(plan: Plan, no: Exclude<Membership, 'unknown'>, now: number): Membership {
  const { seamAt = Infinity, until = 0, shownAt = 0 } = plan
  if (!isAtSeam(plan, no.provenAt) || now >= until) return no
  // A "no" from the seam says nothing once the seam is over: the sources are asked anew.
  if (now >= seamAt && !isAtSeam(plan, now)) return 'unknown'
  return shownAt >= no.provenAt - freshPlanMs ? { member: true, provenAt: shownAt, until } : no
}
