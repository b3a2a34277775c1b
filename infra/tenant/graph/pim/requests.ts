import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import { cancel, mayCancel } from '../../pim/acts.ts'
import { carryOut, validate } from '../../pim/orders.ts'
import { refusePim } from '../../pim/refusals.ts'
import type { Action, PimRequest } from '../../pim/requests.ts'
import { denied, GraphRefusal, refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { graphBaseOf } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { demandManageable } from './fit.ts'
import { askIn } from './request-body.ts'
import { requestRow } from './request-rows.ts'
import { demandOneOf, scopesOf } from './scopes.ts'
import { demandManager, manages } from './standing.ts'

type About = PimRequest['about']

const removals: readonly Action[] = ['adminRemove', 'selfDeactivate']
const ofThePerson: readonly Action[] = ['selfActivate', 'selfDeactivate', 'selfExtend', 'selfRenew']

/** Answers 201 whatever happened: only the status in the body tells the outcome. */
export function createRequest(about: About) {
  return (state: TenantState, request: Request, caller: Caller): GraphReply => {
    demandOneOf(caller, scopesOf[about].remove)
    const { pim, ask, isValidationOnly } = askIn(state, request)
    if (!removals.includes(ask.action)) demandOneOf(caller, scopesOf[about].write)
    if (!ofThePerson.includes(ask.action)) demandManager(state, caller, pim.group)
    else if (caller.person?.key !== ask.key) throw new GraphRefusal(denied)
    demandManageable(state, pim)
    const order = { about, ask, caller }
    const made = (isValidationOnly ? validate : carryOut)(pim, order)
    if (!isValidationOnly) pim.policies.manage()
    const context = `identityGovernance/privilegedAccess/group/${about}ScheduleRequests/$entity`
    const row = { ...requestRow(state, made), isValidationOnly }
    return { status: 201, body: { '@odata.context': `${graphBaseOf(state)}/$metadata#${context}`, ...row } }
  }
}

/** Cancels a request that is waiting or begins later. */
export function cancelRequest(about: About) {
  return (state: TenantState, { params }: Request, caller: Caller): GraphReply => {
    demandOneOf(caller, scopesOf[about].write)
    const { request, pim } = state.pims.find(String(params.id)) ?? {}
    if (!pim || request?.about !== about) return refuse(404, 'ResourceNotFound', 'The object does not exist.')
    const person = caller.person?.key
    if (!manages(state, caller, request.group) && request.key !== person && request.by !== person)
      throw new GraphRefusal(denied)
    if (!mayCancel(pim, request)) refusePim('InvalidRoleAssignmentRequest')
    cancel(pim, request)
    return { status: 204 }
  }
}
