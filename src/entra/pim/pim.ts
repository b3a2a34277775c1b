import type { Clock } from '../../clock.ts'
import type { Graph } from '../graph/graph.ts'
import { GraphRefusal } from '../graph/refusal.ts'
import { lowerGuid, parsed } from '../graph/shapes.ts'
import { NoAnswer } from '../outbound.ts'
import { createPimAdministration } from './administration.ts'
import { createPimApprovals } from './approvals.ts'
import { createGroupLists } from './group-lists.ts'
import { durationOf } from './iso-duration.ts'
import { actLimitMs } from './limits.ts'
import { createNames } from './names.ts'
import { graphStatus, type PimRequest, requestIn, requestShape } from './requests.ts'
import { createRules } from './rules.ts'
import { ofGroup, pathPart, rowsOf } from './shapes.ts'
import { createPimStanding } from './standing.ts'

const base = '/identityGovernance/privilegedAccess/group'

/** A wish as PIM is asked for it. Without `startsAt` (epoch ms) it begins at once. */
export type ActivationWish = {
  principalId: string
  reason: string
  ticket?: string
  minutes: number
  startsAt?: number
}

/**
 * PIM for one group, asked with the token of the person whose access it is. Every method throws GraphRefusal and NoAnswer.
 * After a NoAnswer the act may have happened all the same, so nothing here sends an act a second time. Instants in epoch ms.
 * Source: https://learn.microsoft.com/graph/api/resources/privilegedidentitymanagement-for-groups-api-overview
 */
export function createPim({ graph, groupId, clock }: { graph: Graph; groupId: string; clock: Clock }) {
  const requestsPath = `${base}/assignmentScheduleRequests`
  const approvals = createPimApprovals(graph, base)
  const { eligibility, spans } = createPimStanding({ graph, base, groupId, clock })
  const named = createNames({ graph, clock })
  const { rules, givingRules, forget } = createRules({ graph, groupId, clock })

  /** The requests that the person made, or may decide as an approver; newest first. */
  async function requests(
    token: string,
    on: 'principal' | 'approver',
    { status, principalId }: { status?: string; principalId?: string } = {},
  ): Promise<PimRequest[]> {
    const wanted = {
      status: status === undefined ? undefined : (graphStatus(status) ?? unknownStatus(status)),
      principalId: principalId === undefined ? undefined : parsed(lowerGuid, principalId),
    }
    const conditions = Object.entries({ groupId, ...wanted }).filter(([, value]) => value !== undefined)
    const filter = encodeURIComponent(conditions.map(([name, value]) => `${name} eq '${value}'`).join(' and '))
    const rows = await graph.list(`${requestsPath}/filterByCurrentUser(on='${on}')?$filter=${filter}`, token)
    return rowsOf(requestShape, rows, groupId)
      .map(requestIn)
      .filter(each => !wanted.status || each.status === wanted.status.toLowerCase())
      .filter(each => !wanted.principalId || each.principalId === wanted.principalId)
      .sort((one, other) => other.createdAt - one.createdAt)
  }

  /** One request; undefined where PIM has none of this id for our group. */
  async function request(token: string, id: string): Promise<PimRequest | undefined> {
    try {
      const found = rowsOf(requestShape, [await graph.call(`${requestsPath}/${pathPart(id)}`, token)], groupId)
      return found.map(requestIn)[0]
    } catch (thrown) {
      if (thrown instanceof GraphRefusal && thrown.status === 404) return undefined
      throw thrown
    }
  }

  async function ask(token: string, principalId: string, more: object): Promise<PimRequest> {
    const body = { accessId: 'member', groupId, principalId, isValidationOnly: false, ...more }
    const answer = await graph
      .call(requestsPath, token, { method: 'POST', success: 201, body, limitMs: actLimitMs })
      .catch(thrown => {
        // The act may have failed because the policy has changed since it was remembered.
        forget()
        throw thrown
      })
    const mine = requestShape.and(ofGroup).safeParse(answer).data
    // PIM took the request, but its answer does not say what became of it.
    if (mine?.groupId !== groupId || mine.principalId !== principalId) throw new NoAnswer('not about this request')
    return requestIn(mine)
  }

  return {
    eligibility,
    rules,
    spans,
    requests,
    request,

    activate: (
      token: string,
      { principalId, reason, ticket, minutes, startsAt }: ActivationWish,
    ): Promise<PimRequest> =>
      ask(token, principalId, {
        action: 'selfActivate',
        justification: reason,
        scheduleInfo: {
          ...(startsAt !== undefined && { startDateTime: new Date(startsAt).toISOString() }),
          expiration: { type: 'afterDuration', duration: durationOf(minutes) },
        },
        ...(ticket && { ticketInfo: { ticketNumber: ticket, ticketSystem: 'Gatehouse' } }),
      }),

    deactivate: (
      token: string,
      { principalId, reason }: { principalId: string; reason: string },
    ): Promise<PimRequest> => ask(token, principalId, { action: 'selfDeactivate', justification: reason }),

    async cancel(token: string, id: string): Promise<void> {
      await graph.call(`${requestsPath}/${pathPart(id)}/cancel`, token, { method: 'POST', success: 204 })
    },

    /** The lists of the whole group, for whoever may read them. */
    lists: createGroupLists({ graph, base, groupId }),
    approval: approvals.read,
    decide: approvals.decide,
    /** What administrators do about other people's access, with a token for that work. */
    administration: createPimAdministration({ graph, base, groupId, rules: givingRules, forget }),
    named,
    nameOf: async (...of: Parameters<typeof named>): Promise<string | undefined> => (await named(...of))?.name,
  }
}
export type Pim = ReturnType<typeof createPim>

function unknownStatus(status: string): never {
  throw new TypeError(`PIM has no status ${status}`)
}
