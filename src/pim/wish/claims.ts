import type { Rules } from '../../entra/pim/policy.ts'

/** The claims that ask Entra for an authentication context in a token for Graph. */
const claimsFor = (context: string): string =>
  JSON.stringify({ access_token: { acrs: { essential: true, value: context } } })

/**
 * The claims that a new wish needs before it is sent: the policy's authentication context. Microsoft refuses a wish
 * without that context, and then asks for it.
 */
export const firstDemand = ({ context }: Rules): { claims?: string; challenges?: number } =>
  context ? { claims: claimsFor(context), challenges: 1 } : {}

/**
 * Whether two demands are the same: both ask for the same authentication context, or both are the same text without
 * one.
 */
export const sameClaims = (before: string | undefined, now: string): boolean =>
  acrsOf(before) === undefined ? before === now : acrsOf(before) === acrsOf(now)

function acrsOf(claims: string | undefined): string | undefined {
  const found = claims && (JSON.parse(claims) as { access_token?: { acrs?: unknown } }).access_token?.acrs
  return found ? JSON.stringify(found) : undefined
}

/** The authentication context that claims ask for; undefined where they ask for none, or for something else. */
export const contextIn = (claims = ''): string | undefined => /"acrs":\{[^}]*"value":"(c[1-9]\d?)"/.exec(claims)?.[1]
