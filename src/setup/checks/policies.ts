import type { SetupCheck } from '../check.ts'
import { policiesOn } from '../contexts.ts'
import type { ExpectedTenant } from '../expected.ts'
import type { AccessPolicy } from '../facts/conditional-access.ts'
import { see, UnseenFact } from '../facts/fact.ts'
import type { SetupFacts } from '../facts/facts.ts'
import type { SetupFault } from '../judging.ts'
import { alternativeIn, limitOf, weaknessOf } from '../protection.ts'
import { gapIn, peopleOfGates, unseenIn } from '../scope.ts'
import { forEachContext, inPolicies, policyCalled } from './each-context.ts'

/**
 * A check of the policies that protect each context in use. Entra demands all of them together, so the one that is sound
 * by itself counts; where none is, the faults of the best one are told.
 */
const forEachPolicy = (
  faultOf: (policy: AccessPolicy, facts: SetupFacts, expected: ExpectedTenant) => SetupFault | undefined,
  well: string,
) =>
  forEachContext((context, facts, expected) => {
    const [best] = policiesOn(context, see(facts.policies)).toSorted(
      (one, other) => faultsOf(one, facts, expected) - faultsOf(other, facts, expected),
    )
    return best && faultOf(best, facts, expected)
  }, well)

const faultsOf = (policy: AccessPolicy, facts: SetupFacts, expected: ExpectedTenant): number => {
  const people = peopleOfGates(facts, expected)
  const faults = [isWeak(policy, facts), alternativeIn(policy), gapIn(policy, people), limitOf(policy)]
  // Where a sound policy is beside one of which that is not certain, the sound one counts.
  return faults.filter(Boolean).length + (unseenIn(policy, people) ? 0.5 : 0)
}

function isWeak(policy: AccessPolicy, { strengths }: SetupFacts): boolean {
  try {
    return weaknessOf(policy, () => see(strengths)) !== undefined
  } catch (thrown) {
    if (thrown instanceof UnseenFact) return true
    throw thrown
  }
}

/** Checks of the policies that protect authentication contexts. */
export const policyChecks: readonly SetupCheck[] = [
  {
    name: 'policy-strength',
    why: 'Passwords, codes and prompts can be phished: a page in between passes them on.',
    judge: forEachPolicy((policy, { strengths }) => {
      const weakness = weaknessOf(policy, () => see(strengths))
      if (weakness === undefined) return undefined
      return {
        what: `${policyCalled(policy)} ${weakness}.`,
        fix: `Let it require the authentication strength "Phishing-resistant MFA" under ${inPolicies}.`,
      }
    }, 'Every context in use takes a phishing-resistant sign-in.'),
  },
  {
    name: 'policy-grant-or',
    why: 'A policy that is content with one of several controls is as strong as the weakest of them.',
    judge: forEachPolicy(policy => {
      const alternative = alternativeIn(policy)
      if (alternative === undefined) return undefined
      return {
        what: `${policyCalled(policy)} takes ${alternative} in place of its strength.`,
        fix: `Choose "Require all the selected controls" under ${inPolicies}, or leave the strength alone there.`,
      }
    }, 'No policy takes something weaker in place of its strength.'),
  },
  {
    name: 'policy-scope',
    why: 'Entra grants the context unasked to everybody whom its policy is not about, and somebody who turns on access is not in the group yet.',
    judge: forEachPolicy((policy, facts, expected) => {
      const people = peopleOfGates(facts, expected)
      const gap = gapIn(policy, people)
      if (gap === undefined) {
        const unseen = unseenIn(policy, people)
        if (unseen) throw unseen
        return undefined
      }
      return {
        what: `${policyCalled(policy)} ${gap}.`,
        fix: `Let it include all users, and leave out the emergency accounts alone, under ${inPolicies}.`,
      }
    }, 'The policies are about all users.'),
  },
  {
    name: 'policy-conditions',
    why: 'Where a policy does not apply, Entra grants its context unasked.',
    judge: forEachPolicy(policy => {
      const limit = limitOf(policy)
      if (limit === undefined) return undefined
      return {
        what: `${policyCalled(policy)} applies under conditions only: ${limit}.`,
        fix: `Remove these conditions under ${inPolicies}.`,
      }
    }, 'The policies apply wherever somebody signs in.'),
  },
]
