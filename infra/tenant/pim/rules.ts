import { oidFor } from '../directory/people.ts'

/** A rule as Graph shows it. Its members depend on its kind. */
export type Rule = { '@odata.type': string; id: string; target: object } & Record<string, unknown>
export type Rules = Map<string, Rule>
export type Approvers = { people: readonly string[]; groups: readonly string[] }

const type = '#microsoft.graph.unifiedRoleManagementPolicy'
const allOf = 'All'

/** The 17 rules of one side of a group before anybody has changed them. */
export function freshRules(): Rules {
  const levels = [
    ['Admin', 'Eligibility', 'P365D', []],
    ['Admin', 'Assignment', 'P180D', ['Justification']],
    ['EndUser', 'Assignment', 'PT8H', ['Justification']],
  ] as const
  const rules = levels.flatMap(([caller, level, longest, enabledRules]) => [
    rule(caller, level, 'Expiration', { isExpirationRequired: true, maximumDuration: longest }),
    rule(caller, level, 'Enablement', { enabledRules: [...enabledRules] }),
    ...(caller === 'EndUser' ? [contextRule(false), approvalRule({ isOn: false })] : []),
    ...['Admin', 'Requestor', 'Approver'].map(recipientType => notificationRule(recipientType, caller, level)),
  ])
  return new Map(rules.map(each => [each.id, each]))
}

/** The caller and the level that a rule is about. */
type Of = readonly [caller: 'Admin' | 'EndUser', level: 'Assignment' | 'Eligibility']
const activating: Of = ['EndUser', 'Assignment']

/** Without a longest duration no end is needed. */
export const expirationRule = (longest: string | undefined, of = activating): Rule =>
  rule(...of, 'Expiration', { isExpirationRequired: longest !== undefined, maximumDuration: longest ?? 'P365D' })

export const enablementRule = (enabledRules: readonly string[], of = activating): Rule =>
  rule(...of, 'Enablement', { enabledRules })

export const contextRule = (claimValue: string | false): Rule =>
  rule('EndUser', 'Assignment', 'AuthenticationContext', {
    isEnabled: claimValue !== false,
    claimValue: claimValue || '',
  })

/** Without approvers there is still one stage, an empty one. */
export function approvalRule({ isOn, approvers }: { isOn: boolean; approvers?: Approvers }): Rule {
  const people = approvers?.people.map(key => ({
    '@odata.type': '#microsoft.graph.singleUser',
    userId: oidFor(key),
    description: null,
  }))
  const groups = approvers?.groups.map(groupId => ({
    '@odata.type': '#microsoft.graph.groupMembers',
    groupId,
    description: null,
  }))
  const stage = {
    approvalStageTimeOutInDays: 1,
    isApproverJustificationRequired: true,
    escalationTimeInMinutes: 0,
    isEscalationEnabled: false,
    primaryApprovers: [...(people ?? []), ...(groups ?? [])],
    escalationApprovers: [],
  }
  const setting = {
    isApprovalRequired: isOn,
    isApprovalRequiredForExtension: false,
    isRequestorJustificationRequired: true,
    approvalMode: 'SingleStage',
    approvalStages: [stage],
  }
  return rule('EndUser', 'Assignment', 'Approval', { setting })
}

function notificationRule(recipientType: string, caller: string, level: string): Rule {
  const facts = {
    notificationType: 'Email',
    recipientType,
    notificationLevel: allOf,
    isDefaultRecipientsEnabled: true,
    notificationRecipients: [],
  }
  return { ...rule(caller, level, 'Notification', facts), id: `Notification_${recipientType}_${caller}_${level}` }
}

function rule(caller: string, level: string, kind: string, facts: Record<string, unknown>): Rule {
  return {
    '@odata.type': `${type}${kind}Rule`,
    id: `${kind}_${caller}_${level}`,
    ...facts,
    target: { caller, operations: [allOf], level, inheritableSettings: [], enforcedSettings: [] },
  }
}
