import { type AccessPolicy, seededPolicy } from './access-policies.ts'
import { createObjects } from './objects.ts'
import { builtInStrengths, type Strength } from './strengths.ts'

/** An authentication context. Apps and PIM may name it once it is published (`isAvailable`). */
export type AuthenticationContext = {
  id: string
  displayName: string | null
  description: string | null
  isAvailable: boolean
}

export type ConditionalAccess = ReturnType<typeof createConditionalAccess>

type Parts = { clock: () => Date; lagSeconds: () => number; empty: boolean }

/** The authentication contexts, the strengths and the Conditional Access policies of the tenant. */
export function createConditionalAccess({ clock, lagSeconds, empty }: Parts) {
  const contexts = createObjects<AuthenticationContext>({ clock, lagSeconds })
  const strengths = createObjects<Strength>({ clock, lagSeconds })
  const policies = createObjects<AccessPolicy>({ clock, lagSeconds })
  let asked: number[] = []
  reset()
  return { contexts, strengths, policies, policiesOn, isTooOften, reset }

  /** The policies on a context, in whatever state they are. */
  function policiesOn(context: string): AccessPolicy[] {
    return policies
      .all()
      .filter(({ conditions: { applications } }) =>
        applications?.includeAuthenticationContextClassReferences.includes(context),
      )
  }

  /** Whether the last second had that many requests already. One that comes too often does not count itself. */
  function isTooOften(perSecond: number): boolean {
    const now = clock().getTime()
    asked = asked.filter(at => at <= now && now - at < 1000)
    if (asked.length >= perSecond) return true
    asked.push(now)
    return false
  }

  function reset(): void {
    asked = []
    strengths.reset(builtInStrengths)
    contexts.reset(empty ? [] : [seededContext])
    policies.reset(empty ? [] : [seededPolicy])
  }
}

const seededContext: AuthenticationContext = {
  id: 'c1',
  displayName: 'Activate privileged access',
  description: 'Turning on access, and other acts that need a phishing-resistant sign-in',
  isAvailable: true,
}
