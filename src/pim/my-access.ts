import type { PimRequest, Span } from '../entra/pim.ts'
import type { Use } from './access.ts'

const mostRecent = 5
const toleranceMs = 60_000
const minuteMs = 60_000
/** PIM lets nobody end an assignment in its first five minutes. */
export const shortestStayMs = 5 * minuteMs

export type Requests = readonly PimRequest[]

export const currentOf = (spans: readonly Span[], now: number): Span | undefined =>
  spans.find(({ from, until = Infinity }) => from <= now && now < until)

/** The activation request that a period came of: the last one before it began. */
export function requestOf(span: Span, requests: Requests): PimRequest | undefined {
  if (span.kind !== 'activated') return undefined
  return requests.find(
    ({ id, action, createdAt, startsAt = createdAt }) =>
      id === span.requestId || (action === 'selfactivate' && Math.abs(startsAt - span.from) < toleranceMs),
  )
}

/** What this person asked for lately, and how each ended: who ended it, or that its time was up. */
export function recentIn(requests: Requests, now: number): Use[] {
  return requests
    .filter(({ action }) => action === 'selfactivate')
    .flatMap(request => useOf(request, requests, now) ?? [])
    .slice(0, mostRecent)
}

const notReached: Record<string, Use['how']> = { denied: 'denied', canceled: 'cancelled', failed: 'failed' }

function useOf(request: PimRequest, requests: Requests, now: number): Use | undefined {
  const { createdAt, startsAt, status, reason, ticket, minutes } = request
  const from = startsAt ?? createdAt
  const told = { from, ...(reason && { reason }), ...(ticket && { ticket }), ...(minutes && { minutes }) }
  const how = notReached[status]
  if (how)
    return { ...told, how: how === 'failed' && now - createdAt >= 24 * 60 * minuteMs && !startsAt ? 'lapsed' : how }
  if (status.startsWith('pending') || minutes === undefined) return undefined
  const due = from + minutes * minuteMs
  const ended = requests.find(
    ({ action, status, createdAt: at }) =>
      (action === 'selfdeactivate' || action === 'adminremove') && status !== 'failed' && at >= from && at < due,
  )
  if (!ended) return due <= now ? { ...told, until: due, how: 'ran-out' } : undefined
  if (ended.action === 'selfdeactivate') return { ...told, until: ended.createdAt, how: 'by-you' }
  const by = ended.createdBy?.name
  return { ...told, until: ended.createdAt, how: 'by-other', ...(by && { by }) }
}
