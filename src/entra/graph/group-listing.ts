import { z } from 'zod'
import type { AppToken } from '../oidc/app-token.ts'
import type { Graph } from './graph.ts'
import { GraphRefusal } from './refusal.ts'
import { graphInstant, lowerGuid, parsed, word } from './shapes.ts'

/**
 * An active assignment of PIM. Without `until` it has no end. `isTurnedOn`: the person turned it on; `scheduleId`: the schedule
 * that it belongs to. Instants in epoch ms.
 */
export type Assignment = {
  principalId: string
  startsAt: number
  until?: number
  isTurnedOn?: boolean
  scheduleId?: string
}
/** The people in a group: PIM's active assignments with their ends, and the object ids of the directory's list of members. */
export type GroupListing = { assignments: readonly Assignment[]; members: readonly string[] }

const instanceShape = z.object({
  principalId: lowerGuid,
  groupId: lowerGuid,
  accessId: z.string(),
  startDateTime: graphInstant.nullish(),
  endDateTime: graphInstant.nullish(),
  assignmentType: word.nullish().catch(undefined),
  assignmentScheduleId: z.string().nullish().catch(undefined),
})
const memberShape = z.object({ id: lowerGuid })

/**
 * Lists a group with the application's own token. Throws GraphRefusal or NoAnswer unless both lists are whole: half a list
 * would read as removals.
 * Source: https://learn.microsoft.com/graph/api/privilegedaccessgroup-list-assignmentscheduleinstances
 */
export async function listGroup(
  graph: Graph,
  { groupId, token }: { groupId: string; token: string },
): Promise<GroupListing> {
  const filter = encodeURIComponent(`groupId eq '${groupId}'`)
  const [instances, members] = await Promise.all([
    graph.list(`/identityGovernance/privilegedAccess/group/assignmentScheduleInstances?$filter=${filter}`, token),
    graph.list(`/groups/${groupId}/members?$select=id&$top=999`, token),
  ])
  return {
    assignments: parsed(z.array(instanceShape), instances)
      .filter(instance => instance.accessId.toLowerCase() === 'member' && instance.groupId === groupId)
      .map(({ principalId, startDateTime, endDateTime, assignmentType, assignmentScheduleId }) => ({
        principalId,
        startsAt: startDateTime ?? 0,
        ...(typeof endDateTime === 'number' && { until: endDateTime }),
        ...(assignmentType === 'activated' && { isTurnedOn: true }),
        ...(assignmentScheduleId && { scheduleId: assignmentScheduleId }),
      })),
    members: parsed(z.array(memberShape), members).map(({ id }) => id),
  }
}

/**
 * Makes the function that lists our group. It observes how each listing ended, and does not use a token again that Graph
 * refused. It throws as `listGroup` does, and Problem('entra-unreachable') or Problem('sign-in-misconfigured') when there
 * is no token.
 */
export const createGroupListing =
  ({
    graph,
    appToken,
    groupId,
    observe,
  }: {
    graph: Graph
    appToken: AppToken
    groupId: string
    observe: (result: 'ok' | 'failed') => void
  }) =>
  async (): Promise<GroupListing> => {
    try {
      const listing = await listGroup(graph, { groupId, token: await appToken.get() })
      observe('ok')
      return listing
    } catch (thrown) {
      observe('failed')
      if (thrown instanceof GraphRefusal) appToken.drop()
      throw thrown
    }
  }
