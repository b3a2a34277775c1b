import type { Request } from 'express'
import type { Application, ServicePrincipal } from '../../directory/registered/rows.ts'
import { refuse } from '../../refusal.ts'
import type { TenantState } from '../../state.ts'

/** Throws Graph's 404. */
export const noSuch = (id: unknown): never =>
  refuse(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  )

const same = (one: unknown, other: unknown): boolean =>
  typeof one === 'string' && one.toLowerCase() === String(other).toLowerCase()

/** The registration that an address names by its id, its client id or its unique name, as a read shows it now. */
export function shownApplication({ applications }: TenantState, { params }: Request): Application {
  return applicationNamed(applications.applications.shown(), params) ?? noSuch(Object.values(params)[0])
}

/** The same, if a read shows it. */
export function applicationNamed(
  rows: readonly Application[],
  { id, appId, uniqueName }: Request['params'],
): Application | undefined {
  return rows.find(row => same(row.id, id) || same(row.appId, appId) || same(row.uniqueName, uniqueName))
}

/** The service principal that an address names by its id or its client id, as a read shows it now. */
export function shownPrincipal({ applications }: TenantState, { params: { id, appId } }: Request): ServicePrincipal {
  const rows = applications.servicePrincipals.shown()
  return rows.find(row => same(row.id, id) || same(row.appId, appId)) ?? noSuch(id ?? appId)
}

/** The object as it truly is, of which a read shows an older state: a change is a change of this one. */
export function present<Some extends { id: string }>(
  objects: { now: (id: string) => Some | undefined },
  { id }: Some,
): Some {
  return objects.now(id) ?? noSuch(id)
}
