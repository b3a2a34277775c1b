import { clockToleranceMs } from '../../clock.ts'
import type { Span } from '../../entra/pim/standing.ts'
import type { Plan } from '../../session/record/plan.ts'
import { longestGapMs, seamMs } from './phase.ts'

type Ahead = { until: number | undefined; seamAt: number | undefined }

/**
 * Makes a plan of the periods that PIM shows of a person, asked for at `askedAt` (epoch ms). `before` is the plan that
 * was known until then. A period that PIM does not show any more is not an end: other sources find removals.
 */
export function planFrom(
  spans: readonly Span[],
  { askedAt, before }: { askedAt: number; before: Plan | undefined },
): Plan {
  const counting = spans.filter(span => isSinceEnd(span, before))
  const present = counting.find(span => isPresent(span, { askedAt, before }))
  if (!present) return { ...before, askedAt }
  const { until, seamAt } = goingOn(present, counting, { askedAt, seamAt: seamBefore(present, before) })
  const { endedAt, act } = before ?? {}
  return {
    askedAt,
    shownAt: askedAt,
    from: present.from,
    ...(until !== undefined && { until }),
    ...(seamAt !== undefined && { seamAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(act !== undefined && { act }),
  }
}

/**
 * Whether a period began after the end that was made here, if there was one. A person can end a period only five minutes
 * after it began. So a period that began around the end that they made is a new one, and counts. An administrator's end
 * takes hold of a period that began a moment ago, too, until Microsoft has carried it out, for which the same five minutes hold.
 */
export function isSinceEnd(
  { from }: Pick<Span, 'from'>,
  { endedAt = 0, endedBy, from: endedFrom = 0, isCarriedOut = false }: Partial<Plan> = {},
): boolean {
  const toleranceMs = endedBy && !isCarriedOut ? 0 : clockToleranceMs
  return from >= endedAt - toleranceMs && (!endedBy || from > endedFrom)
}

/** A period that runs when PIM is asked, or that begins at once after the end that was known. */
function isPresent(
  { from, until = Infinity }: Span,
  { askedAt, before }: { askedAt: number; before: Plan | undefined },
): boolean {
  const latestBegin = Math.max(askedAt + clockToleranceMs, (before?.until ?? 0) + longestGapMs)
  return from <= latestBegin && until > askedAt
}

/** The begin of the present period, where the period that was known before led up to it without a gap. */
function seamBefore({ from }: Span, before: Plan | undefined): number | undefined {
  if (before === undefined) return undefined
  const isNext = before.from !== undefined && before.from < from && Math.abs((before.until ?? 0) - from) <= longestGapMs
  return isNext || before.seamAt === from ? from : undefined
}

/** How long the present period goes on, with those that follow it without a gap, and the seam that is next. */
function goingOn(
  { from, until }: Span,
  spans: readonly Span[],
  { askedAt, seamAt }: { askedAt: number; seamAt: number | undefined },
): Ahead {
  const ahead: Ahead = { until, seamAt }
  for (const next of spans) {
    if (ahead.until === undefined || next.from <= from || next.from > ahead.until + longestGapMs) continue
    if (next.until !== undefined && next.until <= ahead.until) continue
    if (ahead.seamAt === undefined || askedAt >= ahead.seamAt + seamMs) ahead.seamAt = next.from
    ahead.until = next.until
  }
  return ahead
}
