import { type Caller, demand } from '../../caller.ts'
import { denied, GraphRefusal } from '../../refusal.ts'

const alike = (...lists: string[][]) => ({ delegated: lists, application: lists })

/** The permissions that Microsoft's pages name for each part: one of each list. */
export const needsOf = {
  contexts: {
    read: alike([
      'AuthenticationContext.Read.All',
      'AuthenticationContext.ReadWrite.All',
      'Policy.Read.ConditionalAccess',
      'Policy.ReadWrite.ConditionalAccess',
    ]),
    write: alike(['AuthenticationContext.ReadWrite.All', 'Policy.ReadWrite.ConditionalAccess']),
  },
  strengths: {
    read: alike(['Policy.Read.AuthenticationMethod', 'Policy.Read.All']),
    write: alike(['Policy.ReadWrite.ConditionalAccess', 'Policy.ReadWrite.AuthenticationMethod']),
  },
  policies: {
    read: alike(['Policy.Read.All', 'Policy.Read.ConditionalAccess']),
    write: alike(['Policy.Read.All'], ['Policy.ReadWrite.ConditionalAccess']),
  },
}

/** Throws the 403 for a missing permission, and for people without a role: this tenant has one that fits. */
export function demandAdministrator(caller: Caller, needs: (typeof needsOf)['contexts']['read']): void {
  demand(caller, needs)
  if (caller.person && !caller.person.globalAdministrator) throw new GraphRefusal(denied)
}
