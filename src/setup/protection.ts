import type { AccessPolicy, AuthenticationStrength } from './facts/conditional-access.ts'
import { UnseenFact } from './facts/fact.ts'

/** Source: https://learn.microsoft.com/entra/identity/authentication/concept-authentication-strengths */
const phishingResistant = ['windowshelloforbusiness', 'fido2', 'x509certificatemultifactor']
const builtIn = { multifactor: 2, passwordless: 3, phishingResistant: 4 } as const
const idOf = (number: number) => `00000000-0000-0000-0000-00000000000${number}`

/**
 * Why a policy demands less than a phishing-resistant sign-in; undefined where it does not. A strength of the tenant's own
 * is judged by its combinations, whatever it is called. Throws UnseenFact where the policy does not show its strength.
 */
export function weaknessOf(
  policy: AccessPolicy,
  strengths: () => readonly AuthenticationStrength[],
): string | undefined {
  const { grantControls: grant } = policy
  const strength = grant?.authenticationStrength
  if (strength) return weaknessOfStrength(strength, strengths)
  if (!grant) return 'demands nothing'
  const others = othersIn(grant)
  if (grant.builtInControls.includes('block')) return 'blocks everybody'
  // With AND, a strength that is not shown may still be there beside the others.
  const isKnown = others.length > 0 && (!isEvery(grant) || grant.builtInControls.includes('mfa'))
  if (!isKnown)
    throw new UnseenFact(
      'Microsoft does not show which strength the policy on a context demands.',
      'Look at the policy under Conditional Access; the permission Policy.Read.All should show it.',
    )
  return `demands ${others.join(' or ')} in place of a strength`
}

type Demanded = NonNullable<NonNullable<AccessPolicy['grantControls']>['authenticationStrength']>

function weaknessOfStrength(
  { id, displayName, allowedCombinations }: Demanded,
  strengths: () => readonly AuthenticationStrength[],
): string | undefined {
  if (id === idOf(builtIn.phishingResistant)) return undefined
  const combinations = allowedCombinations ?? strengths().find(each => each.id === id)?.allowedCombinations ?? []
  if (combinations.length === 0 && id !== idOf(builtIn.multifactor) && id !== idOf(builtIn.passwordless))
    throw new UnseenFact(
      'The combinations of a strength are not to be seen.',
      'Grant the permission Policy.Read.All, and it is checked.',
    )
  const weak = combinations.filter(each => !each.split(',').some(isResistant))
  if (combinations.length > 0 && weak.length === 0) return undefined
  return `takes ${weak[0] ?? 'weaker methods'} as enough (${displayName ?? 'its strength'})`
}

const isResistant = (method: string) => phishingResistant.includes(method.trim().toLowerCase())

type Grant = NonNullable<AccessPolicy['grantControls']>
/** Only what is known to demand all of them does; an operator that is missing or unknown may be content with one. */
const isEvery = ({ operator }: Grant) => operator?.toUpperCase() === 'AND'
const othersIn = ({ builtInControls, customAuthenticationFactors, termsOfUse }: Grant) => [
  ...builtInControls,
  ...customAuthenticationFactors.map(() => 'a custom control'),
  ...termsOfUse.map(() => 'terms of use'),
]

/** What a policy takes in place of its strength; undefined where the strength is demanded in any case. */
export function alternativeIn({ grantControls: grant }: AccessPolicy): string | undefined {
  if (!grant?.authenticationStrength || isEvery(grant)) return undefined
  const others = othersIn(grant)
  return others.length > 0 ? others.join(' or ') : undefined
}

const everywhere = ['applications', 'users', 'clientAppTypes']
/** People turn on access with programs too, past a policy that is about browsers alone. */
const isAnyClient = (types: readonly string[]) =>
  types.length === 0 ||
  types.includes('all') ||
  ['browser', 'mobileappsanddesktopclients'].every(type => types.includes(type))
/** A condition that Graph shows empty does not limit anything; any other one does, also one of a kind that is new. */
const isSet = (condition: unknown) =>
  condition !== null && condition !== undefined && !(Array.isArray(condition) && condition.length === 0)

/** Where a policy does not apply though it is about everybody; undefined where it always applies. */
export function limitOf({ conditions }: AccessPolicy): string | undefined {
  const limits = Object.keys(conditions).filter(
    name => !everywhere.includes(name) && !name.includes('@') && isSet(conditions[name]),
  )
  const all = [...limits, ...(isAnyClient(conditions.clientAppTypes) ? [] : ['clientAppTypes'])]
  return all.length > 0 ? all.join(', ') : undefined
}

/** Whether a policy asks for the sign-in every time. Entra allows itself five minutes. */
export function asksEveryTime({ sessionControls }: AccessPolicy): boolean {
  const frequency = sessionControls?.signInFrequency
  return Boolean(frequency?.isEnabled) && frequency?.frequencyInterval === 'everytime'
}
