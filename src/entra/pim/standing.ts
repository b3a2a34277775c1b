import { z } from 'zod'
import { type Clock, clockToleranceMs } from '../../clock.ts'
import type { Graph } from '../graph/graph.ts'
import { GraphRefusal } from '../graph/refusal.ts'
import { graphInstant, word } from '../graph/shapes.ts'
import { NoAnswer } from '../outbound.ts'
import { graphStatus } from './requests.ts'
import { endOf, rowsOf, scheduleShape } from './shapes.ts'

/** Whether a person may turn on access, and until when (left out: until somebody ends that). Instants in epoch ms. */
export type Eligibility = { eligible: true; until?: number } | { eligible: false; endedAt?: number }
/** A period of a person's own membership, which runs or is to come. Instants in epoch ms. */
export type Span = { from: number; until?: number; kind: 'activated' | 'assigned'; requestId?: string }

const span = { startDateTime: graphInstant.nullish(), endDateTime: graphInstant.nullish() }
const eligibleShape = z.object(span)
const instanceShape = z.object({ ...span, assignmentType: word, assignmentScheduleId: z.string().nullish() })
const plannedShape = z.object({
  id: z.string(),
  assignmentType: word,
  createdUsing: z.string().nullish(),
  status: z.string().nullish(),
  scheduleInfo: scheduleShape.nullish(),
})
const grantShape = z.object({
  action: word,
  status: z.string(),
  createdDateTime: graphInstant,
  completedDateTime: graphInstant.nullish(),
  scheduleInfo: scheduleShape.nullish(),
})

/**
 * Reads whether the person of a token may turn on access to our group, and their periods of access. Nested groups count.
 * Throws GraphRefusal and NoAnswer.
 */
export function createPimStanding({
  graph,
  base,
  groupId,
  clock,
}: {
  graph: Graph
  base: string
  groupId: string
  clock: Clock
}) {
  const now = () => clock().getTime()
  const ofThisGroup = encodeURIComponent(`groupId eq '${groupId}'`)
  const own = (collection: string, token: string) =>
    graph.list(`${base}/${collection}/filterByCurrentUser(on='principal')?$filter=${ofThisGroup}`, token)

  async function eligibility(token: string): Promise<Eligibility> {
    const rows = rowsOf(eligibleShape, await own('eligibilityScheduleInstances', token), groupId)
    const hasBegun = (row: { startDateTime?: number | null | undefined }) =>
      (row.startDateTime ?? 0) <= now() + clockToleranceMs
    const running = rows.filter(row => hasBegun(row) && (row.endDateTime ?? Infinity) > now())
    if (running.length === 0) {
      const endedAt = latest(rows.map(row => row.endDateTime ?? Infinity)) ?? (await lastEnd(token))
      return { eligible: false, ...(endedAt !== undefined && { endedAt }) }
    }
    const until = Math.max(...running.map(row => row.endDateTime ?? Infinity))
    return { eligible: true, ...(until < Infinity && { until }) }
  }

  /**
   * When the permission ended, from the log of what administrators granted and took back. The "no" stands without it.
   */
  async function lastEnd(token: string): Promise<number | undefined> {
    try {
      const rows = rowsOf(grantShape, await own('eligibilityScheduleRequests', token), groupId)
      const last = rows.filter(isGranted).sort((one, other) => other.createdDateTime - one.createdDateTime)[0]
      if (!last) return undefined
      if (last.action === 'adminremove') return latest([last.completedDateTime ?? last.createdDateTime])
      return latest([endOf(last.scheduleInfo ?? {}) ?? Infinity])
    } catch (thrown) {
      if (thrown instanceof GraphRefusal || thrown instanceof NoAnswer) return undefined
      throw thrown
    }
  }

  const latest = (ends: readonly number[]): number | undefined => {
    const past = ends.filter(end => end <= now())
    return past.length > 0 ? Math.max(...past) : undefined
  }

  async function spans(token: string): Promise<Span[]> {
    const [instances, schedules] = await Promise.all([
      own('assignmentScheduleInstances', token),
      own('assignmentSchedules', token),
    ])
    const planned = rowsOf(plannedShape, schedules, groupId)
    const running = rowsOf(instanceShape, instances, groupId).map(row =>
      spanOf(
        row,
        { from: Math.max(0, row.startDateTime ?? 0), until: row.endDateTime },
        requestIdOf(planned, row.assignmentScheduleId),
      ),
    )
    const later = planned
      .filter(row => !isUndone(row.status) && (row.scheduleInfo?.startDateTime ?? 0) > now())
      .map(row =>
        spanOf(
          row,
          { from: row.scheduleInfo?.startDateTime ?? 0, until: endOf(row.scheduleInfo ?? {}) },
          row.createdUsing,
        ),
      )
    return [...running, ...later]
      .filter(({ until }) => until === undefined || until > now())
      .sort((one, other) => one.from - other.from)
  }

  return { eligibility, spans }
}

const granting = new Set(['adminassign', 'adminupdate', 'adminextend', 'adminrenew', 'adminremove'])
const isGranted = ({ action, status }: z.infer<typeof grantShape>) => granting.has(action) && !isWithoutEffect(status)
const isWithoutEffect = (status: string) =>
  ['Denied', 'Canceled', 'Failed', 'PendingApproval', 'PendingAdminDecision'].includes(graphStatus(status) ?? '')
const isUndone = (status: string | null | undefined) =>
  isWithoutEffect(status ?? '') || graphStatus(status ?? '') === 'Revoked'

const requestIdOf = (planned: readonly z.infer<typeof plannedShape>[], scheduleId: string | null | undefined) =>
  planned.find(({ id }) => id === scheduleId)?.createdUsing

function spanOf(
  { assignmentType }: { assignmentType: string },
  { from, until }: { from: number; until: number | null | undefined },
  requestId: string | null | undefined,
): Span {
  return {
    from,
    ...(typeof until === 'number' && { until }),
    kind: assignmentType === 'activated' ? 'activated' : 'assigned',
    ...(requestId && { requestId }),
  }
}
