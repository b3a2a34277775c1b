import { randomUUID } from 'node:crypto'
import type { GroupKey } from '../directory/managed.ts'
import type { Approvers } from './rules.ts'

export type Action =
  | 'adminAssign'
  | 'adminUpdate'
  | 'adminRemove'
  | 'selfActivate'
  | 'selfDeactivate'
  | 'adminExtend'
  | 'adminRenew'
  | 'selfExtend'
  | 'selfRenew'

export type Ticket = { ticketNumber: string | null; ticketSystem: string | null }

/** The length that a request asks for: `ms` for a duration, `until` for a date. */
export type Length = {
  type: 'notSpecified' | 'noExpiration' | 'afterDateTime' | 'afterDuration'
  duration?: string | undefined
  ms?: number | undefined
  until?: Date | undefined
}

/** A request to PIM about one person. */
export type Ask = {
  side: 'member' | 'owner'
  key: string
  action: Action
  reason?: string | undefined
  ticket?: Ticket | undefined
  from?: Date | undefined
  length: Length
}

export type Decision = { by: string; approve: boolean; comment: string; at: Date }

export type PimRequest = Ask & {
  id: string
  group: GroupKey
  about: 'assignment' | 'eligibility'
  /** Who asked; undefined: the app itself. */
  by: string | undefined
  created: Date
  completed: Date | undefined
  status: string
  /** How the status changes by itself. */
  becomes?: { at: Date; status: string } | undefined
  /** The true beginning of what was asked for; undefined while nothing has begun. */
  starts?: Date | undefined
  /** The stay or eligibility that the request made or changed. */
  target?: string | undefined
  approval?: { approvers: Approvers; decision?: Decision } | undefined
}

export type RequestLog = ReturnType<typeof createRequestLog>

type Parts = { clock: () => Date; group: GroupKey; all: PimRequest[] }

/** The requests about one group, oldest first. They stand in the list of all requests. */
export function createRequestLog({ clock, group, all }: Parts) {
  return { requests, add, find, statusOf, isOpen }

  function requests(): PimRequest[] {
    return all.filter(request => request.group === group)
  }

  function add(ask: Ask & Partial<PimRequest> & Pick<PimRequest, 'about' | 'by' | 'status'>): PimRequest {
    const request = { id: randomUUID(), group, created: clock(), completed: clock(), ...ask }
    all.push(request)
    return request
  }

  function find(id: string): PimRequest | undefined {
    return requests().find(request => request.id === id.toLowerCase())
  }

  /** The status now. Some statuses change by themselves when their time has come. */
  function statusOf({ status, becomes }: PimRequest, now = clock()): string {
    return becomes && becomes.at <= now ? becomes.status : status
  }

  /** Whether the request is waiting for an approver. */
  function isOpen(request: PimRequest): boolean {
    return statusOf(request) === 'PendingApproval'
  }
}
