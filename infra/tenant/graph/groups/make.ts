import { randomUUID } from 'node:crypto'
import type { Request } from 'express'
import * as z from 'zod'
import type { Caller } from '../../caller.ts'
import { type GroupRow, groupRow } from '../../directory/group-rows.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'
import { filtered } from '../comparisons.ts'
import { answerOne, pageFrom, type Row, topOf } from '../pages.ts'
import type { GraphReply } from '../reply.ts'
import { mayChangeGroup, mayMakeGroup, mayReadGroups } from './callers.ts'
import { put } from './change-members.ts'
import { groupAsked, groupShown } from './rows.ts'

const context = 'groups'
const comparable = { id: 'string', displayName: 'string', mailNickname: 'string', uniqueName: 'string' } as const
const bad = (message: string): never => refuse(400, 'Request_BadRequest', message)

/** The groups of the tenant, by a filter. */
export function listGroups(state: TenantState, request: Request, caller: Caller): GraphReply {
  mayReadGroups(caller)
  const found = filtered(request, state.groups.rows.shown() as (GroupRow & Row)[], comparable)
  const rows = found.map(row => groupAsked(state, request, row))
  return { body: pageFrom(state, request, { context, rows, pageSize: topOf(request, 100) }) }
}

const settable = z.looseObject({
  displayName: z.string().min(1).max(256),
  description: z.string().nullish(),
  mailEnabled: z.boolean(),
  mailNickname: z
    .string()
    .max(64)
    .regex(/^[!-~]+$/)
    .refine(value => !/[@()\\[\]";:<>,]/.test(value)),
  securityEnabled: z.boolean(),
  groupTypes: z.array(z.enum(['Unified', 'DynamicMembership'])).default([]),
  isAssignableToRole: z.boolean().nullish(),
  membershipRule: z.string().nullish(),
  membershipRuleProcessingState: z.string().nullish(),
  uniqueName: z.string().min(1).nullish(),
  visibility: z.string().nullish(),
})
const bound = z.array(z.string()).default([])
const links = z.looseObject({ 'owners@odata.bind': bound, 'members@odata.bind': bound })

/** Makes a group. Whoever makes it owns it, unless owners are named. */
export function makeGroup(state: TenantState, request: Request, caller: Caller): GraphReply {
  const read = settable.safeParse(request.body)
  if (!read.success) return bad(`A group cannot be made so: ${z.prettifyError(read.error)}`)
  const wish = read.data as Partial<GroupRow> & { displayName: string }
  mayMakeGroup(caller, wish)
  check(state, wish)
  const known = Object.fromEntries(Object.keys(settable.shape).flatMap(name => pairOf(wish, name)))
  const made = {
    ...known,
    id: randomUUID(),
    displayName: wish.displayName,
    createdDateTime: state.clock().toISOString(),
  }
  const row = state.groups.rows.put(groupRow(made))
  link(state, row, { request, caller })
  return { status: 201, body: answerOne(state, request, { context, row: groupAsked(state, request, row) }) }
}

const pairOf = (wish: object, name: string) => {
  const value = (wish as Record<string, unknown>)[name]
  return value === undefined || value === null ? [] : [[name, value] as const]
}

function check({ groups }: TenantState, wish: Partial<GroupRow>): void {
  const isDynamic = wish.groupTypes?.includes('DynamicMembership')
  if (!wish.securityEnabled && !wish.groupTypes?.includes('Unified')) bad('A group is for security or for mail.')
  if (wish.mailEnabled && !wish.groupTypes?.includes('Unified')) bad('Only a Unified group has a mailbox.')
  if (isDynamic && !wish.membershipRule) bad('A dynamic group needs a membershipRule.')
  if (wish.isAssignableToRole && (isDynamic || !wish.securityEnabled))
    bad('A group that can be assigned to a role is for security, and no rule decides who is in it.')
  if (wish.uniqueName && groups.rows.all().some(each => each.uniqueName === wish.uniqueName))
    refuse(
      409,
      'Request_MultipleObjectsWithSameKeyValue',
      'Another object with the same value for property uniqueName already exists.',
    )
}

function link(state: TenantState, row: GroupRow, { request, caller }: { request: Request; caller: Caller }): void {
  const wished = links.parse(request.body)
  const ids = (addresses: string[]) => addresses.map(address => address.split('/').at(-1)?.toLowerCase() ?? '')
  const named = ids(wished['owners@odata.bind'])
  const owners = named.length > 0 || !caller.person ? named : [caller.person.oid]
  for (const owner of owners) state.groups.owners.add(row.id, owner)
  for (const member of ids(wished['members@odata.bind'])) put(state, row, member)
}

const changeable = settable.pick({ displayName: true, description: true, mailNickname: true, visibility: true })

/** Changes what a group is called. Whether roles can be assigned to it stays for ever. */
export function changeGroup(state: TenantState, request: Request, caller: Caller): GraphReply {
  const shown = groupShown(state, String(request.params.id))
  mayChangeGroup(state, caller, shown)
  if ('isAssignableToRole' in request.body || 'uniqueName' in request.body)
    bad("The properties 'isAssignableToRole' and 'uniqueName' cannot be changed.")
  const read = changeable.partial().safeParse(request.body)
  if (!read.success) return bad(`A group cannot be changed so: ${z.prettifyError(read.error)}`)
  const wish = Object.fromEntries(Object.keys(changeable.shape).flatMap(name => pairOf(read.data, name)))
  state.groups.rows.put({ ...(state.groups.rows.now(shown.id) ?? shown), ...wish })
  return { status: 204 }
}
