import { durationOf } from '../things/durations.ts'
import type { AssignmentWish, GateWish } from '../wish/tenant-wish.ts'
import type { DirectoryNames } from './directory-names.ts'
import { createLabels } from './labels.ts'
import { literal, type Part } from './part.ts'

/** What PIM knows of the group of a gate: the rules of its members, who is eligible, who is active. */
export function gateOfPim(gate: GateWish, names: DirectoryNames): Part {
  const label = names.labelOf(gate.group)
  return {
    resource: {
      azuread_group_role_management_policy: { [label]: policyOf(gate, names) },
      ...schedules('azuread_privileged_access_group_eligibility_schedule', gate, gate.eligible, names),
      ...schedules('azuread_privileged_access_group_assignment_schedule', gate, gate.active, names),
    },
  }
}

function policyOf({ group, activation, eligible, active }: GateWish, names: DirectoryNames): object {
  const { hours, justification, ticket, context, approvers, notify } = activation
  const who = [
    ...(approvers?.users ?? []).map(user => ({ object_id: names.person(user), type: 'singleUser' })),
    ...(approvers?.groups ?? []).map(each => ({ object_id: names.group(each), type: 'groupMembers' })),
  ]
  return {
    group_id: names.group(group),
    role_id: 'member',
    activation_rules: {
      maximum_duration: durationOf(hours),
      require_justification: justification,
      require_ticket_info: ticket,
      ...(context !== undefined && { required_conditional_access_authentication_context: context }),
      require_approval: who.length > 0,
      ...(who.length > 0 && { approval_stage: { primary_approver: who } }),
    },
    eligible_assignment_rules: expiry(eligible),
    active_assignment_rules: { ...expiry(active), require_justification: true },
    ...(notify.length > 0 && {
      notification_rules: {
        eligible_activations: {
          admin_notifications: {
            notification_level: 'All',
            default_recipients: true,
            additional_recipients: notify.map(literal),
          },
        },
      },
    }),
  }
}

const expiry = (assignments: readonly AssignmentWish[]): object =>
  assignments.some(({ permanent, until }) => permanent || until === undefined)
    ? { expiration_required: false }
    : { expiration_required: true, expire_after: 'P365D' }

function schedules(type: string, { group }: GateWish, assignments: readonly AssignmentWish[], names: DirectoryNames) {
  if (assignments.length === 0) return {}
  const label = createLabels()
  const rows = assignments.map(({ person, until, justification }) => [
    `${names.labelOf(group)}_${label(person)}`,
    {
      group_id: names.group(group),
      principal_id: names.person(person),
      assignment_type: 'member',
      justification: literal(justification),
      ...(until === undefined ? { permanent_assignment: true } : { expiration_date: until }),
    },
  ])
  return { [type]: Object.fromEntries(rows) }
}
