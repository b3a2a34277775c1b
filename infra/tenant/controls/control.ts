import { type ErrorRequestHandler, json, type RequestHandler, Router } from 'express'
import * as z from 'zod'
import { appRoleValues, roleGroupKeys } from '../directory/app-roles.ts'
import { groups } from '../directory/ids.ts'
import { idOfGroup } from '../directory/managed.ts'
import { people } from '../directory/people.ts'
import { graphBaseOf } from '../graph/pages.ts'
import { lifecycleEvents } from '../graph/subscription.ts'
import type { Pim } from '../pim/pim.ts'
import type { Controls, TenantState } from '../state.ts'
import { mark, turn, unmark } from '../switches/switches.ts'
import { pimActs } from './control-pim.ts'
import { giveOperatorToken, operatorTokenSeconds } from './operator.ts'
import { requestViews } from './request-view.ts'
import { sameSiteOnly } from './same-site.ts'

const someone = z.strictObject({ person: z.string() })
const secret = z.strictObject({ value: z.string().min(8), until: z.iso.datetime({ offset: true }).optional() })
const role = z.enum(appRoleValues)
const roleAssignment = z.union([
  z.strictObject({ role, group: z.enum(roleGroupKeys) }),
  z.strictObject({ role, person: z.string() }),
])
const lifecycle = z.strictObject({ event: z.enum(lifecycleEvents) })
const rolling = z.strictObject({ how: z.enum(['add', 'replace']).default('add') })

/**
 * The JSON control surface: `GET /control` is the state, each POST changes it and answers with the new state. Only
 * `/control/token` answers with an operator's access token.
 */
export function control(state: TenantState, { reset, rollKeys, tellLifecycle }: Controls): Router {
  const router = Router()
  const act = (path: string, action: (body: unknown) => unknown): Router => router.post(path, acting(state, action))
  router.use(sameSiteOnly, json())
  router.get('/', (_request, response) => void response.json(stateNow(state)))
  act('/switches', body => turn(state.switches, body))
  for (const [path, action] of Object.entries(pimActs(state.pims))) act(path, action)
  act('/roles/assign', body => state.roles.assign(roleAssignment.parse(body)))
  act('/roles/unassign', body => state.roles.unassign(roleAssignment.parse(body)))
  act('/disable', body => mark(state.switches, 'disabled', someone.parse(body).person))
  act('/enable', body => unmark(state.switches, 'disabled', someone.parse(body).person))
  act('/many-groups', body => mark(state.switches, 'manyGroups', someone.parse(body).person))
  act('/add-secret', body => {
    const { value, until } = secret.parse(body)
    state.credentials.addSecret(value, until === undefined ? undefined : new Date(until))
  })
  act('/remove-secret', body => state.credentials.removeSecret(secret.parse(body).value))
  act('/reset', reset)
  act('/keys', body => rollKeys(rolling.parse(body ?? {}).how))
  act('/lifecycle', body => tellLifecycle(lifecycle.parse(body).event))
  router.post('/token', (request, response) => {
    const access_token = giveOperatorToken(state, request.body)
    response.json({ access_token, expires_in: operatorTokenSeconds })
  })
  router.use(badRequest)
  return router
}

function acting(state: TenantState, action: (body: unknown) => unknown): RequestHandler {
  return async (request, response) => {
    await action(request.body)
    response.json(stateNow(state))
  }
}

function stateNow(state: TenantState) {
  const { directory, pims, switches, calls } = state
  return {
    graphBase: graphBaseOf(state),
    groups,
    people: people.map(({ key, oid, name, username, meets }) => ({ key, oid, name, username, meets })),
    // Those of the access group, as for a program that knows no other.
    ...standingIn(pims.all().find(({ group }) => group === 'members')),
    managed: Object.fromEntries(
      pims.managed().map(pim => [pim.group, { id: idOfGroup(pim.group), name: pim.name(), ...standingIn(pim) }]),
    ),
    roles: state.roles.assigned(),
    requests: requestViews(pims),
    switches,
    mails: directory.mails,
    subscriptions: [...state.subscriptions.values()],
    calls,
  }
}

const standingIn = (pim: Pim | undefined) => ({
  memberships: people.map(({ key }) => ({ person: key, until: pim?.memberships.activeUntil(key) ?? null })),
  eligible: (pim?.eligibilities.planned() ?? []).map(({ key, until }) => ({ person: key, until: until ?? null })),
})

// Every error thrown here comes from the request: a wrong shape, or a switch or person that does not exist.
const badRequest: ErrorRequestHandler = (error, _request, response, _next) => {
  const message = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message
  response.status(400).json({ error: message })
}
