import { setTimeout as delay } from 'node:timers/promises'
import { json, type Request, type RequestHandler, type Response, Router } from 'express'
import { type Caller, callerOf } from './graph-auth.ts'
import { checkMe, checkUser } from './graph-check.ts'
import { GraphRefusal, requestIds, sendRefusal } from './graph-errors.ts'
import { distorted, playInstead, send, takeGraphFault } from './graph-faults.ts'
import { listInstances, listOwnInstances, oneInstance } from './graph-instances.ts'
import { listMembers } from './graph-members.ts'
import type { Row } from './graph-pages.ts'
import { subscriptionCalls } from './graph-subscriptions.ts'
import type { GraphCalls, TenantState } from './state.ts'

/** What a call comes to: a body with its status, or 204 without one. */
export type GraphReply = { status?: number; body?: Row }
type Serve = (request: Request, caller: Caller) => Row | Promise<GraphReply> | GraphReply

const pim = '/identityGovernance/privilegedAccess/group/assignmentScheduleInstances'
const ownRows = /^filterByCurrentUser\(on='principal'\)$/i

/** Microsoft Graph, as much of it as membership takes. Every other address of it is refused. */
export function graph(state: TenantState): Router {
  const router = Router()
  const list =
    (serve: (request: Request, caller: Caller) => Row): Serve =>
    (request, caller) => ({ body: serve(request, caller) })
  const at = (place: keyof GraphCalls, serve: Serve) => serving(state, place, serve)
  const subscriptions = subscriptionCalls(state)

  router.use(cutOff(state), json({ strict: false, type: '*/*' }))
  router.get(
    pim,
    at(
      'instances',
      list((request, caller) => listInstances(state, request, caller)),
    ),
  )
  router.get(
    `${pim}/:id`,
    at(
      'instances',
      list((request, caller) => {
        const id = String(request.params.id)
        return ownRows.test(id) ? listOwnInstances(state, request, caller) : oneInstance(state, id, caller)
      }),
    ),
  )
  router.get(
    '/groups/:id/members',
    at(
      'members',
      list((request, caller) => listMembers(state, request, { caller, which: 'direct' })),
    ),
  )
  router.get(
    '/groups/:id/transitiveMembers',
    at(
      'members',
      list((request, caller) => listMembers(state, request, { caller, which: 'transitive' })),
    ),
  )
  router.post(
    '/me/checkMemberGroups',
    at(
      'check',
      list((request, caller) => checkMe(state, request, caller)),
    ),
  )
  router.post(
    '/users/:id/checkMemberGroups',
    at(
      'check',
      list((request, caller) => checkUser(state, request, caller)),
    ),
  )
  router.get('/subscriptions', at('subscriptions', subscriptions.list))
  router.post('/subscriptions', at('subscriptions', subscriptions.create))
  router.get('/subscriptions/:id', at('subscriptions', subscriptions.get))
  router.patch('/subscriptions/:id', at('subscriptions', subscriptions.renew))
  router.delete('/subscriptions/:id', at('subscriptions', subscriptions.remove))
  router.post('/subscriptions/:id/reauthorize', at('subscriptions', subscriptions.reauthorize))
  router.use((request, response) => sendRefusal(state, request, response, unknownPath))
  return router
}

const unknownPath = { status: 400, code: 'BadRequest', message: 'Resource not found for the segment.' }

function cutOff({ switches }: TenantState): RequestHandler {
  return (request, _response, next) => {
    if (switches.graphDown) request.socket.destroy()
    else next()
  }
}

function serving(state: TenantState, place: keyof GraphCalls, serve: Serve): RequestHandler {
  return async (request, response) => {
    state.calls.graph[place] += 1
    await delay(state.switches.slow.graph ?? 0)
    requestIds(request, response)
    try {
      await answer(state, { place, serve, request, response })
    } catch (error) {
      if (!(error instanceof GraphRefusal)) throw error
      sendRefusal(state, request, response, error.refusal)
    }
  }
}

type Exchange = { place: keyof GraphCalls; serve: Serve; request: Request; response: Response }

async function answer(state: TenantState, { place, serve, request, response }: Exchange): Promise<void> {
  const fault = takeGraphFault(state, place, request)
  if (fault && playInstead(state, { fault, place, request, response })) return
  const { status = 200, body } = (await serve(request, callerOf(state, request))) as GraphReply
  response.status(status)
  if (!body) return void response.end()
  response.set('Content-Type', 'application/json;odata.metadata=minimal;odata.streaming=true;charset=utf-8')
  send(response, JSON.stringify(distorted(body, fault?.what)), fault?.what)
}
