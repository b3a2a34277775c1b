import { approvalLifeMs } from '../../entra/pim/limits.ts'
import { type GroupReading, rowsIn } from './lists.ts'

/** Somebody's request that waits for an approver. Instants in epoch ms. */
export type WaitingPerson = {
  id: string
  request: string
  since: number
  lapsesAt: number
  minutes?: number
  /** When it would begin, where that is later than the answer. */
  startsAt?: number
  reason?: string
  ticket?: string
}

/** Whose requests wait for approval, oldest first. A request lapses after a day, whatever its status says. */
export const waitingPeople = (reading: Pick<GroupReading, 'lists'>, now: number): WaitingPerson[] =>
  rowsIn(reading, 'requests')
    .filter(({ status, createdAt }) => status === 'pendingapproval' && now < createdAt + approvalLifeMs)
    .map(({ id, principalId, createdAt, minutes, startsAt = 0, reason, ticket }) => ({
      id: principalId,
      request: id,
      since: createdAt,
      lapsesAt: createdAt + approvalLifeMs,
      ...(minutes !== undefined && { minutes }),
      ...(startsAt > now && { startsAt }),
      ...(reason && { reason }),
      ...(ticket && { ticket }),
    }))
    .sort((one, other) => one.since - other.since)
