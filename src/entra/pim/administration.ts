import { z } from 'zod'
import type { Graph } from '../graph/graph.ts'
import { graphInstant, lowerGuid, parsed } from '../graph/shapes.ts'
import { NoAnswer } from '../outbound.ts'
import type { AccessKind, GivingRules } from './giving-rules.ts'
import { actLimitMs } from './limits.ts'
import { type PimRequest, requestIn, requestShape } from './requests.ts'
import { ofGroup, rowsOf } from './shapes.ts'

/** Whose access an act is about, of which kind, and why. */
export type Administered = { kind: AccessKind; principalId: string; reason: string; ticket?: string }
/** An act with an end (epoch ms). Without `until` the access has no end. */
export type AdministeredUntil = Administered & { until?: number }
/** Access of one kind that somebody has now. Without `until` (epoch ms) it has no end. */
export type Held = { principalId: string; from: number; until?: number; isTurnedOn: boolean }

const families = { eligible: 'eligibility', active: 'assignment' } as const
const instanceShape = z.object({
  principalId: lowerGuid,
  startDateTime: graphInstant.nullish(),
  endDateTime: graphInstant.nullish(),
  assignmentType: z.string().nullish(),
})

/**
 * PIM for one group, asked by an administrator about other people. Every method throws GraphRefusal and NoAnswer. After a
 * NoAnswer an act may have happened all the same, so nothing here sends an act a second time.
 * Source: https://learn.microsoft.com/graph/api/privilegedaccessgroup-post-assignmentschedulerequests
 */
export function createPimAdministration({
  graph,
  base,
  groupId,
  rules,
  forget,
}: {
  graph: Graph
  base: string
  groupId: string
  rules: (token: string) => Promise<GivingRules>
  /** The rules as remembered may be wrong. */
  forget: () => void
}) {
  const requestsPath = (kind: AccessKind) => `${base}/${families[kind]}ScheduleRequests`
  const filtered = (conditions: Record<string, string>) =>
    `$filter=${encodeURIComponent(
      Object.entries(conditions)
        .map(([name, value]) => `${name} eq '${value}'`)
        .join(' and '),
    )}`

  async function ask(token: string, action: string, asked: Administered & { scheduleInfo?: object }) {
    const { kind, principalId, reason, ticket, scheduleInfo } = asked
    const body = {
      accessId: 'member',
      groupId,
      principalId,
      action,
      isValidationOnly: false,
      justification: reason,
      ...(scheduleInfo && { scheduleInfo }),
      ...(ticket && { ticketInfo: { ticketNumber: ticket, ticketSystem: 'Gatehouse' } }),
    }
    const answer = await graph
      .call(requestsPath(kind), token, { method: 'POST', success: 201, body, limitMs: actLimitMs })
      .catch(thrown => {
        // The act may have failed because the policy has changed since it was remembered.
        forget()
        throw thrown
      })
    const mine = requestShape.and(ofGroup).safeParse(answer).data
    const isOfUs = mine?.groupId === groupId && mine.accessId === 'member' && mine.principalId === principalId
    // PIM took a request, but its answer does not say what became of this one.
    if (!mine || !isOfUs || mine.action !== action.toLowerCase()) throw new NoAnswer('not about this request')
    return requestIn(mine)
  }

  const until = (action: string) => (token: string, asked: AdministeredUntil) =>
    ask(token, action, { ...asked, scheduleInfo: { expiration: expirationOf(asked) } })

  return {
    rules,
    /** Gives somebody access from now on. */
    assign: until('adminAssign'),
    /** Moves the end of access that somebody has. */
    update: until('adminUpdate'),
    /** Prolongs access that is about to end. */
    extend: until('adminExtend'),
    /** Takes access away now; of the kind 'active', also access that the person turned on. */
    remove: (token: string, asked: Administered) => ask(token, 'adminRemove', asked),

    /** The requests about one person's access of one kind, whoever made them; newest first. */
    async requests(token: string, { kind, principalId }: Pick<Administered, 'kind' | 'principalId'>) {
      const query = filtered({ groupId, principalId: parsed(lowerGuid, principalId) })
      const rows = rowsOf(requestShape, await graph.list(`${requestsPath(kind)}?${query}`, token), groupId)
      return rows
        .map(requestIn)
        .filter(each => each.principalId === principalId)
        .sort((one: PimRequest, other: PimRequest) => other.createdAt - one.createdAt)
    },

    /** Everybody who has access of one kind now. */
    async held(token: string, kind: AccessKind): Promise<Held[]> {
      const path = `${base}/${families[kind]}ScheduleInstances?${filtered({ groupId })}`
      return rowsOf(instanceShape, await graph.list(path, token), groupId).map(
        ({ principalId, startDateTime, endDateTime, assignmentType }) => ({
          principalId,
          from: Math.max(0, startDateTime ?? 0),
          ...(typeof endDateTime === 'number' && { until: endDateTime }),
          isTurnedOn: assignmentType?.toLowerCase() === 'activated',
        }),
      )
    },
  }
}
export type PimAdministration = ReturnType<typeof createPimAdministration>

const expirationOf = ({ until }: AdministeredUntil) =>
  until === undefined ? { type: 'noExpiration' } : { type: 'afterDateTime', endDateTime: new Date(until).toISOString() }
