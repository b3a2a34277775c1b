import type { SeenIn, SeenOut } from '../../audit/observations.ts'
import type { PersonNames } from '../../entra/directory/names-of-many.ts'
import type { GroupRequest } from '../../entra/pim/group-lists.ts'
import { lagMs } from '../../session/record/plan.ts'
import type { CameIn, WentOut } from './observed.ts'

const withoutEffect = new Set(['denied', 'canceled', 'failed', 'pendingapproval', 'pendingadmindecision'])
const ends = { selfdeactivate: 'ended', adminremove: 'removed' } as const
const isEnd = (action: string): action is keyof typeof ends => Object.hasOwn(ends, action)
const iso = (epochMs: number) => new Date(epochMs).toISOString()

/** The record of somebody who came in, with what the request says that let them in, where it is among these. */
export function seenInOf(gate: string, change: CameIn, requests: readonly GroupRequest[]): SeenIn {
  const { objectId, since, until, source, first, continues } = change
  const request = requestThatLetIn(change, requests)
  return {
    gate,
    subject: subjectOf(objectId, request),
    since: iso(since),
    ...(until !== undefined && { until: iso(until) }),
    source,
    ...(first && { first }),
    ...(continues && { continues }),
    ...(request && { ...told(objectId, request), ...(request.ticket && { ticket: request.ticket }) }),
  }
}

/** The record of somebody who is out, with what the request says that ended it. */
export function seenOutOf(gate: string, change: WentOut, requests: readonly GroupRequest[]): SeenOut {
  const { objectId, since, until, ranOut } = change
  const request = ranOut ? undefined : requestThatEnded(change, requests)
  const how = ranOut ? 'ran-out' : request && isEnd(request.action) ? ends[request.action] : 'unknown'
  return {
    gate,
    subject: subjectOf(objectId, request),
    since: iso(since),
    until: iso(until),
    how,
    ...(request && told(objectId, request)),
  }
}

/**
 * The newest request about the schedule of the assignment; where the rows do not name it, the one that began when the
 * assignment did.
 */
function requestThatLetIn({ objectId, since, source, scheduleId }: CameIn, requests: readonly GroupRequest[]) {
  if (source === 'outside-pim') return undefined
  const granted = requests.filter(
    ({ principalId, action, status }) => principalId === objectId && !isEnd(action) && !withoutEffect.has(status),
  )
  const farness = ({ startsAt, completedAt, createdAt }: GroupRequest) =>
    Math.abs((startsAt ?? completedAt ?? createdAt) - since)
  const named = scheduleId === undefined ? undefined : granted.find(each => each.scheduleId === scheduleId)
  const [nearest] = granted.toSorted((one, other) => farness(one) - farness(other))
  return named ?? (nearest && farness(nearest) <= lagMs ? nearest : undefined)
}

const requestThatEnded = ({ objectId, since }: WentOut, requests: readonly GroupRequest[]) =>
  requests.find(
    ({ principalId, action, status, createdAt }) =>
      principalId === objectId && isEnd(action) && !withoutEffect.has(status) && createdAt >= since,
  )

/** The same record with the names of its people, where it has none and they are known. */
export function withNames<Record extends SeenIn | SeenOut>(
  record: Record,
  names: ReadonlyMap<string, PersonNames>,
): Record {
  const called = <Someone extends SeenIn['subject']>(someone: Someone): Someone =>
    someone.name === undefined ? { ...someone, ...names.get(someone.objectId) } : someone
  return { ...record, subject: called(record.subject), ...(record.by && { by: called(record.by) }) }
}

/** The people of a record whose names it lacks. */
export const namelessIn = ({ subject, by }: SeenIn | SeenOut): string[] =>
  [subject, ...(by ? [by] : [])].filter(({ name }) => name === undefined).map(({ objectId }) => objectId)

/** The name of the person, where they made the request themselves. */
function subjectOf(objectId: string, request: GroupRequest | undefined) {
  const { id, name, username } = request?.createdBy ?? {}
  return id === objectId ? { objectId, name, username } : { objectId }
}

function told(objectId: string, { id, reason, createdBy }: GroupRequest) {
  const { id: byId, name, username } = createdBy ?? {}
  return {
    request: id,
    ...(reason && { reason }),
    ...(byId && byId !== objectId && { by: { objectId: byId, name, username } }),
  }
}
