import { approvalLifeMs } from '../../entra/pim/limits.ts'
import type { PimRequest } from '../../entra/pim/requests.ts'
import type { Activation } from './activation.ts'

/** A wish that waits for somebody's yes. Instants in epoch ms. */
export type WaitingWish = {
  since: number
  lapsesAt: number
  reason: string
  ticket?: string
  minutes?: number
  /** When an extension begins, however early it is approved. */
  startsAt?: number
}

/** A wish that was sent here, as it waits. */
export function waitingWish({ wish, askedAt, keptAt, startsAt }: Activation): WaitingWish {
  const { reason, ticket, minutes } = wish
  return waitingSince(askedAt ?? keptAt, { reason, ticket, minutes, startsAt })
}

/** A request at PIM, as it waits. The person may have made it in the portal. */
export const requestedWish = ({ createdAt, ...asked }: PimRequest): WaitingWish => waitingSince(createdAt, asked)

/** The request of a person that waits for approval. */
export const pendingIn = (requests: readonly PimRequest[]): PimRequest | undefined =>
  requests.find(({ status, action }) => status === 'pendingapproval' && action === 'selfactivate')

type AskedFor = Record<'reason' | 'ticket', string | undefined> & Record<'minutes' | 'startsAt', number | undefined>

const waitingSince = (since: number, { reason = '', ticket, minutes, startsAt }: Partial<AskedFor>): WaitingWish => ({
  since,
  lapsesAt: since + approvalLifeMs,
  reason,
  ...(ticket && { ticket }),
  ...(minutes && { minutes }),
  ...(startsAt && { startsAt }),
})
