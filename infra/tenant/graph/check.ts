import type { Request } from 'express'
import * as z from 'zod'
import { type Caller, demand, me } from '../caller.ts'
import { everybody, type Person } from '../directory/people.ts'
import { refuse } from '../refusal.ts'
import { directGroups, withOuterGroups } from '../sign-in/admission.ts'
import type { TenantState } from '../state.ts'
import { membersLag } from './lag.ts'
import { graphBaseOf } from './pages.ts'

const ownReaders = [
  'GroupMember.ReadBasic.All',
  'GroupMember.Read.All',
  'Group.Read.All',
  'User.Read.All',
  'Directory.Read.All',
]
const needsForMe = { delegated: [ownReaders], application: [] }
const needsForOthers = {
  delegated: [['User.ReadBasic.All', 'User.Read.All'], ['GroupMember.Read.All']],
  application: [['User.Read.All'], ['GroupMember.Read.All']],
}

const question = z.object({ groupIds: z.array(z.guid()) })

/** The groups, among those asked about, that the caller is in, directly or through other groups. */
export function checkMe(state: TenantState, request: Request, caller: Caller) {
  const person = me(caller)
  demand(caller, needsForMe)
  return check(state, request, person)
}

export function checkUser(state: TenantState, request: Request, caller: Caller) {
  demand(caller, needsForOthers)
  return check(state, request, personNamed(String(request.params.id)))
}

function check(state: TenantState, request: Request, person: Person) {
  const asked = question.safeParse(request.body).data?.groupIds
  if (!asked) return refuse(400, 'Request_BadRequest', 'The body must hold groupIds, a list of ids.')
  if (asked.length > 20) refuse(400, 'Request_BadRequest', 'Too many ids: at most 20 may be checked at once.')
  const direct = directGroups(state, person, membersLag(state))
  const isIn = new Set(withOuterGroups(state, direct))
  const value = [...new Set(asked.map(id => id.toLowerCase()))].filter(id => isIn.has(id))
  return { '@odata.context': `${graphBaseOf(state)}/$metadata#Collection(Edm.String)`, value }
}

function personNamed(id: string): Person {
  const named = id.toLowerCase()
  const person = everybody.find(({ oid, username }) => oid === named || username.toLowerCase() === named)
  return person ?? refuse(404, 'Request_ResourceNotFound', `Resource '${id}' does not exist.`)
}
