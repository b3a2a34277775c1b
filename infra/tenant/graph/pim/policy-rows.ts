import type { Request } from 'express'
import { groups } from '../../directory/ids.ts'
import type { Side } from '../../pim/policy.ts'
import type { TenantState } from '../../state.ts'
import { queryOf, type Row } from '../pages.ts'

const scope = { scopeId: groups.access, scopeType: 'Group' }

const expands = (request: Request, name: string): boolean =>
  new RegExp(`\\b${name}\\b`).test(queryOf(request).get('$expand') ?? '')

/** A policy, with its rules if the request asks for them. */
export function policyRow(state: TenantState, side: Side, request: Request): Row {
  const { policies } = state.pim
  return {
    id: policies.idOf(side),
    displayName: 'Group',
    description: 'Group',
    isOrganizationDefault: false,
    ...scope,
    lastModifiedDateTime: policies.modifiedAt()?.toISOString() ?? null,
    lastModifiedBy: { displayName: null, id: null },
    ...(expands(request, 'rules') && { rules: ruleRows(state, side) }),
  }
}

/** The policy assignment of this side of the group, with the policy if the request asks for it. */
export function policyAssignmentRow(state: TenantState, side: Side, request: Request) {
  const policyId = state.pim.policies.idOf(side)
  return {
    id: `${policyId}_${side}`,
    policyId,
    ...scope,
    roleDefinitionId: side,
    ...(expands(request, 'policy') && { policy: policyRow(state, side, request) }),
  }
}

export const ruleRows = ({ pim, switches }: TenantState, side: Side): Row[] =>
  [...pim.policies.rules[side].values()].map(rule => spelled(rule, switches.approverSpelling))

// Approvers are spelled with an id of their own in older answers.
function spelled(rule: object, spelling: 'userId' | 'id'): Row {
  if (spelling === 'userId') return { ...rule }
  const text = JSON.stringify(rule).replaceAll(/"(?:userId|groupId)":("[^"]*")/g, '"isBackup":false,"id":$1')
  return JSON.parse(text)
}
