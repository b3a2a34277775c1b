import { isDeepStrictEqual } from 'node:util'
import type { Known } from '../model/known.ts'
import { durationOf } from './durations.ts'
import { idOf, isObjectId } from './named.ts'
import type { PimRule } from './pim-policy.ts'
import type { ApprovalSetting, RulesView } from './rules-view.ts'

/** A rule that has to change, and what of it. */
export type RuleChange = { id: string; change: (rule: PimRule) => object }

/**
 * The rules that have to change, in the order in which they are written: MFA is taken out before the context goes in,
 * because PIM takes the second while the first is there, and then holds both.
 */
export function ruleChanges(
  before: RulesView | undefined,
  { after, known }: { after: RulesView; known: Known },
): RuleChange[] {
  const ifDiffers = (fields: (keyof RulesView)[], id: string, change: RuleChange['change']): RuleChange[] =>
    before && fields.every(field => isDeepStrictEqual(before[field], after[field])) ? [] : [{ id, change }]
  const { approvers } = after
  return [
    ...ifDiffers(['hours'], 'Expiration_EndUser_Assignment', () => ({
      isExpirationRequired: true,
      maximumDuration: durationOf(after.hours),
    })),
    ...ifDiffers(['justification', 'ticket', 'mfa'], 'Enablement_EndUser_Assignment', () => ({
      enabledRules: enabledRules(after),
    })),
    ...ifDiffers(['context'], 'AuthenticationContext_EndUser_Assignment', () => ({
      isEnabled: after.context !== null,
      claimValue: after.context ?? '',
    })),
    ...(approvers
      ? ifDiffers(['approvers'], 'Approval_EndUser_Assignment', rule => ({
          setting: approvalSetting(rule, { approvers, known }),
        }))
      : []),
    ...ifDiffers(['notify'], 'Notification_Admin_EndUser_Assignment', () => ({ notificationRecipients: after.notify })),
    ...(after.permanentEligible
      ? ifDiffers(['permanentEligible'], 'Expiration_Admin_Eligibility', () => ({ isExpirationRequired: false }))
      : []),
    ...(after.permanentActive
      ? ifDiffers(['permanentActive'], 'Expiration_Admin_Assignment', () => ({ isExpirationRequired: false }))
      : []),
  ]
}

const enabledRules = ({ justification, ticket, mfa }: RulesView): string[] => [
  ...(mfa ? ['MultiFactorAuthentication'] : []),
  ...(justification ? ['Justification'] : []),
  ...(ticket ? ['Ticketing'] : []),
]

/** One stage, in which the first decision counts; what the rule says beside stays. */
function approvalSetting(
  { setting }: PimRule,
  { approvers, known }: { approvers: NonNullable<RulesView['approvers']>; known: Known },
): object {
  const { approvalStages, ...rest } = (setting ?? {}) as ApprovalSetting
  const id = (names: ReadonlyMap<string, string>, name: string) => (isObjectId(name) ? name : idOf(names, name))
  const stage = {
    approvalStageTimeOutInDays: 1,
    isApproverJustificationRequired: true,
    escalationTimeInMinutes: 0,
    isEscalationEnabled: false,
    escalationApprovers: [],
    ...approvalStages?.[0],
    primaryApprovers: [
      ...approvers.users.map(user => ({
        '@odata.type': '#microsoft.graph.singleUser',
        userId: id(known.people, user),
        description: null,
      })),
      ...approvers.groups.map(group => ({
        '@odata.type': '#microsoft.graph.groupMembers',
        groupId: id(known.groups, group),
        description: null,
      })),
    ],
  }
  return {
    isApprovalRequiredForExtension: false,
    isRequestorJustificationRequired: true,
    ...rest,
    isApprovalRequired: true,
    approvalMode: 'SingleStage',
    approvalStages: [stage],
  }
}
