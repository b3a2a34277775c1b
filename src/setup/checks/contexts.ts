import type { SetupCheck } from '../check.ts'
import { contextsAskedEveryTime, isEnforced, policiesOn } from '../contexts.ts'
import type { AccessPolicy } from '../facts/conditional-access.ts'
import { see } from '../facts/fact.ts'
import { judgeEach } from '../judging.ts'
import { asksEveryTime, limitOf } from '../protection.ts'
import { gapIn, peopleOfGates } from '../scope.ts'
import { forEachContext, inPolicies, policyCalled } from './each-context.ts'

/** Checks of the authentication contexts. */
export const contextChecks: readonly SetupCheck[] = [
  {
    name: 'context-published',
    why: 'Applications and PIM can name a context only once it is published.',
    judge: forEachContext((context, { contexts }) => {
      const found = see(contexts).find(({ id }) => id === context.toLowerCase())
      if (found?.isAvailable) return undefined
      return {
        what: `The authentication context ${context} ${found ? 'is not published' : 'does not exist'}.`,
        fix: `Publish ${context} to apps under Protection, Conditional Access, Authentication contexts.`,
      }
    }, 'Every authentication context in use is published.'),
  },
  {
    name: 'context-policy',
    why: 'Entra grants a context that no policy protects to everybody, unasked, and the token does not show the difference.',
    judge: forEachContext((context, { policies }) => {
      if (policiesOn(context, see(policies)).length > 0) return undefined
      return {
        what: `No policy that is on protects the authentication context ${context}.`,
        fix: `Make a policy for ${context} that demands the phishing-resistant strength, or turn it on, under ${inPolicies}.`,
      }
    }, 'A policy is about every authentication context in use.'),
  },
  {
    name: 'policy-report-only',
    why: 'A policy that only reports demands nothing, and even suppresses what PIM would otherwise ask for.',
    judge: forEachContext((context, { policies }) => {
      const found = policiesOn(context, see(policies))
      if (found.length === 0 || found.some(isEnforced)) return undefined
      return {
        what: `The authentication context ${context} is protected by a policy that only reports.`,
        fix: `Set the policy to On under ${inPolicies}, or run npm run setup -- apply --enable-policies.`,
      }
    }, 'No context depends on a policy that only reports.'),
  },
  {
    name: 'emergency-accounts-excluded',
    why: 'A mistake in a policy, or an outage of what it demands, locks out everybody whom it is about.',
    judge: forEachContext((context, facts, { emergency }) => {
      const locking = policiesOn(context, see(facts.policies)).filter(policy => !leavesOut(policy, emergency))
      if (locking.length === 0) return undefined
      return {
        what: `${policyCalled(locking[0] as AccessPolicy)} does not leave out ${emergency ? 'every emergency account' : 'any account'}.`,
        fix: `Exclude the group of the emergency accounts under ${inPolicies}.`,
      }
    }, 'Every policy on a context leaves out accounts for an emergency.'),
  },
  {
    name: 'administrators-sign-in-frequency',
    why: 'PIM asks nothing of an administrator who gives access. The application does, and without "every time" Entra answers out of the session of the browser.',
    judge(facts, expected) {
      const all = see(facts.policies)
      // What asks only some, or only at times, is worth no more than the faults of that policy say.
      const narrowness = (policy: AccessPolicy) =>
        [gapIn(policy, peopleOfGates(facts, expected)), limitOf(policy)].filter(Boolean).length
      return judgeEach(
        contextsAskedEveryTime(expected),
        context => {
          const found = policiesOn(context, all)
          const least = Math.min(...found.map(narrowness))
          const asks = (policy: AccessPolicy) => asksEveryTime(policy) && narrowness(policy) === least
          if (found.length === 0 || found.some(asks)) return undefined
          return {
            what: `No policy on the administrators’ context ${context} asks for the sign-in every time.`,
            fix: `Set Session, Sign-in frequency, to "Every time" under ${inPolicies}.`,
          }
        },
        'Entra asks administrators each time where they have a context of their own.',
      )
    },
  },
]

/** Without named accounts, one that is left out is enough: the settings do not know which those are. */
function leavesOut({ conditions: { users } }: AccessPolicy, emergency: readonly string[] | undefined): boolean {
  const left = [...(users?.excludeUsers ?? []), ...(users?.excludeGroups ?? [])]
  return emergency?.length ? emergency.every(id => left.includes(id)) : left.length > 0
}
