import { randomUUID } from 'node:crypto'
import type { Request } from 'express'
import * as z from 'zod'
import { type Caller, demand } from '../caller.ts'
import { clientId, groups } from '../directory/ids.ts'
import { projectGroups } from '../directory/people.ts'
import { refuse } from '../refusal.ts'
import type { TenantState } from '../state.ts'
import { graphBaseOf } from './pages.ts'
import type { GraphReply } from './reply.ts'
import type { Subscription } from './subscription.ts'

const needs = { delegated: [['Group.Read.All']], application: [['Group.Read.All']] }
const longestMinutes = 41_760
const mostSubscriptions = 100
const answerWithinMs = 10_000

const wish = z.object({
  changeType: z.enum(['updated', 'deleted', 'updated,deleted', 'deleted,updated']),
  notificationUrl: z.url(),
  lifecycleNotificationUrl: z.url().nullish(),
  resource: z.string(),
  expirationDateTime: z.iso.datetime({ offset: true }),
  clientState: z.string().max(128).nullish(),
  latestSupportedTlsVersion: z.string().nullish(),
})
const renewal = z.object({ expirationDateTime: z.iso.datetime({ offset: true }) })

/** Subscriptions to changes of a group's members. Only addresses of this machine are ever called. */
export const subscriptionCalls = { list, create, get, renew, remove, reauthorize }

function list(state: TenantState, _request: Request, caller: Caller): GraphReply {
  demand(caller, needs)
  const value = live(state).map(shown)
  return { body: { '@odata.context': `${graphBaseOf(state)}/$metadata#subscriptions`, value } }
}

async function create(state: TenantState, request: Request, caller: Caller): Promise<GraphReply> {
  demand(caller, needs)
  const asked = understood(wish, request)
  checkResource(asked.resource)
  const expirationDateTime = expiryFrom(state, asked.expirationDateTime)
  if (live(state).length >= mostSubscriptions) refuse(403, 'Forbidden', 'There are too many subscriptions.')
  const twin = live(state).find(each => each.resource === asked.resource && each.changeType === asked.changeType)
  if (twin && state.switches.notifications.refuseDuplicates)
    refuse(409, 'Conflict', `Subscription Id ${twin.id} already exists for the requested combination`)
  for (const url of [asked.notificationUrl, asked.lifecycleNotificationUrl]) if (url) await shakeHands(url)
  const clientState = asked.clientState ?? null
  const subscription = { ...unused, ...asked, clientState, expirationDateTime, id: randomUUID() }
  state.subscriptions.set(subscription.id, subscription)
  return { status: 201, body: described(state, subscription) }
}

function get(state: TenantState, request: Request, caller: Caller): GraphReply {
  return { body: described(state, found(state, request, caller)) }
}

function renew(state: TenantState, request: Request, caller: Caller): GraphReply {
  const subscription = found(state, request, caller)
  subscription.expirationDateTime = expiryFrom(state, understood(renewal, request).expirationDateTime)
  subscription.challengedAt = undefined
  return { body: described(state, subscription) }
}

function remove(state: TenantState, request: Request, caller: Caller): GraphReply {
  state.subscriptions.delete(found(state, request, caller).id)
  return { status: 204 }
}

function reauthorize(state: TenantState, request: Request, caller: Caller): GraphReply {
  found(state, request, caller).challengedAt = undefined
  return { status: 204 }
}

function found(state: TenantState, request: Request, caller: Caller): Subscription {
  demand(caller, needs)
  const subscription = live(state).find(({ id }) => id === request.params.id)
  return subscription ?? refuse(404, 'ResourceNotFound', 'The object was not found.')
}

/** The subscriptions that have not run out. */
export function live({ clock, subscriptions }: TenantState): Subscription[] {
  return [...subscriptions.values()].filter(({ expirationDateTime }) => new Date(expirationDateTime) > clock())
}

const unused = {
  applicationId: clientId,
  creatorId: null,
  includeResourceData: null,
  encryptionCertificate: null,
  encryptionCertificateId: null,
  notificationUrlAppId: null,
  notificationQueryOptions: null,
}

function described(state: TenantState, subscription: Subscription) {
  return { '@odata.context': `${graphBaseOf(state)}/$metadata#subscriptions/$entity`, ...shown(subscription) }
}

const shown = ({ challengedAt: _, ...subscription }: Subscription) => subscription

function understood<Shape extends z.ZodType>(shape: Shape, request: Request): z.output<Shape> {
  const { success, data, error } = shape.safeParse(request.body)
  return success ? data : refuse(400, 'InvalidRequest', z.prettifyError(error))
}

function checkResource(resource: string): void {
  const [, id] = /^\/?groups\/([^/]+)(?:\/(?:members|owners))?$/i.exec(resource) ?? []
  const known: readonly string[] = [...Object.values(groups), ...projectGroups]
  if (/^\/?groups$/i.test(resource)) return
  if (!id) refuse(400, 'InvalidRequest', `The resource '${resource}' is not supported.`)
  if (!known.includes(id.toLowerCase())) refuse(404, 'ResourceNotFound', `The group '${id}' was not found.`)
}

function expiryFrom({ clock }: TenantState, asked: string): string {
  const minutes = (Date.parse(asked) - clock().getTime()) / 60_000
  if (minutes <= 0) refuse(400, 'InvalidRequest', 'The expiration lies in the past.')
  if (minutes > longestMinutes)
    refuse(400, 'InvalidRequest', `Subscription expiration can only be ${longestMinutes} minutes in the future.`)
  return new Date(asked).toISOString()
}

/** Whether an address is on this machine: the tenant never calls another one. */
const isLoopback = (url: string): boolean => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)

async function shakeHands(url: string): Promise<void> {
  if (!isLoopback(url)) refuse(400, 'ValidationError', 'The local tenant calls addresses of this machine only.')
  const token = `Validation: Testing client application reachability for subscription <${randomUUID()}> & more`
  const address = new URL(url)
  address.searchParams.set('validationToken', token)
  const headers = { 'Content-Type': 'text/plain; charset=utf-8' }
  const signal = AbortSignal.timeout(answerWithinMs)
  const reply = await fetch(address, { method: 'POST', headers, signal, redirect: 'manual' }).catch(() => undefined)
  const isText = reply?.headers.get('content-type')?.startsWith('text/plain')
  if (reply?.status === 200 && isText && (await reply.text()) === token) return
  refuse(
    400,
    'ValidationError',
    'Subscription validation request failed. The notification endpoint must echo the token.',
  )
}
