import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import type { Side } from '../../pim/policy.ts'
import { refusePim } from '../../pim/refusals.ts'
import { ruleIn } from '../../pim/rule-writes.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { filterIn, matching } from '../filter.ts'
import { answerOne, pageFrom, type Row } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { policyAssignmentRow, policyRow } from './policy-rows.ts'
import { demandOneOf, scopesOf } from './scopes.ts'
import { demandManager } from './standing.ts'

const sides = ['member', 'owner'] as const
const policyAssignments = 'policies/roleManagementPolicyAssignments'

/** The policy of each side of the group. */
export function listPolicyAssignments(state: TenantState, request: Request, caller: Caller): GraphReply {
  renewIds(state)
  const rows = sides.map(side => policyAssignmentRow(state, side, request))
  return listed(state, request, { caller, context: policyAssignments, rows })
}

export function readPolicyAssignment(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandReader(state, caller)
  const row = sides
    .map(side => policyAssignmentRow(state, side, request))
    .find(({ id }) => id === String(request.params.id))
  if (!row) return refuse(404, 'ResourceNotFound', 'The policy assignment does not exist.')
  return { body: answerOne(state, request, { context: policyAssignments, row }) }
}

export function listPolicies(state: TenantState, request: Request, caller: Caller): GraphReply {
  renewIds(state)
  const rows = sides.map(side => policyRow(state, side, request))
  return listed(state, request, { caller, context: 'policies/roleManagementPolicies', rows })
}

// The ids of the last list stay valid until the next list.
function renewIds({ pim, switches }: TenantState): void {
  if (switches.policyIdsChange) pim.policies.newIds()
}

export function readPolicy(state: TenantState, request: Request, caller: Caller): GraphReply {
  demandReader(state, caller)
  const row = policyRow(state, sideIn(state, request), request)
  return { body: answerOne(state, request, { context: 'policies/roleManagementPolicies', row }) }
}

export function patchRule(state: TenantState, request: Request, caller: Caller): GraphReply {
  const side = writable(state, request, caller)
  const { policies } = state.pim
  policies.put(side, ruleIn(request.body, { present: policies.rules[side], id: String(request.params.rule) }))
  return { status: 204 }
}

export function patchPolicy(state: TenantState, request: Request, caller: Caller): GraphReply {
  const side = writable(state, request, caller)
  const { policies } = state.pim
  if (!Array.isArray(request.body?.rules)) refusePim('InvalidPolicy')
  const present = new Map(policies.rules[side])
  for (const wish of request.body.rules) {
    const rule = ruleIn(wish, { present, id: String(wish?.id) })
    present.set(rule.id, rule)
  }
  for (const [id, rule] of present) if (policies.rules[side].get(id) !== rule) policies.put(side, rule)
  const { rules: _, ...row } = policyRow(state, side, request)
  return { body: answerOne(state, request, { context: 'policies/roleManagementPolicies', row }) }
}

function writable(state: TenantState, request: Request, caller: Caller): Side {
  demandOneOf(caller, scopesOf.policy.write)
  demandManager(state, caller)
  return sideIn(state, request)
}

export function sideIn({ pim }: TenantState, { params }: Request): Side {
  return pim.policies.sideOf(String(params.id)) ?? refuse(404, 'ResourceNotFound', 'The policy does not exist.')
}

export function demandReader(state: TenantState, caller: Caller): void {
  demandOneOf(caller, scopesOf.policy.read)
  if (state.switches.policyReaders === 'administrators') demandManager(state, caller)
}

type List = { caller: Caller; context: string; rows: Row[] }

function listed(state: TenantState, request: Request, { caller, context, rows }: List): GraphReply {
  demandReader(state, caller)
  const filter = filterIn(request, ['scopeId', 'scopeType', 'roleDefinitionId'])
  if (!filter.scopeId || !filter.scopeType)
    refuse(400, 'InvalidFilter', 'The filter must compare scopeId and scopeType with eq.')
  const found = matching(
    rows.map(row => ({ row })),
    filter,
  ).map(({ row }) => row)
  return { body: pageFrom(state, request, { context, rows: found, pageSize: 100 }) }
}
