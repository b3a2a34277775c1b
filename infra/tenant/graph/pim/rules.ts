import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { answerOne, pageFrom } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { readable } from './policies.ts'
import { ruleRows } from './policy-rows.ts'

const context = 'policies/roleManagementPolicies/rules'

/** The rules of one policy. */
export function listRules(state: TenantState, request: Request, caller: Caller): GraphReply {
  const rows = ruleRows(state, readable(state, request, caller))
  return { body: pageFrom(state, request, { context, rows, pageSize: 100 }) }
}

export function readRule(state: TenantState, request: Request, caller: Caller): GraphReply {
  const row = ruleRows(state, readable(state, request, caller)).find(({ id }) => id === String(request.params.rule))
  if (!row) return refuse(404, 'ResourceNotFound', 'The rule does not exist.')
  return { body: answerOne(state, request, { context, row }) }
}
