import type { Request } from 'express'
import * as z from 'zod'
import { type Caller, demand } from '../../caller.ts'
import type { Person } from '../../directory/people.ts'
import { personBy } from '../../directory/people.ts'
import { decide } from '../../pim/acts.ts'
import { isApprover, refusalToDecide } from '../../pim/approvers.ts'
import type { Pim } from '../../pim/pim.ts'
import type { PimRequest } from '../../pim/requests.ts'
import { denied, GraphRefusal, refuse, scopeNotGranted } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { memberOf } from '../enums.ts'
import { answerOne, pageFrom, queryOf, type Row } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { scopesOf } from './scopes.ts'

const context = 'identityGovernance/privilegedAccess/group/assignmentApprovals'
const approval = z.object({ reviewResult: z.string(), justification: z.string().nullish() })

/** One approval, or the caller's own. Only people may read approvals, not the app by itself. */
export function readApproval(state: TenantState, request: Request, caller: Caller): GraphReply {
  const person = personOf(caller, scopesOf.assignment.read)
  const on = /^filterByCurrentUser\(on='(\w*)'\)$/i.exec(String(request.params.id))?.[1]
  if (on === undefined) {
    const row = approvalRow(state, found(state, request, person), { request, person })
    return { body: answerOne(state, request, { context, row }) }
  }
  const part = memberOf(['target', 'createdBy', 'approver'], on)
  if (!part) return refuse(400, 'BadRequest', `The value '${on}' of the parameter 'on' is not valid.`)
  const mine = withApproval(state).filter(each => parts(state, each, person)[part])
  const rows = mine.map(each => approvalRow(state, each, { request, person }))
  return { body: pageFrom(state, request, { context, rows, pageSize: 100 }) }
}

export function readStages(segment: Segment) {
  return (state: TenantState, request: Request, caller: Caller): GraphReply => {
    const rows = [stageAsked(state, request, caller)]
    return { body: pageFrom(state, request, { context: `${context}/${segment}`, rows, pageSize: 100 }) }
  }
}

export function readStage(segment: Segment) {
  return (state: TenantState, request: Request, caller: Caller): GraphReply => {
    const row = stageAsked(state, request, caller)
    if (row.id !== request.params.stage) refuse(404, 'ResourceNotFound', 'The stage does not exist.')
    return { body: answerOne(state, request, { context: `${context}/${segment}`, row }) }
  }
}

type Segment = 'stages' | 'steps'

/** An approval has one stage, which has the approval's own id. Both names can be read; only one takes decisions. */
function stageAsked(state: TenantState, request: Request, caller: Caller): Row {
  const person = personOf(caller, scopesOf.assignment.read)
  return stageRow(state, found(state, request, person), person)
}

/** Takes a decision at the address that this tenant uses for stages. The first decision ends the approval. */
export function decideStage(segment: Segment) {
  return (state: TenantState, request: Request, caller: Caller): GraphReply => {
    const { approvalPath } = state.switches
    if (approvalPath !== 'both' && approvalPath !== segment)
      refuse(404, 'ResourceNotFound', `Resource not found for the segment '${segment}'.`)
    const { key } = personOf(caller, scopesOf.assignment.write)
    const asked = withApproval(state).find(({ id }) => id === request.params.id && id === request.params.stage)
    if (!asked) return refuse(404, 'ResourceNotFound', 'The approval does not exist.')
    const { reviewResult, justification } = approval.safeParse(request.body).data ?? {}
    const result = memberOf(['Approve', 'Deny'], reviewResult)
    if (!result) return refuse(400, 'BadRequest', 'The reviewResult must be Approve or Deny.')
    const problem = refusalToDecide(pimOf(state, asked), asked, key)
    if (problem === 'over') refuse(409, 'Conflict', 'The approval has been decided already.')
    if (problem) throw new GraphRefusal(denied)
    decide(pimOf(state, asked), asked, { by: key, approve: result === 'Approve', comment: justification ?? '' })
    return { status: 204 }
  }
}

function personOf(caller: Caller, scopes: readonly string[]): Person {
  if (!caller.person) throw new GraphRefusal(denied)
  demand(caller, { delegated: [scopes], application: [] }, scopeNotGranted(scopes))
  return caller.person
}

const withApproval = ({ pims }: TenantState): PimRequest[] => pims.requests.filter(each => each.approval)
const pimOf = ({ pims }: TenantState, { group }: PimRequest): Pim => pims.of(group)

function found(state: TenantState, { params }: Request, person: Person): PimRequest {
  const asked = withApproval(state).find(({ id }) => id === params.id)
  if (!asked) return refuse(404, 'ResourceNotFound', 'The approval does not exist.')
  if (!Object.values(parts(state, asked, person)).includes(true)) throw new GraphRefusal(denied)
  return asked
}

const parts = (state: TenantState, request: PimRequest, { key }: Person) => ({
  target: request.key === key,
  createdBy: request.by === key,
  approver: isApprover(pimOf(state, request), request, key),
})

type Reader = { request: Request; person: Person }

function approvalRow(state: TenantState, asked: PimRequest, { request, person }: Reader): Row {
  const { approvalStages } = state.switches
  const isExpanded = /\bstages\b/.test(queryOf(request).get('$expand') ?? '')
  const carries = approvalStages === 'always' || (approvalStages === 'expanded' && isExpanded)
  return { id: asked.id, ...(carries && { stages: [stageRow(state, asked, person)] }) }
}

function stageRow(state: TenantState, asked: PimRequest, { key }: Person): Row {
  const pim = pimOf(state, asked)
  const decision = asked.approval?.decision
  const reviewer = decision && personBy(decision.by)
  const isNamed = state.switches.identityNames !== 'none'
  return {
    id: asked.id,
    displayName: null,
    assignedToMe: isApprover(pim, asked, key),
    status: pim.log.isOpen(asked) ? 'InProgress' : 'Completed',
    reviewResult: decision ? (decision.approve ? 'Approve' : 'Deny') : 'NotReviewed',
    justification: decision?.comment ?? null,
    reviewedDateTime: decision?.at.toISOString() ?? null,
    reviewedBy: reviewer
      ? {
          id: reviewer.oid,
          displayName: isNamed ? reviewer.name : null,
          userPrincipalName: isNamed ? reviewer.username : null,
        }
      : null,
  }
}
