import { z } from 'zod'
import { epochMs } from './epoch-ms.ts'

/** Why a person is not a member, where more is known than that they are not. */
const reasonShape = z.enum(['not-in-group', 'not-assigned', 'ended', 'ran-out'])

/**
 * A person's membership, as far as it is known: a yes, perhaps with a known end; a no; or nothing. All instants are in epoch
 * ms. `provenAt` is the time on our clock when the source was asked, never a time out of a token.
 */
export const membershipShape = z.union([
  z.literal('unknown'),
  z.object({ member: z.literal(true), provenAt: epochMs, until: epochMs.optional() }),
  z.object({
    member: z.literal(false),
    provenAt: epochMs,
    reason: reasonShape.catch('not-in-group'),
    endedAt: epochMs.optional(),
  }),
])
export type Membership = z.infer<typeof membershipShape>

/** Whether this is a yes. Nothing known is no yes. */
export const isMember = (membership: Membership): membership is Extract<Membership, { member: true }> =>
  membership !== 'unknown' && membership.member

/**
 * Whether Entra gives this person no token for the application, whatever groups they are in. Only the person's own token
 * can tell this.
 */
export const isNotAssigned = (membership: Membership): boolean =>
  membership !== 'unknown' && !membership.member && membership.reason === 'not-assigned'

/** When the source of this was asked, in epoch ms; 0 where nothing is known. */
export const provenAtOf = (membership: Membership): number => (membership === 'unknown' ? 0 : membership.provenAt)

/**
 * A token that Entra gave since (`ownProvenAt`, epoch ms) takes back "not assigned", also when that token could not say
 * who is in the group.
 */
export const liftedBy = (ownProvenAt: number, membership: Membership): Membership =>
  isNotAssigned(membership) && provenAtOf(membership) < ownProvenAt ? 'unknown' : membership

/**
 * The newest proof wins; of two proofs of the same instant the "no" wins. A request that still runs cannot bring an older
 * proof back.
 */
export function newerOf(one: Membership, other: Membership): Membership {
  const difference = provenAtOf(one) - provenAtOf(other)
  if (difference !== 0) return difference > 0 ? one : other
  return one !== 'unknown' && !one.member ? one : other
}
