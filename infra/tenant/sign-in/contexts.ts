import type { TenantState } from '../state.ts'

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

/** A context without a policy is satisfied by everybody; one with a policy only by a passkey. */
export function satisfies({ switches }: TenantState, context: string, methods: readonly string[] = []): boolean {
  return !switches.contextsWithPolicy.includes(context) || methods.includes('fido')
}

/** The `acrs` claim: the context asked for, or every satisfied one when the optional claim is configured. */
export function acrsClaim(
  state: TenantState,
  asked: string | undefined,
  methods: readonly string[],
): string[] | undefined {
  const candidates = state.switches.optionalClaims.acrs ? [...allContexts, ...builtIn] : []
  const granted = new Set([...candidates, ...(asked ? [asked] : [])].filter(each => satisfies(state, each, methods)))
  return granted.size > 0 ? [...granted] : undefined
}
