import type { Graph } from '../graph/graph.ts'
import { GraphRefusal } from '../graph/refusal.ts'
import { lowerGuid, parsed } from '../graph/shapes.ts'
import type { AppToken } from '../oidc/app-token.ts'
import { type GroupRequest, groupRequestIn, groupRequestShape } from './group-lists.ts'
import { rowsOf } from './shapes.ts'

const path = '/identityGovernance/privilegedAccess/group/assignmentScheduleRequests'
type Needs = { graph: Pick<Graph, 'list'>; appToken: Pick<AppToken, 'get' | 'drop'>; groupId: string }

/**
 * Makes the function that lists the requests about a group, or about one person's access to it, with the application's own
 * token; newest first. It throws GraphRefusal, NoAnswer, and what `appToken.get` throws.
 * Source: https://learn.microsoft.com/graph/api/privilegedaccessgroup-list-assignmentschedulerequests
 */
export const createGroupRequests =
  ({ graph, appToken, groupId }: Needs) =>
  async (principalId?: string): Promise<GroupRequest[]> => {
    const ofPerson = principalId === undefined ? '' : ` and principalId eq '${parsed(lowerGuid, principalId)}'`
    const filter = encodeURIComponent(`groupId eq '${groupId}'${ofPerson}`)
    const rows = await graph.list(`${path}?$filter=${filter}`, await appToken.get()).catch(thrown => {
      // A token that lacks a permission is no better the next time; one that was taken back is.
      if (thrown instanceof GraphRefusal && thrown.status === 401) appToken.drop()
      throw thrown
    })
    return rowsOf(groupRequestShape, rows, groupId)
      .map(groupRequestIn)
      .filter(request => principalId === undefined || request.principalId === principalId)
      .sort((one, other) => other.createdAt - one.createdAt)
  }
