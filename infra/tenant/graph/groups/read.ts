import type { Request } from 'express'
import { type Caller, demand } from '../../caller.ts'
import type { TenantState } from '../../state.ts'
import { answerOne, type Row } from '../pages.ts'
import { groupAsked, groupReaders, groupShown } from './rows.ts'

export function showGroup(state: TenantState, request: Request, caller: Caller): Row {
  demand(caller, { delegated: [groupReaders], application: [groupReaders] })
  const row = groupAsked(state, request, groupShown(state, String(request.params.id)))
  return answerOne(state, request, { context: 'groups', row })
}
