import type { PrivilegedAccessSchedule } from '@microsoft/microsoft-graph-types'
import type { Graph } from '../graph/graph.ts'
import { hoursOf } from './durations.ts'

/** Eligible: may turn on access. Active: is a member now. */
export type AssignmentKind = 'eligible' | 'active'

/** Somebody's assignment as PIM has it: until an instant, or for ever. */
export type FoundAssignment = { personId: string; until: string | 'permanent' }

const pim = '/identityGovernance/privilegedAccess/group'
const collections: Record<AssignmentKind, string> = { eligible: 'eligibility', active: 'assignment' }

/** Where requests about assignments of this kind go. */
export const requestsOf = (kind: AssignmentKind): string => `${pim}/${collections[kind]}ScheduleRequests`

type Schedule = PrivilegedAccessSchedule & {
  groupId?: string
  principalId?: string
  accessId?: string
  assignmentType?: string
  memberType?: string
}

/**
 * Who is assigned to a group directly, as administrators arranged it: what somebody turned on is not among it, and what has
 * ended is not. PIM writes its words in any case.
 */
export async function assignedIn(
  graph: Graph,
  groupId: string,
  { kind, now }: { kind: AssignmentKind; now: Date },
): Promise<FoundAssignment[]> {
  const filter = encodeURIComponent(`groupId eq '${groupId}'`)
  const rows = await graph.list<Schedule>(`${pim}/${collections[kind]}Schedules?$filter=${filter}`)
  return rows.flatMap(row => {
    const isCounted =
      isWord(row.accessId, 'member') &&
      !isWord(row.assignmentType, 'activated') &&
      !isWord(row.memberType, 'group') &&
      !isOver(row.status)
    const { type, endDateTime } = row.scheduleInfo?.expiration ?? {}
    const until = isWord(type, 'noExpiration') ? 'permanent' : endOf(row, endDateTime)
    if (!isCounted || !row.principalId || (until !== 'permanent' && new Date(until) <= now)) return []
    return [{ personId: row.principalId, until }]
  })
}

const isWord = (value: string | null | undefined, word: string): boolean => value?.toLowerCase() === word.toLowerCase()
const isOver = (status: string | null | undefined): boolean => /^(revoked|canceled|denied|failed)$/i.test(status ?? '')

/** An end that is said as a duration counts from the start. */
function endOf({ scheduleInfo }: Schedule, endDateTime: string | null | undefined): string {
  if (endDateTime) return withoutMs(endDateTime)
  const start = Date.parse(scheduleInfo?.startDateTime ?? '')
  const end = start + hoursOf(scheduleInfo?.expiration?.duration) * 3_600_000
  return Number.isFinite(end) && end > start ? withoutMs(new Date(end).toISOString()) : 'permanent'
}

const withoutMs = (instant: string): string => new Date(instant).toISOString().replace(/\.\d+Z$/, 'Z')
