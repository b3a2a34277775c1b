import type { Request } from 'express'
import { queryOf, type Row } from './graph-pages.ts'
import { groups } from './ids.ts'
import type { Side } from './pim-policy.ts'
import type { TenantState } from './state.ts'

export const scope = { scopeId: groups.access, scopeType: 'Group' }

export const expands = (request: Request, name: string): boolean =>
  new RegExp(`\\b${name}\\b`).test(queryOf(request).get('$expand') ?? '')

/** A policy, with its rules where they are asked for. */
export function policyRow({ pim, switches }: TenantState, side: Side, request: Request): Row {
  const { policies } = pim
  const rules = [...policies.rules[side].values()].map(rule => spelled(rule, switches.approverSpelling))
  return {
    id: policies.idOf(side),
    displayName: 'Group',
    description: 'Group',
    isOrganizationDefault: false,
    ...scope,
    lastModifiedDateTime: policies.modifiedAt()?.toISOString() ?? null,
    lastModifiedBy: { displayName: null, id: null },
    ...(expands(request, 'rules') && { rules }),
  }
}

// Approvers are spelled with an id of their own in older answers.
function spelled(rule: object, spelling: 'userId' | 'id'): object {
  if (spelling === 'userId') return rule
  const text = JSON.stringify(rule).replaceAll(/"(?:userId|groupId)":("[^"]*")/g, '"isBackup":false,"id":$1')
  return JSON.parse(text)
}
