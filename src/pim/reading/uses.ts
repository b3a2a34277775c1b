import { approvalLifeMs } from '../../entra/pim/limits.ts'
import type { PimRequest } from '../../entra/pim/requests.ts'
import type { Span } from '../../entra/pim/standing.ts'
import { surelyListedMs } from '../../session/record/plan.ts'
import { verdictOf } from '../acts/verdict.ts'
import type { Use } from '../answers.ts'
import { isNear, type Requests } from './periods.ts'

const mostRecent = 5

/**
 * The periods that PIM shows at `now`, and when access was last ended here (0: never), by an administrator where `endedBy`
 * says so. Epoch ms.
 */
type Shown = {
  now: number
  spans: readonly Span[]
  endedAt: number
  endedBy?: { name?: string | undefined } | undefined
}

/** The last five times that this person asked for access, and how each time ended: who ended it, or that it ran out. */
export function recentIn(requests: Requests, shown: Shown): Use[] {
  return requests
    .filter(({ action }) => action === 'selfactivate')
    .flatMap(request => useOf(request, requests, shown) ?? [])
    .slice(0, mostRecent)
}

const reachedUse = new Set(['provisioned', 'granted', 'schedulecreated', 'revoked'])
/** The requests by which this person turned access on, newest first. */
export const turnedOnIn = (requests: Requests): PimRequest[] =>
  requests.filter(
    ({ action, status, minutes }) => action === 'selfactivate' && reachedUse.has(status) && minutes !== undefined,
  )

const neverBegan: Record<string, Use['how']> = { denied: 'denied', canceled: 'cancelled', failed: 'failed' }
const ends = new Set(['selfdeactivate', 'adminremove'])

function useOf(request: PimRequest, requests: Requests, shown: Shown): Use | undefined {
  const { createdAt, startsAt, status, reason, ticket, minutes } = request
  const from = startsAt ?? createdAt
  const told = { from, ...(reason && { reason }), ...(ticket && { ticket }), ...(minutes && { minutes }) }
  const how = neverBegan[status]
  // A use that never began is listed at the instant when the person asked for it.
  if (how) return { ...told, from: createdAt, how: hasLapsed(request, shown.now) ? 'lapsed' : how }
  if ((status !== 'revoked' && verdictOf(status, 'granting') !== 'done') || minutes === undefined) return undefined
  const due = from + minutes * 60_000
  const end = howItEnded(request, { from, due }, requests, shown)
  return end && { ...told, ...end }
}

/** PIM says 'Failed' of a request that nobody answered for a day, too. */
const hasLapsed = ({ status, createdAt, startsAt }: PimRequest, now: number) =>
  status === 'failed' && now - createdAt >= approvalLifeMs && !startsAt

type End = Pick<Use, 'how' | 'until' | 'by'>

/** How a period that began ended; undefined while it runs. */
function howItEnded(
  { id, status }: PimRequest,
  { from, due }: { from: number; due: number },
  requests: Requests,
  { now, spans, endedAt, endedBy }: Shown,
): End | undefined {
  const ended = requests.find(
    ({ action, status, createdAt: at }) =>
      ends.has(action) && verdictOf(status, 'ending') === 'done' && at >= from && at < due,
  )
  if (ended?.action === 'selfdeactivate') return { until: ended.createdAt, how: 'by-you' }
  const by = ended?.createdBy?.name
  if (ended) return { until: ended.createdAt, how: 'by-other', ...(by && { by }) }
  if (endedAt > from && endedAt < Math.min(due, now + 1))
    return { until: endedAt, how: endedBy ? 'by-other' : 'by-you', ...(endedBy?.name && { by: endedBy.name }) }
  if (status === 'revoked') return { how: 'by-other' }
  if (due <= now) return { until: due, how: 'ran-out' }
  // The period should run, and lists would surely show it by now. If they do not, somebody took it away without a request.
  const isShown = spans.some(span => span.requestId === id || isNear(span.from, from))
  return isShown || now - from < surelyListedMs ? undefined : { how: 'by-other' }
}
