import { z } from 'zod'
import { graphInstant, lowerGuid, word } from '../graph/shapes.ts'
import { scheduleShape } from './shapes.ts'

const statuses = [
  'Provisioned',
  'Granted',
  'ScheduleCreated',
  'PendingApproval',
  'PendingAdminDecision',
  'PendingProvisioning',
  'PendingScheduleCreation',
  'Revoked',
  'Denied',
  'Canceled',
  'Failed',
] as const
/** 'other' stands for every status that is not known here. Such a request counts as still on its way. */
export type RequestStatus = Lowercase<(typeof statuses)[number]> | 'other'

/** A request of a person to PIM, and its status. Instants in epoch ms. */
export type PimRequest = {
  id: string
  approvalId?: string
  principalId: string
  /** In lower case, e.g. 'selfactivate'. */
  action: string
  status: RequestStatus
  createdAt: number
  completedAt?: number
  reason?: string
  ticket?: string
  minutes?: number
  startsAt?: number
  createdBy?: Named
}
/** A person as Graph names them. It may leave out the name. */
export type Named = { id?: string; name?: string; username?: string }

/** A status in Graph's own spelling, from any case; undefined where Graph has no such status. */
export const graphStatus = (name: string) => statuses.find(each => each.toLowerCase() === name.toLowerCase())

const text = z.string().nullish()
/** The shape of a person in Graph's answers. */
export const namedShape = z.object({
  id: lowerGuid.nullish().catch(undefined),
  displayName: text.catch(undefined),
  userPrincipalName: text.catch(undefined),
})
/** The shape of a request in Graph's answers. */
export const requestShape = z.object({
  id: z.string().min(1).max(200),
  approvalId: text,
  principalId: lowerGuid,
  action: word,
  status: z.string(),
  createdDateTime: graphInstant,
  completedDateTime: graphInstant.nullish(),
  justification: text,
  ticketInfo: z.object({ ticketNumber: text }).nullish(),
  scheduleInfo: scheduleShape.nullish(),
  createdBy: z.object({ user: namedShape.nullish() }).nullish().catch(undefined),
})

/** The request in a row of Graph's. */
export function requestIn(row: z.infer<typeof requestShape>): PimRequest {
  const { scheduleInfo, ticketInfo } = row
  const startsAt = scheduleInfo?.startDateTime
  const end = scheduleInfo?.expiration?.endDateTime
  const minutes = scheduleInfo?.expiration?.duration ?? (startsAt && end ? Math.round((end - startsAt) / 60_000) : 0)
  const createdBy = namedOf(row.createdBy?.user)
  return {
    id: row.id,
    ...(row.approvalId && { approvalId: row.approvalId }),
    principalId: row.principalId,
    action: row.action,
    status: (graphStatus(row.status)?.toLowerCase() ?? 'other') as RequestStatus,
    createdAt: row.createdDateTime,
    ...(row.completedDateTime && { completedAt: row.completedDateTime }),
    ...(row.justification && { reason: row.justification }),
    ...(ticketInfo?.ticketNumber && { ticket: ticketInfo.ticketNumber }),
    ...(minutes && { minutes }),
    ...(startsAt && { startsAt }),
    ...(createdBy && { createdBy }),
  }
}

/** The person in Graph's answer; undefined where it has neither an id nor a name. */
export function namedOf(found: z.infer<typeof namedShape> | null | undefined): Named | undefined {
  if (!found?.id && !found?.displayName) return undefined
  const { id, displayName: name, userPrincipalName: username } = found
  return { ...(id && { id }), ...(name && { name }), ...(username && { username }) }
}
