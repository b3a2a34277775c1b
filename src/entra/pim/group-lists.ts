import { z } from 'zod'
import type { Graph } from '../graph/graph.ts'
import { graphInstant, lowerGuid, parsed, word } from '../graph/shapes.ts'
import { type PimRequest, requestIn, requestShape } from './requests.ts'
import { rowsOf } from './shapes.ts'

/** Access that somebody has now, or may turn on. Without `from` or `until` (epoch ms) PIM tells none. */
export type HeldRow = {
  principalId: string
  from?: number
  until?: number
  /** Whether a person turned it on themselves. Left out of a row about what somebody may turn on. */
  kind?: 'activated' | 'assigned'
  /** Whether it is given to a group that the person is in. */
  isThroughGroup: boolean
  scheduleId?: string
}
/** A request about anybody's access, and the schedule that it made or changed. */
export type GroupRequest = PimRequest & { scheduleId?: string }
/** A direct member of the group, as the directory lists it. It may leave out names. */
export type DirectoryMember = { id: string; kind: 'person' | 'group' | 'application'; name?: string; username?: string }

const text = z.string().nullish().catch(undefined)
const heldShape = z.object({
  principalId: lowerGuid,
  startDateTime: graphInstant.nullish(),
  endDateTime: graphInstant.nullish(),
  assignmentType: word.nullish(),
  memberType: word.nullish().catch(undefined),
  assignmentScheduleId: text,
})
/** The shape of such a request in Graph's answers. */
export const groupRequestShape = requestShape.extend({ targetScheduleId: text })
const memberShape = z.object({
  id: lowerGuid,
  '@odata.type': z.string().catch(''),
  displayName: text,
  userPrincipalName: text,
})

/**
 * PIM's and the directory's lists of one whole group, for whoever may read them. Each is whole or throws: GraphRefusal, or
 * NoAnswer.
 * Source: https://learn.microsoft.com/graph/api/privilegedaccessgroup-list-assignmentscheduleinstances
 */
export function createGroupLists({
  graph,
  base,
  groupId,
}: {
  graph: Pick<Graph, 'list'>
  base: string
  groupId: string
}) {
  const ofGroup = `$filter=${encodeURIComponent(`groupId eq '${groupId}'`)}`
  const listed = (collection: string, token: string) => graph.list(`${base}/${collection}?${ofGroup}`, token)

  const held = async (collection: string, token: string): Promise<HeldRow[]> =>
    rowsOf(heldShape, await listed(collection, token), groupId).map(heldIn)
  const requests = async (collection: string, token: string): Promise<GroupRequest[]> =>
    rowsOf(groupRequestShape, await listed(collection, token), groupId).map(groupRequestIn)

  return {
    /** Everybody who has access through PIM now. */
    active: (token: string) => held('assignmentScheduleInstances', token),
    /** Everybody who may turn it on now. */
    eligible: (token: string) => held('eligibilityScheduleInstances', token),
    /** All that was ever asked about access: turning on, assigning, taking away. */
    requests: (token: string) => requests('assignmentScheduleRequests', token),
    /** All that was ever asked about who may turn it on. */
    grants: (token: string) => requests('eligibilityScheduleRequests', token),
    /** Everybody who is in the group itself, through PIM or past it. */
    members: async (token: string): Promise<DirectoryMember[]> =>
      parsed(
        z.array(memberShape),
        await graph.list(`/groups/${groupId}/members?$select=id,displayName,userPrincipalName&$top=999`, token),
      ).map(memberIn),
  }
}
export type GroupLists = ReturnType<typeof createGroupLists>
/** The lists of a group, by their names. */
export const listNames = ['active', 'members', 'requests', 'eligible', 'grants'] as const satisfies (keyof GroupLists)[]
export type ListName = (typeof listNames)[number]

/** The request in a row of Graph's. */
export const groupRequestIn = (row: z.infer<typeof groupRequestShape>): GroupRequest => ({
  ...requestIn(row),
  ...(row.targetScheduleId && { scheduleId: row.targetScheduleId }),
})

function heldIn(row: z.infer<typeof heldShape>): HeldRow {
  const { principalId, startDateTime: from, endDateTime: until, assignmentType, memberType, assignmentScheduleId } = row
  return {
    principalId,
    ...(typeof from === 'number' && { from }),
    ...(typeof until === 'number' && { until }),
    ...(assignmentType && { kind: assignmentType === 'activated' ? 'activated' : 'assigned' }),
    isThroughGroup: memberType === 'group',
    ...(assignmentScheduleId && { scheduleId: assignmentScheduleId }),
  }
}

const kinds: Record<string, DirectoryMember['kind']> = {
  '#microsoft.graph.group': 'group',
  '#microsoft.graph.serviceprincipal': 'application',
}

function memberIn({ id, displayName, userPrincipalName, ...row }: z.infer<typeof memberShape>): DirectoryMember {
  return {
    id,
    kind: kinds[row['@odata.type'].toLowerCase()] ?? 'person',
    ...(displayName && { name: displayName }),
    ...(userPrincipalName && { username: userPrincipalName }),
  }
}
