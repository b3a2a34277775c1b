import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import type { GroupKey } from '../../directory/managed.ts'
import type { Pim } from '../../pim/pim.ts'
import { refusePim } from '../../pim/refusals.ts'
import { ruleIn } from '../../pim/rule-writes.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { filterIn, matching } from '../filter.ts'
import { answerOne, pageFrom, type Row } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { demandFit, demandManageable } from './fit.ts'
import { type Governed, policyAssignmentRow, policyRow } from './policy-rows.ts'
import { demandOneOf, scopesOf } from './scopes.ts'
import { pimShown } from './shown.ts'
import { demandManager } from './standing.ts'

const policies = 'policies/roleManagementPolicies'
const policyAssignments = 'policies/roleManagementPolicyAssignments'

/** The policy of each side of a group. */
export function listPolicyAssignments(state: TenantState, request: Request, caller: Caller): GraphReply {
  return listed(state, request, { caller, context: policyAssignments, rowOf: policyAssignmentRow })
}

export function readPolicyAssignment(state: TenantState, request: Request, caller: Caller): GraphReply {
  const named = String(request.params.id)
  const governed = allGoverned(state).find(({ pim, side }) => `${pim.policies.idOf(side)}_${side}` === named)
  demandReader(state, caller, governed?.pim.group)
  if (!governed) return refuse(404, 'ResourceNotFound', 'The policy assignment does not exist.')
  const row = policyAssignmentRow(state, governed, request)
  return { body: answerOne(state, request, { context: policyAssignments, row }) }
}

export function listPolicies(state: TenantState, request: Request, caller: Caller): GraphReply {
  return listed(state, request, { caller, context: policies, rowOf: policyRow })
}

export function readPolicy(state: TenantState, request: Request, caller: Caller): GraphReply {
  const row = policyRow(state, readable(state, request, caller), request)
  return { body: answerOne(state, request, { context: policies, row }) }
}

export function patchRule(state: TenantState, request: Request, caller: Caller): GraphReply {
  const { pim, side } = writable(state, request, caller)
  const present = pim.policies.rules[side]
  pim.policies.put(side, ruleIn(request.body, { present, id: String(request.params.rule) }))
  return { status: 204 }
}

export function patchPolicy(state: TenantState, request: Request, caller: Caller): GraphReply {
  const governed = writable(state, request, caller)
  const { pim, side } = governed
  const before = pim.policies.rules[side]
  if (!Array.isArray(request.body?.rules)) refusePim('InvalidPolicy')
  const present = new Map(before)
  for (const wish of request.body.rules) {
    const rule = ruleIn(wish, { present, id: String(wish?.id) })
    present.set(rule.id, rule)
  }
  for (const [id, rule] of present) if (before.get(id) !== rule) pim.policies.put(side, rule)
  const { rules: _, ...row } = policyRow(state, governed, request)
  return { body: answerOne(state, request, { context: policies, row }) }
}

function writable(state: TenantState, request: Request, caller: Caller): Governed {
  demandOneOf(caller, scopesOf.policy.write)
  const governed = governedBy(state, request)
  demandManager(state, caller, governed?.pim.group)
  if (!governed) return unknownPolicy()
  demandManageable(state, governed.pim)
  return governed
}

/** The side of a group whose policy the request names. Throws Graph's 403 for somebody who may not read the policy. */
export function readable(state: TenantState, request: Request, caller: Caller): Governed {
  const governed = governedBy(state, request)
  demandReader(state, caller, governed?.pim.group)
  return governed ?? unknownPolicy()
}

function demandReader(state: TenantState, caller: Caller, group: GroupKey | undefined): void {
  demandOneOf(caller, scopesOf.policy.read)
  if (state.switches.policyReaders === 'administrators') demandManager(state, caller, group)
}

const governedBy = (state: TenantState, { params }: Request): Governed | undefined =>
  allGoverned(state).find(({ pim, side }) => pim.policies.idOf(side) === String(params.id))

const allGoverned = ({ pims }: TenantState): Governed[] => pims.all().flatMap(bothSides)

const bothSides = (pim: Pim): Governed[] => (['member', 'owner'] as const).map(side => ({ pim, side }))

const unknownPolicy = (): never => refuse(404, 'ResourceNotFound', 'The policy does not exist.')

type List = { caller: Caller; context: string; rowOf: (...asked: [TenantState, Governed, Request]) => Row }

function listed(state: TenantState, request: Request, { caller, context, rowOf }: List): GraphReply {
  demandOneOf(caller, scopesOf.policy.read)
  const filter = filterIn(request, ['scopeId', 'scopeType', 'roleDefinitionId'])
  const pim = pimShown(state, filter.scopeId)
  demandReader(state, caller, pim?.group)
  if (!filter.scopeId || !filter.scopeType)
    refuse(400, 'InvalidFilter', 'The filter must compare scopeId and scopeType with eq.')
  if (!pim) return refuse(404, 'ResourceNotFound', `The resource '${filter.scopeId}' is not found.`)
  if (!pim.policies.isManaged()) demandFit(state, pim)
  // The ids of the last list stay valid until the next list of the same group.
  if (state.switches.policyIdsChange) pim.policies.newIds()
  const rows = bothSides(pim).map(governed => ({ row: rowOf(state, governed, request) }))
  const found = matching(rows, filter).map(({ row }) => row)
  return { body: pageFrom(state, request, { context, rows: found, pageSize: 100 }) }
}
