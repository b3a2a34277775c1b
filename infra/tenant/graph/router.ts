import { setTimeout as delay } from 'node:timers/promises'
import { type ErrorRequestHandler, json, type RequestHandler, type Response, Router } from 'express'
import { callerOf } from '../caller.ts'
import { type GraphCalls, type GraphPlace, noGraphCalls } from '../calls.ts'
import type { GroupKey } from '../directory/managed.ts'
import { GraphRefusal, requestIds, sendRefusal } from '../refusal.ts'
import type { TenantState } from '../state.ts'
import { graphCalls } from './calls.ts'
import { distorted, loseReply, playInstead, send, takeGraphFault } from './faults.ts'
import { groupsOfCall } from './groups-of-call.ts'
import type { Row } from './pages.ts'
import type { Serve } from './reply.ts'
import { type Asked, checkAsked } from './strict.ts'

/** The part of Microsoft Graph that membership and PIM for Groups need. It refuses every other address. */
export function graph(state: TenantState): Router {
  const router = Router()
  router.use(cutOff(state), json({ strict: false, type: '*/*' }))
  for (const [method, path, place, asked, serve] of graphCalls)
    router[method](path, serving(state, { place, asked, serve }))
  router.use((request, response) => sendRefusal(state, request, response, unknownPath))
  router.use(refused(state))
  return router
}

/** Answers every version but v1.0, beta too, with one of Graph's errors. */
export function otherGraph(state: TenantState): RequestHandler {
  return (request, response) => {
    const version = request.path.split('/')[1] ?? ''
    const message = `The local tenant serves v1.0 of Graph alone, not '${version.slice(0, 40)}'.`
    sendRefusal(state, request, response, { status: 400, code: 'BadRequest', message })
  }
}

const unknownPath = { status: 400, code: 'BadRequest', message: 'Resource not found for the segment.' }
const unreadable = { status: 400, code: 'BadRequest', message: 'Unable to read JSON request payload.' }

function cutOff({ switches }: TenantState): RequestHandler {
  return (request, _response, next) => {
    if (switches.graphDown) request.socket.destroy()
    else next()
  }
}

/** Conditional Access takes few requests a second, and does not say when to come back. */
function isThrottled({ switches, conditionalAccess }: TenantState, place: GraphPlace): boolean {
  const { conditionalAccessPerSecond } = switches
  if (place !== 'conditionalAccess' || conditionalAccessPerSecond === undefined) return false
  return conditionalAccess.isTooOften(conditionalAccessPerSecond)
}

const throttled = { status: 429, code: 'TooManyRequests', message: 'Too many requests.' }

type Part = { place: GraphPlace; asked: Asked; serve: Serve }

function serving(state: TenantState, { place, asked, serve }: Part): RequestHandler {
  return async (request, response) => {
    state.calls.graph[place] += 1
    for (const group of groupsOfCall(state, request)) countFor(state, group)[place] += 1
    await delay(state.switches.slow.graph ?? 0)
    requestIds(request, response)
    if (isThrottled(state, place)) return sendRefusal(state, request, response, throttled)
    const fault = takeGraphFault(state, place, request)
    if (fault && playInstead(state, { fault, place, request, response })) return
    const caller = callerOf(state, request)
    checkAsked(request, asked)
    const { status = 200, body } = await serve(state, request, caller)
    if (fault && loseReply(state, { fault, request, response })) return
    response.status(fault?.what === '202' ? 202 : status)
    if (!body) response.end()
    else sendBody(response, distorted(body, fault?.what), fault?.what)
  }
}

function countFor({ calls }: TenantState, group: GroupKey): GraphCalls {
  calls.graphOf[group] ??= noGraphCalls()
  return calls.graphOf[group]
}

function sendBody(response: Response, body: Row, fault: Parameters<typeof send>[2]): void {
  response.set('Content-Type', 'application/json;odata.metadata=minimal;odata.streaming=true;charset=utf-8')
  send(response, JSON.stringify(body), fault)
}

function refused(state: TenantState): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (error instanceof GraphRefusal) return sendRefusal(state, request, response, error.refusal)
    if (error instanceof SyntaxError) return sendRefusal(state, request, response, unreadable)
    next(error)
  }
}
