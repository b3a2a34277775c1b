import type { Person } from '../directory/people.ts'
import type { TenantState } from '../state.ts'
import { meets, policiesFor, wantsAnew } from './access.ts'
import { appAt } from './app.ts'

const allContexts = Array.from({ length: 25 }, (_, n) => `c${n + 1}`)
const builtIn = ['urn:user:registersecurityinfo', 'urn:microsoft:req1', 'urn:microsoft:req2', 'urn:microsoft:req3']

/** The authentication context that a `claims` parameter asks for in the ID token. */
export function contextAsked(claims: unknown): string | undefined {
  const asked = (claims as { id_token?: { acrs?: { value?: unknown } } } | undefined)?.id_token?.acrs?.value
  return typeof asked === 'string' ? asked : undefined
}

/** The authentication context that a `claims` parameter asks for in the access token. */
export function tokenContextAsked(claims: unknown): string | undefined {
  const asked = (claims as { access_token?: { acrs?: { value?: unknown } } } | undefined)?.access_token?.acrs?.value
  return typeof asked === 'string' ? asked : undefined
}

/** The same context as a value to store with a code, because oidc-provider stores nothing about access tokens. */
export function tokenContextKept(claims: unknown): string | undefined {
  const kept = (claims as { id_token?: { token_acrs?: { value?: unknown } } } | undefined)?.id_token?.token_acrs?.value
  return typeof kept === 'string' ? kept : undefined
}

/** A person, and how they signed in (`amr`). */
export type SignedIn = { person: Person; methods: readonly string[] }

/**
 * Whether the sign-in satisfies a context. One without an enabled policy that is about the person is satisfied by any;
 * the switch, where it is set, stands in the place of all policies.
 */
export function satisfies(state: TenantState, context: string, { person, methods }: SignedIn): boolean {
  const { contextsWithPolicy } = state.switches
  if (contextsWithPolicy) return !contextsWithPolicy.includes(context) || methods.includes('fido')
  return policiesFor(state, context, person).every(policy => meets(state, policy, methods))
}

/** Whether a policy wants a fresh sign-in for this context, each time that it is asked for. */
export const wantsFreshSignIn = (state: TenantState, context: string, person: Person): boolean =>
  !state.switches.contextsWithPolicy && policiesFor(state, context, person).some(wantsAnew)

/** The `acrs` claim: the context asked for, and every satisfied one when the app has the optional claim. */
export function acrsClaim(
  state: TenantState,
  asked: string | undefined,
  signedIn: SignedIn & { appId: string },
): string[] | undefined {
  const candidates = appAt(state, signedIn.appId).optionalClaims.acrs ? [...allContexts, ...builtIn] : []
  const granted = new Set([...candidates, ...(asked ? [asked] : [])].filter(each => satisfies(state, each, signedIn)))
  return granted.size > 0 ? [...granted] : undefined
}
