import { clockToleranceMs } from '../../clock.ts'
import type { PimRequest, Span } from '../../entra/pim/pim.ts'
import { surelyListedMs } from '../../session/record/plan.ts'
import { verdictOf } from '../acts/verdict.ts'
import type { Use } from '../answers.ts'

const mostRecent = 5
const toleranceMs = 60_000
/** Periods that follow each other so closely are one. */
const seamMs = 5_000
const minuteMs = 60_000
/** PIM lets nobody end an assignment in its first five minutes. */
export const shortestStayMs = 5 * minuteMs

export type Requests = readonly PimRequest[]

/** The period that runs, of those in order of their beginnings, which are instants of Microsoft's clock. */
export const currentOf = (spans: readonly Span[], now: number): Span | undefined =>
  spans.find(({ from, until = Infinity }) => from <= now + clockToleranceMs && now < until)

/**
 * The period that runs, until when access lasts with those that follow it or overlap, and the one that leads beyond it.
 * Periods from before somebody ended their access here do not count, whatever lists still show.
 */
export function stretchOf(
  spans: readonly Span[],
  { now, endedAt = 0 }: { now: number; endedAt?: number | undefined },
): { current: Span; until?: number; next?: Span } | undefined {
  // A period can only be ended five minutes after it began: one that began around an end is a new one.
  const counting = spans.filter(({ from }) => endedAt === 0 || from >= endedAt - clockToleranceMs)
  const current = currentOf(counting, now)
  if (!current) return undefined
  let { until } = current
  let next: Span | undefined
  for (const span of counting) {
    if (until === undefined || span.from > until + seamMs || (span.until ?? Infinity) <= until) continue
    next ??= span
    until = span.until
  }
  return { current, ...(until !== undefined && { until }), ...(next && { next }) }
}

/** The activation request that a period came of: the last one before it began. */
export function requestOf(span: Span, requests: Requests): PimRequest | undefined {
  if (span.kind !== 'activated') return undefined
  return requests.find(
    ({ id, action, createdAt, startsAt = createdAt }) =>
      id === span.requestId || (action === 'selfactivate' && Math.abs(startsAt - span.from) < toleranceMs),
  )
}

type Shown = { now: number; spans: readonly Span[]; endedAt: number }

/** What this person asked for lately, and how each ended: who ended it, or that its time was up. */
export function recentIn(requests: Requests, shown: Shown): Use[] {
  return requests
    .filter(({ action }) => action === 'selfactivate')
    .flatMap(request => useOf(request, requests, shown) ?? [])
    .slice(0, mostRecent)
}

const notReached: Record<string, Use['how']> = { denied: 'denied', canceled: 'cancelled', failed: 'failed' }
const ends = new Set(['selfdeactivate', 'adminremove'])

function useOf(request: PimRequest, requests: Requests, { now, spans, endedAt }: Shown): Use | undefined {
  const { id, createdAt, startsAt, status, reason, ticket, minutes } = request
  const from = startsAt ?? createdAt
  const told = { from, ...(reason && { reason }), ...(ticket && { ticket }), ...(minutes && { minutes }) }
  const how = notReached[status]
  // It never began: what counts is when it was asked for.
  if (how)
    return {
      ...told,
      from: createdAt,
      how: how === 'failed' && now - createdAt >= 24 * 60 * minuteMs && !startsAt ? 'lapsed' : how,
    }
  const isRevoked = status === 'revoked'
  if ((!isRevoked && verdictOf(status, 'granting') !== 'done') || minutes === undefined) return undefined
  const due = from + minutes * minuteMs
  const ended = requests.find(
    ({ action, status, createdAt: at }) =>
      ends.has(action) && verdictOf(status, 'ending') === 'done' && at >= from && at < due,
  )
  if (ended?.action === 'selfdeactivate') return { ...told, until: ended.createdAt, how: 'by-you' }
  const by = ended?.createdBy?.name
  if (ended) return { ...told, until: ended.createdAt, how: 'by-other', ...(by && { by }) }
  if (endedAt > from && endedAt < Math.min(due, now + 1)) return { ...told, until: endedAt, how: 'by-you' }
  if (isRevoked) return { ...told, how: 'by-other' }
  if (due <= now) return { ...told, until: due, how: 'ran-out' }
  // It should run, and has been shown for long enough by now: somebody took it away without a word.
  const isShown = spans.some(span => span.requestId === id || Math.abs(span.from - from) < toleranceMs)
  return isShown || now - from < surelyListedMs ? undefined : { ...told, how: 'by-other' }
}
