import type { Request } from 'express'
import type { Caller } from '../caller.ts'
import type { TenantState } from '../state.ts'
import type { Row } from './pages.ts'

/** The outcome of a call: a body with its status (200 when none is named), or a status alone. */
export type GraphReply = { status?: number; body?: Row }

/** Answers one call of Graph for a caller whose token was read. Throws GraphRefusal for what Graph refuses. */
export type Serve = (state: TenantState, request: Request, caller: Caller) => GraphReply | Promise<GraphReply>
