import { clockToleranceMs } from '../../clock.ts'
import type { PimRequest } from '../../entra/pim/requests.ts'
import type { Span } from '../../entra/pim/standing.ts'
import { longestGapMs } from '../../gate/plan/phase.ts'

/** A request and the period that came of it begin within this time of each other. */
const nearMs = 60_000

export type Requests = readonly PimRequest[]

/** The period that runs at `now` (epoch ms). The spans are in order of their beginnings, by Microsoft's clock. */
export const currentOf = (spans: readonly Span[], now: number): Span | undefined =>
  spans.find(({ from, until = Infinity }) => from <= now + clockToleranceMs && now < until)

/**
 * The period that runs, with the periods that follow or overlap it. `until`: when the last of them ends (left out: never).
 * `next`: the first that leads beyond the period that runs. The person may have ended their access here at `endedAt`: then
 * periods from before that do not count, whatever lists still show. All instants in epoch ms.
 */
export function stretchOf(
  spans: readonly Span[],
  { now, endedAt = 0 }: { now: number; endedAt?: number | undefined },
): { current: Span; until?: number; next?: Span } | undefined {
  // A period can only be ended five minutes after it began, so a period that began around an end is a new one.
  const counting = spans.filter(({ from }) => endedAt === 0 || from >= endedAt - clockToleranceMs)
  const current = currentOf(counting, now)
  if (!current) return undefined
  let { until } = current
  let next: Span | undefined
  for (const span of counting) {
    if (until === undefined || span.from > until + longestGapMs || (span.until ?? Infinity) <= until) continue
    next ??= span
    until = span.until
  }
  return { current, ...(until !== undefined && { until }), ...(next && { next }) }
}

/** The request by which the person turned on a period; undefined for a period that an administrator gave. */
export function requestBehind(span: Span, requests: Requests): PimRequest | undefined {
  if (span.kind !== 'activated') return undefined
  return requests.find(
    ({ id, action, createdAt, startsAt = createdAt }) =>
      id === span.requestId || (action === 'selfactivate' && isNear(startsAt, span.from)),
  )
}

/** Whether two instants (epoch ms) are so close that a request and a period belong together. */
export const isNear = (one: number, other: number): boolean => Math.abs(one - other) < nearMs
