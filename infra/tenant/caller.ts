import type { Request } from 'express'
import type { GraphToken } from './access-tokens.ts'
import { type Person, personBy } from './directory/people.ts'
import { claimsChallenge, denied, GraphRefusal, type Refusal, refuse } from './refusal.ts'
import type { TenantState } from './state.ts'

/** The caller: a person through the app, or the app itself (without a person). */
export type Caller = { person: Person | undefined } & Pick<
  GraphToken,
  'client' | 'permissions' | 'contexts' | 'methods' | 'takesChallenges'
>

/** The permissions that a call needs: one of each list. */
export type Needs = { delegated: readonly (readonly string[])[]; application: readonly (readonly string[])[] }

/** Throws the 401 for a token that is missing, foreign, expired or (for apps that take challenges) withdrawn. */
export function callerOf(state: TenantState, request: Request): Caller {
  const value = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1]
  if (!value) throw unauthenticated('Access token is empty.')
  const token = state.graphTokens.get(value)
  if (!token) throw unauthenticated('CompactToken parsing failed with error code: 80049217')
  if (token.expires <= state.clock()) throw unauthenticated('Lifetime validation failed, the token is expired.')
  if (token.takesChallenges && isWithdrawn(state, token)) throw new GraphRefusal(claimsChallenge(state))
  return { ...token, person: token.person === undefined ? undefined : personBy(token.person) }
}

function unauthenticated(message: string): GraphRefusal {
  const headers = { 'WWW-Authenticate': 'Bearer realm="", error="invalid_token"' }
  return new GraphRefusal({ status: 401, code: 'InvalidAuthenticationToken', message, headers })
}

// Without the capability a token stays good until it expires, whatever happens to the person.
function isWithdrawn({ switches }: TenantState, { person }: GraphToken): boolean {
  return person !== undefined && (switches.disabled.includes(person) || switches.revoked.includes(person))
}

/** Throws the 403 when the caller's token lacks a permission that the call needs. */
export function demand({ person, permissions }: Caller, needs: Needs, refusal: Refusal = denied): void {
  const missing = (person ? needs.delegated : needs.application).some(
    anyOf => !anyOf.some(permission => permissions.has(permission)),
  )
  if (missing) throw new GraphRefusal(refusal)
}

/** The person of a delegated call. The app itself has no `/me`. */
export function me({ person }: Caller): Person {
  return person ?? refuse(400, 'BadRequest', '/me request is only valid with delegated authentication flow.')
}
