import type { Known } from '../model/known.ts'
import type { GateWish } from '../wish/tenant-wish.ts'
import { hoursOf } from './durations.ts'
import { nameOf, together } from './named.ts'
import type { PimPolicy, PimRule } from './pim-policy.ts'

/** The rules of PIM for members of a group, as far as tenant.json speaks about them. */
export type RulesView = {
  /** The longest activation. */
  hours: number
  justification: boolean
  ticket: boolean
  mfa: boolean
  context: string | null
  /** Null where nobody has to approve. */
  approvers: { users: string[]; groups: string[] } | null
  notify: string[]
  permanentEligible: boolean
  permanentActive: boolean
}

/** The rules as they stand, with names in place of ids. */
export function rulesView({ rules }: PimPolicy, known: Known): RulesView {
  const rule = (id: string): Partial<PimRule> => rules.get(id) ?? {}
  const enabled = textsIn(rule('Enablement_EndUser_Assignment').enabledRules)
  const context = rule('AuthenticationContext_EndUser_Assignment')
  return {
    hours: hoursOf(rule('Expiration_EndUser_Assignment').maximumDuration),
    justification: enabled.includes('Justification'),
    ticket: enabled.includes('Ticketing'),
    mfa: enabled.includes('MultiFactorAuthentication'),
    context: context.isEnabled === true ? String(context.claimValue) : null,
    approvers: approversIn(rule('Approval_EndUser_Assignment').setting, known),
    notify: textsIn(rule('Notification_Admin_EndUser_Assignment').notificationRecipients),
    permanentEligible: rule('Expiration_Admin_Eligibility').isExpirationRequired === false,
    permanentActive: rule('Expiration_Admin_Assignment').isExpirationRequired === false,
  }
}

const textsIn = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])

type Approver = { '@odata.type'?: string; userId?: string; groupId?: string; id?: string }
/** The setting of the approval rule, as Graph shows it. */
export type ApprovalSetting = { isApprovalRequired?: boolean; approvalStages?: { primaryApprovers?: Approver[] }[] }

// Both spellings of an approver's id are seen: userId and groupId, or id.
function approversIn(setting: unknown, known: Known): RulesView['approvers'] {
  const { isApprovalRequired, approvalStages } = (setting ?? {}) as ApprovalSetting
  if (isApprovalRequired !== true) return null
  const all = approvalStages?.[0]?.primaryApprovers ?? []
  const isGroup = (each: Approver) => each.groupId !== undefined || /groupMembers$/i.test(each['@odata.type'] ?? '')
  return {
    users: all.filter(each => !isGroup(each)).map(({ userId, id }) => nameOf(known.people, userId ?? id ?? '')),
    groups: all.filter(isGroup).map(({ groupId, id }) => nameOf(known.groups, groupId ?? id ?? '')),
  }
}

const fresh: RulesView = {
  hours: 8,
  justification: true,
  ticket: false,
  mfa: false,
  context: null,
  approvers: null,
  notify: [],
  permanentEligible: false,
  permanentActive: false,
}

/**
 * The rules as they are to be. What tenant.json is silent about stays: a demand that is there is not dropped, approvers and
 * recipients are added. MFA gives way to a context, which asks for more: PIM does not take both.
 */
export function rulesAfter(before: RulesView = fresh, { activation, eligible, active }: GateWish): RulesView {
  const { hours, justification, ticket, context, approvers, notify } = activation
  return {
    hours,
    justification: justification || before.justification,
    ticket: ticket || before.ticket,
    mfa: context === undefined ? before.mfa : false,
    context: context ?? before.context,
    approvers: approvers
      ? {
          users: together(before.approvers?.users ?? [], approvers.users),
          groups: together(before.approvers?.groups ?? [], approvers.groups),
        }
      : before.approvers,
    notify: together(before.notify, notify),
    permanentEligible: before.permanentEligible || eligible.some(({ permanent }) => permanent),
    permanentActive: before.permanentActive || active.some(({ permanent }) => permanent),
  }
}
