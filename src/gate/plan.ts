import { clockToleranceMs } from '../clock.ts'
import type { Span } from '../entra/pim/pim.ts'
import type { Membership } from '../session/record/membership.ts'
import { isEndedHere, lagMs, type Plan } from '../session/record/plan.ts'

/** Periods that follow each other so closely are one. */
const gapMs = 5_000
/** Around a seam Microsoft may show nobody in the group for so long. */
const seamMs = 30_000
/** Plans are asked for again after so long where something hangs on them. */
export const freshMs = 10_000

/** Reads a plan from PIM's own periods of a person. What it does not show is no end: removals are found elsewhere. */
export function planFrom(
  spans: readonly Span[],
  { askedAt, before }: { askedAt: number; before: Plan | undefined },
): Plan {
  // A period can only be ended five minutes after it began, so one that began around the end is a new one.
  const counting = spans.filter(({ from }) => from >= (before?.endedAt ?? 0) - clockToleranceMs)
  const edge = Math.max(askedAt + clockToleranceMs, (before?.until ?? 0) + gapMs)
  const first = counting.find(({ from, until = Infinity }) => from <= edge && until > askedAt)
  if (!first) return { ...before, askedAt }
  const followsBefore =
    before?.from !== undefined && before.from < first.from && Math.abs((before.until ?? 0) - first.from) <= gapMs
  let seamAt = followsBefore || before?.seamAt === first.from ? first.from : undefined
  let { until } = first
  for (const next of counting) {
    if (until === undefined || next.from <= first.from || next.from > until + gapMs) continue
    if (next.until !== undefined && next.until <= until) continue
    if (seamAt === undefined || askedAt >= seamAt + seamMs) seamAt = next.from
    until = next.until
  }
  const { endedAt, act } = before ?? {}
  return {
    askedAt,
    shownAt: askedAt,
    from: first.from,
    ...(until !== undefined && { until }),
    ...(seamAt !== undefined && { seamAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(act !== undefined && { act }),
  }
}

/**
 * A membership within its plan: it ends when the plan does, whatever lists and tokens that lag behind still say, and
 * over the seam of an accepted extension it is held while PIM itself says that the next period has begun.
 */
export function within(plan: Plan | undefined, membership: Membership, now: number): Membership {
  if (plan?.until === undefined || membership === 'unknown') return membership
  const { until, endedAt, askedAt } = plan
  if (!membership.member) return refusedWithin(plan, membership, now)
  const { provenAt } = membership
  const isPast = isPlanOver(plan, now)
  const isOver = isPast && provenAt < until + lagMs
  // A list of PIM's own, newer than the plan, knows its ends itself; but not yet of one that was made here.
  const knowsBetter = membership.until !== undefined && provenAt >= askedAt && until !== endedAt
  if (isOver && !knowsBetter)
    return { member: false, provenAt, reason: until === endedAt ? 'ended' : 'ran-out', endedAt: until }
  if (isPast) return membership
  const endsAtSeam = Math.abs((membership.until ?? 0) - (plan.seamAt ?? Infinity)) <= gapMs
  return knowsBetter && !endsAtSeam ? membership : { ...membership, until }
}

/** Whether the time of a plan is up, or the person ended it, by whatever clock. */
export const isPlanOver = (plan: Plan, now: number): boolean => now >= (plan.until ?? Infinity) || isEndedHere(plan)

/** The seam is an instant of Microsoft's clock: a replica that is behind meets it early, one that is ahead late. */
export const isAtSeam = ({ seamAt }: Plan, at: number): boolean =>
  seamAt !== undefined && at >= seamAt - clockToleranceMs && at < seamAt + seamMs + clockToleranceMs

function refusedWithin(plan: Plan, no: Exclude<Membership, 'unknown'>, now: number): Membership {
  const { seamAt = Infinity, until = 0, shownAt = 0 } = plan
  const isOfSeam = isAtSeam(plan, no.provenAt)
  if (!isOfSeam || now >= until) return no
  // A "no" of the gap says nothing after the gap: the sources are asked anew.
  if (now >= seamAt && !isAtSeam(plan, now)) return 'unknown'
  return shownAt >= no.provenAt - freshMs ? { member: true, provenAt: shownAt, until } : no
}
