import { setTimeout as delay } from 'node:timers/promises'
import { type ErrorRequestHandler, json, type Request, type RequestHandler, type Response, Router } from 'express'
import { type Caller, callerOf } from './graph-auth.ts'
import { checkMe, checkUser } from './graph-check.ts'
import { GraphRefusal, requestIds, sendRefusal } from './graph-errors.ts'
import { distorted, playInstead, send, takeGraphFault } from './graph-faults.ts'
import { listInstances, listOwnInstances, oneInstance } from './graph-instances.ts'
import { listDirectMembers, listTransitiveMembers } from './graph-members.ts'
import type { Row } from './graph-pages.ts'
import { subscriptionCalls } from './graph-subscriptions.ts'
import type { GraphCalls, TenantState } from './state.ts'

/** What a call comes to: a body with its status, or a status alone. */
export type GraphReply = { status?: number; body?: Row }
type Serve = (state: TenantState, request: Request, caller: Caller) => GraphReply | Promise<GraphReply>
type Call = [method: 'get' | 'post' | 'patch' | 'delete', path: string, place: keyof GraphCalls, serve: Serve]

const instances = '/identityGovernance/privilegedAccess/group/assignmentScheduleInstances'

const calls: readonly Call[] = [
  ['get', instances, 'instances', replying(listInstances)],
  ['get', `${instances}/:id`, 'instances', replying(instancesNamed)],
  ['get', '/groups/:id/members', 'members', replying(listDirectMembers)],
  ['get', '/groups/:id/transitiveMembers', 'members', replying(listTransitiveMembers)],
  ['post', '/me/checkMemberGroups', 'check', replying(checkMe)],
  ['post', '/users/:id/checkMemberGroups', 'check', replying(checkUser)],
  ['get', '/subscriptions', 'subscriptions', subscriptionCalls.list],
  ['post', '/subscriptions', 'subscriptions', subscriptionCalls.create],
  ['get', '/subscriptions/:id', 'subscriptions', subscriptionCalls.get],
  ['patch', '/subscriptions/:id', 'subscriptions', subscriptionCalls.renew],
  ['delete', '/subscriptions/:id', 'subscriptions', subscriptionCalls.remove],
  ['post', '/subscriptions/:id/reauthorize', 'subscriptions', subscriptionCalls.reauthorize],
]

/** Microsoft Graph, as much of it as membership takes. Every other address of it is refused. */
export function graph(state: TenantState): Router {
  const router = Router()
  router.use(cutOff(state), json({ strict: false, type: '*/*' }))
  for (const [method, path, place, serve] of calls) router[method](path, serving(state, { place, serve }))
  router.use((request, response) => sendRefusal(state, request, response, unknownPath))
  router.use(refused(state))
  return router
}

function replying(serve: (state: TenantState, request: Request, caller: Caller) => Row): Serve {
  return (...call) => ({ body: serve(...call) })
}

// The function filterByCurrentUser stands where an id would.
function instancesNamed(state: TenantState, request: Request, caller: Caller): Row {
  const id = String(request.params.id)
  const isOwn = /^filterByCurrentUser\(on='principal'\)$/i.test(id)
  return isOwn ? listOwnInstances(state, request, caller) : oneInstance(state, id, caller)
}

const unknownPath = { status: 400, code: 'BadRequest', message: 'Resource not found for the segment.' }
const unreadable = { status: 400, code: 'BadRequest', message: 'Unable to read JSON request payload.' }

function cutOff({ switches }: TenantState): RequestHandler {
  return (request, _response, next) => {
    if (switches.graphDown) request.socket.destroy()
    else next()
  }
}

type Part = { place: keyof GraphCalls; serve: Serve }

function serving(state: TenantState, { place, serve }: Part): RequestHandler {
  return async (request, response) => {
    state.calls.graph[place] += 1
    await delay(state.switches.slow.graph ?? 0)
    requestIds(request, response)
    const fault = takeGraphFault(state, place, request)
    if (fault && playInstead(state, { fault, place, request, response })) return
    const { status = 200, body } = await serve(state, request, callerOf(state, request))
    response.status(status)
    if (!body) response.end()
    else sendBody(response, distorted(body, fault?.what), fault?.what)
  }
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
