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
/** 'other' is a status that is not known here: still on its way, for all we know. */
export type RequestStatus = Lowercase<(typeof statuses)[number]> | 'other'

/** What somebody asked of PIM and what became of it. Instants in epoch ms. */
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
export type Named = { id?: string; name?: string; username?: string }

/** How Graph spells a status, whatever its case here; undefined for one that does not exist. */
export const graphStatus = (name: string) => statuses.find(each => each.toLowerCase() === name.toLowerCase())

const text = z.string().nullish()
/** A person as an identity of Graph; the name may be left out. */
export const namedShape = z.object({
  id: lowerGuid.nullish().catch(undefined),
  displayName: text.catch(undefined),
  userPrincipalName: text.catch(undefined),
})
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

export function namedOf(found: z.infer<typeof namedShape> | null | undefined): Named | undefined {
  if (!found?.id && !found?.displayName) return undefined
  const { id, displayName: name, userPrincipalName: username } = found
  return { ...(id && { id }), ...(name && { name }), ...(username && { username }) }
}
