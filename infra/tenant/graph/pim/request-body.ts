import type { Request } from 'express'
import * as z from 'zod'
import { keyOf } from '../../directory/people.ts'
import { msOf } from '../../pim/durations.ts'
import type { Pim } from '../../pim/pim.ts'
import { refusePim } from '../../pim/refusals.ts'
import type { Ask, Length } from '../../pim/requests.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { memberOf } from '../enums.ts'
import { pimShown } from './shown.ts'

const actions = [
  'adminAssign',
  'adminUpdate',
  'adminRemove',
  'selfActivate',
  'selfDeactivate',
  'adminExtend',
  'adminRenew',
  'selfExtend',
  'selfRenew',
] as const
const lengths = ['notSpecified', 'noExpiration', 'afterDateTime', 'afterDuration'] as const

const instant = z.iso.datetime({ offset: true }).nullish()
const body = z.object({
  accessId: z.string(),
  groupId: z.guid(),
  principalId: z.guid(),
  action: z.string(),
  isValidationOnly: z.boolean().nullish(),
  justification: z.string().nullish(),
  scheduleInfo: z
    .object({
      startDateTime: instant,
      recurrence: z.null().optional(),
      expiration: z
        .object({ type: z.string().nullish(), duration: z.string().nullish(), endDateTime: instant })
        .nullish(),
    })
    .nullish(),
  ticketInfo: z.object({ ticketNumber: z.string().nullish(), ticketSystem: z.string().nullish() }).nullish(),
})

/** The order in a POST to PIM. Throws PIM's refusals for a body that makes no sense. */
export function askIn(state: TenantState, request: Request): { pim: Pim; ask: Ask; isValidationOnly: boolean } {
  const { success, data } = body.safeParse(request.body)
  if (!success) return refusePim('InvalidRoleAssignmentRequest')
  const side = memberOf(['member', 'owner'], data.accessId) ?? refusePim('InvalidRoleAssignmentRequest')
  const action = memberOf(actions, data.action) ?? refusePim('InvalidRoleAssignmentRequest')
  const pim = pimShown(state, data.groupId)
  if (!pim) return refuse(404, 'ResourceNotFound', `The resource '${data.groupId}' is not found.`)
  const key = keyOf(data.principalId) ?? refusePim('SubjectNotFound')
  const { startDateTime, expiration } = data.scheduleInfo ?? {}
  const { ticketNumber = null, ticketSystem = null } = data.ticketInfo ?? {}
  const ask = {
    side,
    key,
    action,
    reason: data.justification ?? undefined,
    ticket: data.ticketInfo ? { ticketNumber, ticketSystem } : undefined,
    from: startDateTime ? new Date(startDateTime) : undefined,
    length: lengthIn(expiration ?? {}),
  }
  return { pim, ask, isValidationOnly: data.isValidationOnly ?? false }
}

type Expiration = {
  type?: string | null | undefined
  duration?: string | null | undefined
  endDateTime?: string | null | undefined
}

function lengthIn({ type, duration, endDateTime }: Expiration): Length {
  const known = memberOf(lengths, type ?? 'notSpecified') ?? refusePim('InvalidRoleAssignmentRequest')
  if (known === 'afterDuration') {
    const ms = msOf(duration ?? '') ?? refusePim('InvalidRoleAssignmentRequestSchedule')
    return { type: known, duration: duration ?? undefined, ms }
  }
  if (known !== 'afterDateTime') return { type: known }
  return { type: known, until: endDateTime ? new Date(endDateTime) : refusePim('InvalidRoleAssignmentRequestSchedule') }
}
