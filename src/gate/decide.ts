import type { Identity } from '../entra/claims.ts'
import type { Membership } from '../session/record.ts'

/** Who a page is for: everyone who is signed in, or the members of the access group. */
export type Audience = 'signed-in' | 'members'
export type Requirement = { audience: Audience }

/** All that the decision may know. Nothing of the request is in it: no header opens the gate. */
export type Facts = { identity: Identity | undefined; membership: Membership }

declare const admitted: unique symbol
/** An identity that the gate has admitted. Only `decide` can make one. */
export type Person = Identity & { readonly [admitted]: true }

export type Decision =
  | { outcome: 'admit'; person: Person }
  | { outcome: 'sign-in'; reason: 'not-signed-in' }
  | { outcome: 'refuse'; reason: 'not-a-member' }
  | { outcome: 'cannot-tell'; reason: 'membership-unknown' }

/** Pure: the whole access policy of the application, in the order in which it is applied. */
export function decide({ identity, membership }: Facts, { audience }: Requirement): Decision {
  if (!identity) return { outcome: 'sign-in', reason: 'not-signed-in' }
  if (audience !== 'signed-in') {
    if (membership === 'unknown') return { outcome: 'cannot-tell', reason: 'membership-unknown' }
    if (membership.member !== true) return { outcome: 'refuse', reason: 'not-a-member' }
  }
  return { outcome: 'admit', person: identity as Person } // the one cast in the house
}
