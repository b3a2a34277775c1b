import type { Request } from 'express'
import { type ManagedGroup, managedGroups, managedKeys } from '../directory/managed.ts'
import type { TenantState } from '../state.ts'

/** The managed groups that a call to Graph is about: it names them, or a request or a subscription of theirs. */
export function groupsOfCall({ pims, subscriptions }: TenantState, { originalUrl, body }: Request): ManagedGroup[] {
  const address = originalUrl.toLowerCase()
  const parts = address.split(/[/?]/)
  const watched = parts.map(part => subscriptions.get(part)?.resource ?? '').join(' ')
  const named = `${address} ${JSON.stringify(body ?? '')} ${watched}`.toLowerCase()
  const asked = parts.map(part => pims.find(part)?.request.group)
  return managedKeys.filter(group => named.includes(managedGroups[group]) || asked.includes(group))
}
