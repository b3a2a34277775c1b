import type { Membership } from '../session/record/membership.ts'
import type { Decision } from './decide.ts'
import type { Standing } from './standing.ts'

/** What was decided at one gate. `standing`: where the person stands there, if there is a session. */
export type Found = {
  gate: string
  canBeTurnedOn: boolean
  decision: Decision
  membership: Membership
  standing: Standing | undefined
}

const reasonOf = (decision: Decision): string => ('reason' in decision ? decision.reason : 'admitted')

/**
 * How far a gate is from opening: a check is missing, nobody can tell, access ended, or there never was any. Of two that are
 * alike, a gate at which people turn on access is nearer.
 */
export const farness = ({ decision, canBeTurnedOn }: Found): number =>
  2 * fromNearest.indexOf(reasonOf(decision)) + (canBeTurnedOn ? 0 : 1)
const fromNearest: readonly string[] = [
  'auth-context-missing',
  'membership-unknown',
  'too-many-groups',
  'access-ended',
  'not-a-member',
]

/** The decision, the gate or 'signed-in', and how old the proof was that admitted the person. */
export const observationOf = (
  decision: Decision,
  { audience, membership, now }: { audience: string; membership: Membership; now: number },
) => ({
  audience,
  outcome: decision.outcome,
  reason: reasonOf(decision),
  proofAgeSeconds:
    decision.outcome === 'admit' && membership !== 'unknown'
      ? Math.max(0, now - membership.provenAt) / 1000
      : undefined,
})
