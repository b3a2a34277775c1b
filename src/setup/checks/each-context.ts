import { usedContexts } from '../contexts.ts'
import type { ExpectedTenant } from '../expected.ts'
import type { AccessPolicy } from '../facts/conditional-access.ts'
import { UnseenFact } from '../facts/fact.ts'
import type { SetupFacts } from '../facts/facts.ts'
import type { Judged } from '../finding.ts'
import { judgeEach, listed, type SetupFault } from '../judging.ts'

/** A check of each authentication context in use. */
export const forEachContext =
  (faultOf: (context: string, facts: SetupFacts, expected: ExpectedTenant) => SetupFault | undefined, well: string) =>
  (facts: SetupFacts, expected: ExpectedTenant): Judged =>
    judgeEach(
      usedContexts(facts, expected),
      context => {
        if (context instanceof UnseenFact) throw context
        return faultOf(context, facts, expected)
      },
      well,
    )

/** A policy as a sentence names it. */
export const policyCalled = ({ displayName }: AccessPolicy): string => `The policy "${listed([displayName])}"`

/** Where policies are in the admin center. */
export const inPolicies = 'Protection, Conditional Access, Policies'
