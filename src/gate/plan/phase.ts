import { clockToleranceMs } from '../../clock.ts'
import { isEndedHere, type Plan } from '../../session/record/plan.ts'

/** Two periods with a shorter gap (ms) between them are one. */
export const longestGapMs = 5_000
/** For so long (ms) around a seam Microsoft may show nobody in the group. */
export const seamMs = 30_000
/** So long (ms) a plan counts as what PIM says now, where somebody is let in or refused by it. */
export const freshPlanMs = 10_000

/** Whether a plan is over at `now` (epoch ms): its time is up, or the person ended it, by whichever replica's clock. */
export const isPlanOver = (plan: Plan, now: number): boolean => now >= (plan.until ?? Infinity) || isEndedHere(plan)

/**
 * Whether `at` (epoch ms) is so close to the seam of a plan that Microsoft may show nobody in the group. The seam is an
 * instant of Microsoft's clock: a replica whose clock is behind meets it early, one whose clock is ahead meets it late.
 */
export const isAtSeam = ({ seamAt = Infinity }: Plan, at: number): boolean =>
  at >= seamAt - clockToleranceMs && at < seamAt + seamMs + clockToleranceMs
