import { clockToleranceMs } from '../clock.ts'
import type { Identity } from '../entra/claims.ts'
import type { Membership } from '../session/record/membership.ts'
import type { SessionRecord } from '../session/record/record.ts'

/** The people a page is for: everyone who is signed in, or the members of the access group. */
export type Audience = 'signed-in' | 'members'
/** An authentication context that must have been met in this session, and how long ago at most. */
export type StepUp = { context: string; maxAgeMinutes?: number }
/** The conditions of a page: its audience, and the authentication context that it needs beyond that. */
export type Requirement = { audience: Audience; stepUp?: StepUp | undefined }

/** All that the decision may know. Nothing of the request is in it: no header opens the gate. */
export type Facts = {
  identity: Identity | undefined
  membership: Membership
  contexts: SessionRecord['contexts']
  /** Epoch ms, like every instant here. */
  now: number
  /** Whether an administrator must consent before anybody can say which groups this person is in. */
  isUnlisted?: boolean
  /** How long (ms) a proof counts: re-check and grace together. */
  trustedMs: number
  /** The authentication context that every page for members needs, if there is one. */
  memberContext?: string | undefined
  /** How long (ms) a context counts at most once it was met: as long as a session may last. */
  contextMs?: number
}

declare const admitted: unique symbol
/** An identity that the gate has admitted. Only `decide` can make one. */
export type Person = Identity & { readonly [admitted]: true }

/** The gate's decision and its reason. Instants in epoch ms. */
export type Decision =
  | { outcome: 'admit'; person: Person; until?: number }
  | { outcome: 'sign-in'; reason: 'not-signed-in' }
  | { outcome: 'refuse'; reason: 'not-a-member' | 'access-ended'; endedAt?: number; ranOut?: boolean }
  | { outcome: 'cannot-tell'; reason: 'membership-unknown' | 'too-many-groups' }
  | { outcome: 'step-up'; reason: 'auth-context-missing'; context: string }

/** Pure: the whole access policy of the application, in the order in which it is applied. */
export function decide(facts: Facts, { audience, stepUp }: Requirement): Decision {
  const { identity, membership, now, trustedMs } = facts
  if (!identity) return { outcome: 'sign-in', reason: 'not-signed-in' }
  const until = membership !== 'unknown' && membership.member ? membership.until : undefined
  if (audience !== 'signed-in') {
    if (membership === 'unknown') return cannotTell(facts)
    if (membership.member !== true) return refusalFor(membership.endedAt, membership.reason === 'ran-out')
    // Written so that NaN fails. A proof dated in the future is stale.
    if (until !== undefined && !(now < until)) return refusalFor(until, true)
    const age = now - membership.provenAt
    const isProven = age <= trustedMs && age >= -clockToleranceMs
    if (!isProven) return cannotTell(facts)
  }
  const missing = stepUpsFor({ audience, stepUp }, facts).find(each => !isMet(each, facts))
  if (missing) return { outcome: 'step-up', reason: 'auth-context-missing', context: missing.context }
  return { outcome: 'admit', person: identity as Person, ...(until !== undefined && { until }) } // the one cast in the house
}

const cannotTell = ({ isUnlisted }: Facts): Decision => ({
  outcome: 'cannot-tell',
  reason: isUnlisted ? 'too-many-groups' : 'membership-unknown',
})

const refusalFor = (endedAt: number | undefined, ranOut: boolean): Decision =>
  endedAt === undefined
    ? { outcome: 'refuse', reason: 'not-a-member' }
    : { outcome: 'refuse', reason: 'access-ended', endedAt, ranOut }

/** The contexts that are asked for, one at a time and in this order: the one for all members, then the page's own. */
function stepUpsFor({ audience, stepUp }: Requirement, { memberContext }: Facts): StepUp[] {
  const ofTheHouse = audience !== 'signed-in' && memberContext ? [{ context: memberContext }] : []
  return stepUp ? [...ofTheHouse, stepUp] : ofTheHouse
}

function isMet({ context, maxAgeMinutes = Infinity }: StepUp, { contexts, now, contextMs = Infinity }: Facts): boolean {
  const at = contexts[context]
  if (at === undefined || at > now + clockToleranceMs) return false
  return now - at <= Math.min(maxAgeMinutes * 60_000, contextMs)
}
