import type { Request } from 'express'
import { type Caller, demand, me } from '../caller.ts'
import { everybody, type Person } from '../directory/people.ts'
import { refuse } from '../refusal.ts'
import type { TenantState } from '../state.ts'
import { answerOne, queryOf, type Row } from './pages.ts'

/** The permissions with which somebody may read who other people are. */
export const peopleReaders = ['User.ReadBasic.All', 'User.Read.All', 'Directory.Read.All']
const ownReaders = ['User.Read', ...peopleReaders]

export function showMe(state: TenantState, request: Request, caller: Caller): Row {
  const person = me(caller)
  demand(caller, { delegated: [ownReaders], application: [] })
  return answerOne(state, request, { context: 'users', row: personRow(state, person) })
}

export function showUser(state: TenantState, request: Request, caller: Caller): Row {
  const named = String(request.params.id).toLowerCase()
  const person = everybody.find(({ oid, username }) => oid === named || username.toLowerCase() === named)
  if (!person || person !== caller.person)
    demand(caller, { delegated: [peopleReaders], application: [peopleReaders.slice(1)] })
  else demand(caller, { delegated: [ownReaders], application: [] })
  if (!person) return refuse(404, 'Request_ResourceNotFound', `Resource '${request.params.id}' does not exist.`)
  // Graph shows whether an account is enabled only to who asks for it by name and may read people whole.
  const mayRead = ['User.Read.All', 'Directory.Read.All'].some(each => caller.permissions.has(each))
  const isAsked = mayRead && queryOf(request).get('$select')?.includes('accountEnabled')
  const enabled = { accountEnabled: !state.switches.disabled.includes(person.key) }
  return answerOne(state, request, {
    context: 'users',
    row: { ...personRow(state, person), ...(isAsked && enabled) },
  })
}

/** A person inside another object, with no more than the caller may read. */
export function personFor(state: TenantState, person: Person, { person: reader, permissions }: Caller): Row {
  const mayRead = peopleReaders.some(each => permissions.has(each)) || reader?.key === person.key
  // The property holds objects of several kinds, so this one names its kind.
  const type = { '@odata.type': '#microsoft.graph.user' }
  return mayRead ? { ...type, ...personRow(state, person) } : { ...type, id: person.oid }
}

/** A person as the directory shows them. */
export function personRow({ switches }: TenantState, person: Person): Row {
  return {
    id: person.oid,
    displayName: switches.displayNames[person.key] ?? person.name,
    userPrincipalName: switches.usernames[person.key] ?? person.username,
    mail: person.email ?? null,
  }
}
