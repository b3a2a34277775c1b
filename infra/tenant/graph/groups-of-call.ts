import type { Request } from 'express'
import { type GroupKey, idOfGroup } from '../directory/managed.ts'
import type { TenantState } from '../state.ts'

/** The groups known to PIM that a call to Graph is about: it names them, or a request or a subscription of theirs. */
export function groupsOfCall({ pims, subscriptions }: TenantState, { originalUrl, body }: Request): GroupKey[] {
  const address = originalUrl.toLowerCase()
  const parts = address.split(/[/?]/)
  const watched = parts.map(part => subscriptions.get(part)?.resource ?? '').join(' ')
  const named = `${address} ${JSON.stringify(body ?? '')} ${watched}`.toLowerCase()
  const asked = parts.map(part => pims.find(part)?.request.group)
  const known = pims.all().map(({ group }) => group)
  return known.filter(group => named.includes(idOfGroup(group)) || asked.includes(group))
}
