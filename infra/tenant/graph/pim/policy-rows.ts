import type { Request } from 'express'
import { idOfGroup } from '../../directory/managed.ts'
import type { Pim } from '../../pim/pim.ts'
import type { Side } from '../../pim/policy.ts'
import type { TenantState } from '../../state.ts'
import { shownUntil } from '../lag.ts'
import { queryOf, type Row } from '../pages.ts'

/** One side of one group: each has a policy. */
export type Governed = { pim: Pim; side: Side }

const scopeOf = ({ pim }: Governed) => ({ scopeId: idOfGroup(pim.group), scopeType: 'Group' })

const expands = (request: Request, name: string): boolean =>
  new RegExp(`\\b${name}\\b`).test(queryOf(request).get('$expand') ?? '')

/** A policy, with its rules if the request asks for them. */
export function policyRow(state: TenantState, governed: Governed, request: Request): Row {
  const { policies } = governed.pim
  return {
    id: policies.idOf(governed.side),
    displayName: 'Group',
    description: 'Group',
    isOrganizationDefault: false,
    ...scopeOf(governed),
    lastModifiedDateTime: policies.modifiedAt()?.toISOString() ?? null,
    lastModifiedBy: { displayName: null, id: null },
    ...(expands(request, 'rules') && { rules: ruleRows(state, governed) }),
  }
}

/** The policy assignment of this side of a group, with the policy if the request asks for it. */
export function policyAssignmentRow(state: TenantState, governed: Governed, request: Request) {
  const { pim, side } = governed
  const policyId = pim.policies.idOf(side)
  return {
    id: `${policyId}_${side}`,
    policyId,
    ...scopeOf(governed),
    roleDefinitionId: side,
    ...(expands(request, 'policy') && { policy: policyRow(state, governed, request) }),
  }
}

/** The rules as a read shows them: the last writes may be missing. */
export function ruleRows(state: TenantState, { pim, side }: Governed): Row[] {
  const { approverSpelling } = state.switches
  return [...pim.policies.rulesAt(side, shownUntil(state)).values()].map(rule => spelled(rule, approverSpelling))
}

// Approvers are spelled with an id of their own in older answers.
function spelled(rule: object, spelling: 'userId' | 'id'): Row {
  if (spelling === 'userId') return { ...rule }
  const text = JSON.stringify(rule).replaceAll(/"(?:userId|groupId)":("[^"]*")/g, '"isBackup":false,"id":$1')
  return JSON.parse(text)
}
