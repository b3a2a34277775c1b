import { clockToleranceMs } from '../clock.ts'
import type { Identity } from '../entra/claims.ts'
import type { Membership } from '../session/record/membership.ts'
import type { SessionRecord } from '../session/record/record.ts'

/**
 * The people a page is for: everyone who is signed in, or the members of a gate, by its name. Of several gates, each opens
 * the page.
 */
export type Audience = 'signed-in' | GateName | readonly GateName[]
/** The name of a gate. Settings describe the gates, so any word may be one. */
export type GateName = string
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
  /** The authentication context that every page of the gate needs, if there is one. */
  gateContext?: string | undefined
  /** How long (ms) a context counts at most once it was met: as long as a session may last. */
  contextMs?: number
}

/** The gates that open a page; none for a page that is open to everyone who is signed in. */
export const gatesOf = ({ audience }: Pick<Requirement, 'audience'>): readonly GateName[] =>
  audience === 'signed-in' ? [] : typeof audience === 'string' ? [audience] : audience

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

/** Pure: the whole access policy of one gate, in the order in which it is applied. `facts` are those of that gate. */
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

/** The contexts that are asked for, one at a time and in this order: the gate's, then the page's own. */
function stepUpsFor({ audience, stepUp }: Requirement, { gateContext }: Facts): StepUp[] {
  const ofTheGate = audience !== 'signed-in' && gateContext ? [{ context: gateContext }] : []
  return stepUp ? [...ofTheGate, stepUp] : ofTheGate
}

function isMet({ context, maxAgeMinutes = Infinity }: StepUp, { contexts, now, contextMs = Infinity }: Facts): boolean {
  const at = contexts[context]
  if (at === undefined || at > now + clockToleranceMs) return false
  return now - at <= Math.min(maxAgeMinutes * 60_000, contextMs)
}
