import { randomBytes, randomUUID } from 'node:crypto'
import type { Request } from 'express'
import type { Caller } from '../../caller.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { passwordRow } from '../../token/credentials.ts'
import { graphBaseOf } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { mayChangeApp } from './callers.ts'
import { present, shownApplication } from './found.ts'

/** Makes a client secret. This answer alone shows it. Without a wish for its end it is good for two years. */
export function addPassword(state: TenantState, request: Request, caller: Caller): GraphReply {
  const shown = shownApplication(state, request)
  mayChangeApp(state, caller, shown.id)
  const { displayName = null, startDateTime, endDateTime } = request.body?.passwordCredential ?? {}
  const from = startDateTime ? new Date(startDateTime) : state.clock()
  const until = endDateTime ? new Date(endDateTime) : twoYearsAfter(from)
  if (until <= from || until <= state.clock())
    refuse(400, 'Request_BadRequest', 'The end date of a password credential must lie ahead.')
  const value = `${randomBytes(2).toString('hex').slice(0, 3)}8Q~${randomBytes(25).toString('base64url')}`
  const span = { startDateTime: from.toISOString(), endDateTime: until.toISOString() }
  const row = passwordRow({ keyId: randomUUID(), value, displayName, ...span })
  const { applications } = state
  const before = present(applications.applications, shown)
  applications.save({ ...before, passwordCredentials: [...before.passwordCredentials, row] })
  applications.secrets.set(row.keyId, value)
  const context = `${graphBaseOf(state)}/$metadata#microsoft.graph.passwordCredential`
  return { body: { '@odata.context': context, ...row, secretText: value } }
}

/** Takes a client secret away by its key id. */
export function removePassword(state: TenantState, request: Request, caller: Caller): GraphReply {
  const shown = shownApplication(state, request)
  mayChangeApp(state, caller, shown.id)
  const keyId = String(request.body?.keyId ?? '').toLowerCase()
  const { applications } = state
  const before = present(applications.applications, shown)
  if (!before.passwordCredentials.some(each => each.keyId === keyId))
    refuse(400, 'Request_BadRequest', `No password credential found with keyId ${keyId}.`)
  const rest = before.passwordCredentials.filter(each => each.keyId !== keyId)
  applications.save({ ...before, passwordCredentials: rest })
  applications.secrets.delete(keyId)
  return { status: 204 }
}

function twoYearsAfter(from: Date): Date {
  const until = new Date(from)
  until.setUTCFullYear(until.getUTCFullYear() + 2)
  return until
}
