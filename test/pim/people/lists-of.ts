import type { GroupRequest, HeldRow } from '../../../src/entra/pim/group-lists.ts'
import type { GroupReading } from '../../../src/pim/people/lists.ts'

export const now = Date.parse('2026-03-02T12:00:00Z')
/** An instant so many minutes from now, in epoch ms. */
export const inMinutes = (count: number): number => now + count * 60_000
export const inDays = (count: number): number => inMinutes(count * 1440)

/** The lists of a group: empty, except those given. */
export const listsOf = (lists: Partial<GroupReading['lists']> = {}): Pick<GroupReading, 'lists'> => ({
  lists: { active: [], members: [], requests: [], eligible: [], grants: [], ...lists },
})

/** A row of somebody's access, turned on 30 minutes ago for an hour. */
export const held = (principalId: string, more: Partial<HeldRow> = {}): HeldRow => ({
  principalId,
  from: inMinutes(-30),
  until: inMinutes(30),
  kind: 'activated',
  isThroughGroup: false,
  ...more,
})

/** A request by which somebody turned on access 30 minutes ago for an hour. */
export const asked = (principalId: string, more: Partial<GroupRequest> = {}): GroupRequest => ({
  id: `request of ${principalId}`,
  principalId,
  action: 'selfactivate',
  status: 'provisioned',
  createdAt: inMinutes(-30),
  startsAt: inMinutes(-30),
  minutes: 60,
  reason: 'Refund 8841',
  ticket: 'INC-20931',
  ...more,
})

export const member = (id: string, name = id) => ({
  id,
  kind: 'person' as const,
  name,
  username: `${id}@contoso.example`,
})
