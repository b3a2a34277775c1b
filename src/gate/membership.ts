import type { Groups } from '../entra/claims.ts'
import type { Membership } from '../session/record.ts'

/**
 * Reads a membership from a token's groups: yes only on an exact match of the group's object id (whatever the case of
 * its letters), unknown when the token could not list the groups.
 * `provenAt` is our clock when Entra was asked, never the token's `iat`, which lies five minutes in the past.
 */
export function membershipFrom(groups: Groups, { groupId, provenAt }: { groupId: string; provenAt: Date }): Membership {
  if (groups === 'overage') return 'unknown'
  const member = groups.some(group => group.toLowerCase() === groupId.toLowerCase())
  return { member, provenAt: provenAt.getTime() }
}
