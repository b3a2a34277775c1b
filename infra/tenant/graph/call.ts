import type { Request } from 'express'
import type { Caller } from '../caller.ts'
import type { GraphPlace } from '../calls.ts'
import type { TenantState } from '../state.ts'
import type { Row } from './pages.ts'
import type { Serve } from './reply.ts'
import type { Asked } from './strict.ts'

type Method = 'get' | 'post' | 'patch' | 'delete'

/** One call that this Graph answers: what it asks for, the part of Graph that it belongs to, and who serves it. */
export type Call = [method: Method, path: string, place: GraphPlace, asked: Asked, serve: Serve]

export const itemOf = (kind: Asked['kind']): Asked => ({ kind, as: 'item' })
export const listOf = (kind: Asked['kind']): Asked => ({ kind, as: 'list' })
export const actOn = (kind: Asked['kind']): Asked => ({ kind, as: 'act' })

/** Serves a call whose answer is a body with the status 200. */
export function replying(serve: (state: TenantState, request: Request, caller: Caller) => Row): Serve {
  return (...call) => ({ body: serve(...call) })
}
