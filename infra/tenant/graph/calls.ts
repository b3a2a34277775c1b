import type { GraphPlace } from '../calls.ts'
import { applicationCalls } from './applications/calls.ts'
import { actOn, type Call, itemOf, listOf, replying } from './call.ts'
import { checkMe, checkUser } from './check.ts'
import { type Collection, list, one } from './collection.ts'
import { conditionalAccessCalls } from './conditional-access/calls.ts'
import { groupCalls } from './groups/calls.ts'
import { showMe, showUser } from './names.ts'
import { organizationCalls } from './organization.ts'
import { decideStage, readApproval, readStage, readStages } from './pim/approvals.ts'
import { assignmentInstances } from './pim/instances.ts'
import {
  listPolicies,
  listPolicyAssignments,
  patchPolicy,
  patchRule,
  readPolicy,
  readPolicyAssignment,
} from './pim/policies.ts'
import { requestsAbout } from './pim/request-rows.ts'
import { cancelRequest, createRequest } from './pim/requests.ts'
import { listRules, readRule } from './pim/rules.ts'
import { assignmentSchedules, eligibilityInstances, eligibilitySchedules } from './pim/schedules.ts'
import type { Asked } from './strict.ts'
import { subscriptionCalls } from './subscriptions.ts'
import { listUsers } from './users.ts'

const pim = '/identityGovernance/privilegedAccess/group'
const approvals = `${pim}/assignmentApprovals`
const policies = '/policies/roleManagementPolicies'
const policyAssignments = '/policies/roleManagementPolicyAssignments'

/** Every call that this Graph answers. The real one offers more, but an app must not build on that here. */
export const graphCalls: readonly Call[] = [
  ...conditionalAccessCalls,
  ...organizationCalls,
  ...readable(assignmentInstances, 'instances', 'assignmentInstance'),
  ...readable(assignmentSchedules, 'schedules', 'assignmentSchedule'),
  ...askable('assignment', 'requests'),
  ...readable(eligibilityInstances, 'eligibility', 'eligibilityInstance'),
  ...readable(eligibilitySchedules, 'eligibility', 'eligibilitySchedule'),
  ...askable('eligibility', 'eligibility'),
  ['get', `${approvals}/:id`, 'approvals', itemOf('approval'), readApproval],
  ...(['stages', 'steps'] as const).flatMap((segment): Call[] => [
    ['get', `${approvals}/:id/${segment}`, 'approvals', listOf('stage'), readStages(segment)],
    ['get', `${approvals}/:id/${segment}/:stage`, 'approvals', itemOf('stage'), readStage(segment)],
    ['patch', `${approvals}/:id/${segment}/:stage`, 'approvals', actOn('stage'), decideStage(segment)],
  ]),
  ['get', policyAssignments, 'policies', listOf('policyAssignment'), listPolicyAssignments],
  ['get', `${policyAssignments}/:id`, 'policies', itemOf('policyAssignment'), readPolicyAssignment],
  ['get', policies, 'policies', listOf('policy'), listPolicies],
  ['get', `${policies}/:id`, 'policies', itemOf('policy'), readPolicy],
  ['patch', `${policies}/:id`, 'policies', actOn('policy'), patchPolicy],
  ['get', `${policies}/:id/rules`, 'policies', listOf('rule'), listRules],
  ['get', `${policies}/:id/rules/:rule`, 'policies', itemOf('rule'), readRule],
  ['patch', `${policies}/:id/rules/:rule`, 'policies', actOn('rule'), patchRule],
  ...applicationCalls,
  ['get', '/me', 'users', itemOf('user'), replying(showMe)],
  ['get', '/users', 'users', listOf('user'), listUsers],
  ['get', '/users/:id', 'users', itemOf('user'), replying(showUser)],
  ...groupCalls,
  ['post', '/me/checkMemberGroups', 'check', actOn('membershipQuestion'), replying(checkMe)],
  ['post', '/users/:id/checkMemberGroups', 'check', actOn('membershipQuestion'), replying(checkUser)],
  ['get', '/subscriptions', 'subscriptions', { kind: 'subscription', as: 'all' }, subscriptionCalls.list],
  ['post', '/subscriptions', 'subscriptions', actOn('subscription'), subscriptionCalls.create],
  ['get', '/subscriptions/:id', 'subscriptions', { kind: 'subscription', as: 'all' }, subscriptionCalls.get],
  ['patch', '/subscriptions/:id', 'subscriptions', actOn('subscription'), subscriptionCalls.renew],
  ['delete', '/subscriptions/:id', 'subscriptions', actOn('nothing'), subscriptionCalls.remove],
  ['post', '/subscriptions/:id/reauthorize', 'subscriptions', actOn('nothing'), subscriptionCalls.reauthorize],
]

function readable(collection: Collection, place: GraphPlace, kind: Asked['kind']): Call[] {
  const path = `${pim}/${collection.name}`
  return [
    ['get', path, place, listOf(kind), list(collection)],
    ['get', `${path}/:id`, place, itemOf(kind), one(collection)],
  ]
}

function askable(about: 'assignment' | 'eligibility', place: GraphPlace): Call[] {
  const path = `${pim}/${about}ScheduleRequests`
  const kind = `${about}Request` as const
  return [
    ...readable(requestsAbout(about), place, kind),
    ['post', path, place, actOn(kind), createRequest(about)],
    ['post', `${path}/:id/cancel`, place, actOn('nothing'), cancelRequest(about)],
  ]
}
