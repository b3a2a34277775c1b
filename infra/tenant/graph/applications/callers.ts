import { type Caller, demand } from '../../caller.ts'
import { guidFrom } from '../../directory/ids.ts'
import { denied, GraphRefusal } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'

const own = 'Application.ReadWrite.OwnedBy'
const readers = ['Application.Read.All', 'Application.ReadWrite.All', 'Directory.Read.All']
const writers = ['Application.ReadWrite.All']
const assigners = ['AppRoleAssignment.ReadWrite.All']
const consenters = ['DelegatedPermissionGrant.ReadWrite.All']
const consentReaders = ['Directory.Read.All', ...consenters]
const assignmentReaders = [...readers, ...assigners]

const both = (...lists: (readonly string[])[]) => ({ delegated: lists, application: lists })

export const mayListApps = (caller: Caller): void => demand(caller, both(readers))
export const mayReadAssignments = (caller: Caller): void => demand(caller, both(assignmentReaders))
export const mayReadConsent = (caller: Caller): void => demand(caller, both(consentReaders))

/** One app may also be read by an app that owns it and may change what it owns. */
export function mayReadApp(state: TenantState, caller: Caller, ...objects: string[]): void {
  if (!isOwnAlone(state, caller, objects)) mayListApps(caller)
}

/** A new registration: an app that may only change what it owns may make one, and owns it. */
export function mayRegister(caller: Caller): void {
  demand(caller, { delegated: [writers], application: [[...writers, own]] })
}

/** A change takes the permission, and of a person a role in the directory as well, or to own the app. */
export function mayChangeApp(state: TenantState, caller: Caller, ...objects: string[]): void {
  if (isOwnAlone(state, caller, objects)) return
  demand(caller, both(writers))
  if (!administers(caller) && !ownsOneOf(state, caller, objects)) throw new GraphRefusal(denied)
}

export function mayAssign(state: TenantState, caller: Caller, resource: string): void {
  demand(caller, both(assigners, assignmentReaders))
  if (!administers(caller) && !ownsOneOf(state, caller, [resource])) throw new GraphRefusal(denied)
}

export function mayConsent(caller: Caller): void {
  demand(caller, both(consenters))
  if (!administers(caller)) throw new GraphRefusal(denied)
}

/** The object id of whoever calls: the person, or the app. A token that belongs to no app here has an id of its own. */
export const callerId = ({ applications }: TenantState, { person, client }: Caller): string =>
  person?.oid ?? applications.principal(client ?? '')?.id ?? guidFrom('the app of an operator')

// No role stands behind an app: its permission is enough.
const administers = ({ person }: Caller): boolean => person === undefined || person.globalAdministrator

const isOwnAlone = (state: TenantState, caller: Caller, objects: readonly string[]): boolean =>
  !caller.person && caller.permissions.has(own) && ownsOneOf(state, caller, objects)

function ownsOneOf(state: TenantState, caller: Caller, objects: readonly string[]): boolean {
  const id = callerId(state, caller)
  return state.applications.owners.all().some(({ object, owner }) => owner === id && objects.includes(object))
}
