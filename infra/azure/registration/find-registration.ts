import type { Application } from '@microsoft/microsoft-graph-types'
import type { Known } from '../model/known.ts'
import type { Given } from '../run/given.ts'
import { filterFor, isObjectId, onlyOne } from '../things/named.ts'

/** Everything that the set-up reads of a registration. Keys of certificates are shown only where they are selected. */
const fields = [
  'id',
  'appId',
  'displayName',
  'signInAudience',
  'groupMembershipClaims',
  'web',
  'optionalClaims',
  'appRoles',
  'requiredResourceAccess',
  'passwordCredentials',
  'keyCredentials',
]

export type Registration = Application & { id: string; appId: string }

/**
 * The registration of the wish, which names it, or gives its object id or client id; undefined where there is none. Its ids are known
 * from then on. Throws Stop where two have the name.
 */
export async function findRegistration(
  { graph, wish }: Pick<Given, 'graph' | 'wish'>,
  known: Known,
): Promise<Registration | undefined> {
  const id = known.application?.id ?? (await idOf(graph, wish.name))
  const found =
    id &&
    ((await graph.find<Registration>(`/applications/${id}?$select=${fields}`)) ??
      // Somebody who copies an id from the portal may have copied the other one.
      (await graph.find<Registration>(`/applications(appId='${id}')?$select=${fields}`)))
  if (!found) return undefined
  known.application = { id: found.id, appId: found.appId }
  return found
}

async function idOf(graph: Given['graph'], name: string): Promise<string | undefined> {
  if (isObjectId(name)) return name
  const found = await graph.list<Registration>(`/applications?${filterFor('displayName', name)}&$select=id,appId`)
  return onlyOne(found, 'registrations', name)?.id
}
