import type { GroupRequest } from '../../entra/pim/group-lists.ts'
import { longestGapMs } from '../../gate/plan/phase.ts'
import { turnedOnIn } from '../reading/uses.ts'

type Requests = readonly GroupRequest[]

/** PIM's words for a request that was granted, whether it has begun or not. */
export const inForce: ReadonlySet<string> = new Set(['provisioned', 'granted', 'schedulecreated'])

type Turned = { from: number; until: number; request: GroupRequest }

/** The periods that a person turned on, oldest first. */
const spansOf = (own: Requests): Turned[] =>
  (turnedOnIn(own) as GroupRequest[])
    .filter(({ status }) => inForce.has(status))
    .map(request => {
      const from = request.startsAt ?? request.createdAt
      return { from, until: from + (request.minutes ?? 0) * 60_000, request }
    })
    .toSorted((one, other) => one.from - other.from)

/** A period that was extended began when its first request did: PIM lists the extension alone once it has begun. */
export function beginOf(from: number | undefined, own: Requests): number | undefined {
  if (from === undefined) return undefined
  let begin = from
  for (const span of spansOf(own).reverse())
    if (span.from < begin && Math.abs(begin - span.until) <= longestGapMs) begin = span.from
  return begin
}

/** The end with the extensions that were granted, and their requests. */
export function withLater(
  until: number | undefined,
  own: Requests,
  now: number,
): { until?: number; later: GroupRequest[] } {
  let end = until
  const later: GroupRequest[] = []
  for (const span of spansOf(own)) {
    if (end === undefined || span.from <= now || Math.abs(span.from - end) > longestGapMs) continue
    end = span.until
    later.push(span.request)
  }
  return { ...(end !== undefined && { until: end }), later }
}
