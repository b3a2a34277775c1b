import { administratorsGate } from '../config/gates.ts'
import type { ExpectedTenant } from './expected.ts'
import { contextOf } from './facts/activation-rules.ts'
import type { AccessPolicy } from './facts/conditional-access.ts'
import { see, UnseenFact } from './facts/fact.ts'
import type { SetupFacts } from './facts/facts.ts'

/** A context in use, or that one could not be seen. */
type Used = string | UnseenFact

/** The authentication contexts that gates or the settings of their groups in PIM name, each once. */
export function usedContexts({ gates }: SetupFacts, expected: ExpectedTenant): Used[] {
  const named = expected.gates.flatMap(({ context, activationContext }) => [context, activationContext])
  const demanded = gates.map(({ policy }): Used | undefined => {
    try {
      return contextOf(see(policy))
    } catch (thrown) {
      if (thrown instanceof UnseenFact) return thrown
      throw thrown
    }
  })
  const all = [...named, ...demanded].filter(each => each !== undefined && each !== '')
  return [...new Set(all)] as Used[]
}

/**
 * The contexts whose policy should ask for the sign-in every time. PIM cannot ask administrators for a context when they
 * give access, so the application does, and it is worth something only where Entra really asks.
 */
export function contextsAskedEveryTime({ everyTime, gates }: ExpectedTenant): readonly string[] {
  if (everyTime) return everyTime
  const own = gates.find(({ name }) => name === administratorsGate)?.context
  const isShared = gates.some(
    ({ name, context }) => name !== 'auditors' && name !== administratorsGate && context === own,
  )
  return own === undefined || isShared ? [] : [own]
}

/** The policies about a context that are not off. Where one is enforced, those that only report are left out. */
export function policiesOn(context: string, policies: readonly AccessPolicy[]): readonly AccessPolicy[] {
  const about = policies.filter(({ conditions: { applications } }) =>
    applications?.includeAuthenticationContextClassReferences.includes(context.toLowerCase()),
  )
  const enforced = about.filter(isEnforced)
  return enforced.length > 0 ? enforced : about.filter(({ state }) => state !== 'disabled')
}

/** Whether a policy is on, and does not only report. */
export const isEnforced = ({ state }: AccessPolicy): boolean => state === 'enabled'
