import type { Request } from 'express'
import type { GraphReply } from './graph.ts'
import type { Caller } from './graph-auth.ts'
import { refuse } from './graph-errors.ts'
import { answerOne, pageFrom } from './graph-pages.ts'
import { demandReader, sideIn } from './graph-policies.ts'
import { ruleRows } from './graph-policy-rows.ts'
import type { TenantState } from './state.ts'

const context = 'policies/roleManagementPolicies/rules'

/** The rules of one policy. */
export function listRules(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandReader(state, caller)
  const rows = ruleRows(state, sideIn(state, request))
  return { body: pageFrom(state, request, { context, rows, pageSize: 100 }) }
}

export function readRule(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandReader(state, caller)
  const row = ruleRows(state, sideIn(state, request)).find(({ id }) => id === String(request.params.rule))
  if (!row) return refuse(404, 'ResourceNotFound', 'The rule does not exist.')
  return { body: answerOne(state, request, { context, row }) }
}
