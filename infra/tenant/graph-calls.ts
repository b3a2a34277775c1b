import type { Request } from 'express'
import { showApplication } from './applications.ts'
import type { GraphReply } from './graph.ts'
import { decideStage, readApproval, readStages } from './graph-approvals.ts'
import type { Caller } from './graph-auth.ts'
import { checkMe, checkUser } from './graph-check.ts'
import { type Collection, list, one } from './graph-collection.ts'
import { assignmentInstances } from './graph-instances.ts'
import { listDirectMembers, listTransitiveMembers } from './graph-members.ts'
import { showGroup, showMe, showUser } from './graph-names.ts'
import type { Row } from './graph-pages.ts'
import { listPolicies, listPolicyAssignments, patchPolicy, patchRule, readPolicy } from './graph-policies.ts'
import { requestsAbout } from './graph-request-rows.ts'
import { cancelRequest, createRequest } from './graph-requests.ts'
import { assignmentSchedules, eligibilityInstances, eligibilitySchedules } from './graph-schedules.ts'
import { subscriptionCalls } from './graph-subscriptions.ts'
import type { GraphPlace, TenantState } from './state.ts'

export type Serve = (state: TenantState, request: Request, caller: Caller) => GraphReply | Promise<GraphReply>
type Call = [method: 'get' | 'post' | 'patch' | 'delete', path: string, place: GraphPlace, serve: Serve]

const pim = '/identityGovernance/privilegedAccess/group'
const policies = '/policies/roleManagementPolicies'

/** Every call that Graph answers. What its description offers beyond them is not to be built on. */
export const graphCalls: readonly Call[] = [
  ...readable(assignmentInstances, 'instances'),
  ...readable(assignmentSchedules, 'schedules'),
  ...askable('assignment', 'requests'),
  ...readable(eligibilityInstances, 'eligibility'),
  ...readable(eligibilitySchedules, 'eligibility'),
  ...askable('eligibility', 'eligibility'),
  ['get', `${pim}/assignmentApprovals/:id`, 'approvals', readApproval],
  ['get', `${pim}/assignmentApprovals/:id/stages`, 'approvals', readStages],
  ['patch', `${pim}/assignmentApprovals/:id/stages/:stage`, 'approvals', decideStage('stages')],
  ['patch', `${pim}/assignmentApprovals/:id/steps/:stage`, 'approvals', decideStage('steps')],
  ['get', '/policies/roleManagementPolicyAssignments', 'policies', listPolicyAssignments],
  ['get', policies, 'policies', listPolicies],
  ['get', `${policies}/:id`, 'policies', readPolicy],
  ['patch', `${policies}/:id`, 'policies', patchPolicy],
  ['patch', `${policies}/:id/rules/:rule`, 'policies', patchRule],
  ['get', "/applications\\(appId=':appId'\\)", 'applications', replying(showApplication)],
  ['get', '/me', 'users', replying(showMe)],
  ['get', '/users/:id', 'users', replying(showUser)],
  ['get', '/groups/:id', 'users', replying(showGroup)],
  ['get', '/groups/:id/members', 'members', replying(listDirectMembers)],
  ['get', '/groups/:id/transitiveMembers', 'members', replying(listTransitiveMembers)],
  ['post', '/me/checkMemberGroups', 'check', replying(checkMe)],
  ['post', '/users/:id/checkMemberGroups', 'check', replying(checkUser)],
  ['get', '/subscriptions', 'subscriptions', subscriptionCalls.list],
  ['post', '/subscriptions', 'subscriptions', subscriptionCalls.create],
  ['get', '/subscriptions/:id', 'subscriptions', subscriptionCalls.get],
  ['patch', '/subscriptions/:id', 'subscriptions', subscriptionCalls.renew],
  ['delete', '/subscriptions/:id', 'subscriptions', subscriptionCalls.remove],
  ['post', '/subscriptions/:id/reauthorize', 'subscriptions', subscriptionCalls.reauthorize],
]

function readable(collection: Collection, place: GraphPlace): Call[] {
  const path = `${pim}/${collection.name}`
  return [
    ['get', path, place, list(collection)],
    ['get', `${path}/:id`, place, one(collection)],
  ]
}

function askable(about: 'assignment' | 'eligibility', place: GraphPlace): Call[] {
  const path = `${pim}/${about}ScheduleRequests`
  return [
    ...readable(requestsAbout(about), place),
    ['post', path, place, createRequest(about)],
    ['post', `${path}/:id/cancel`, place, cancelRequest(about)],
  ]
}

function replying(serve: (state: TenantState, request: Request, caller: Caller) => Row): Serve {
  return (...call) => ({ body: serve(...call) })
}
