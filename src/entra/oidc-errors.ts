import * as client from 'openid-client'
import { Problem } from '../errors.ts'
import { NoAnswer } from './outbound.ts'

const ofThePerson = new Set([
  'invalid_grant',
  'interaction_required',
  'login_required',
  'consent_required',
  'access_denied',
])
const passing = new Set(['temporarily_unavailable', 'server_error'])

/** An outage is not a lie, and a lie is not an outage: whoever reads the page or the log must know which it was. */
export function problemFrom(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  // Ours, thrown while the library asked for the proof of who we are.
  if (thrown instanceof client.ClientError && thrown.cause instanceof Problem) return thrown.cause
  return new Problem(codeOf(thrown), { cause: thrown })
}

function codeOf(thrown: unknown) {
  if (thrown instanceof client.ResponseBodyError) {
    if (passing.has(thrown.error)) return 'entra-unreachable'
    return ofThePerson.has(thrown.error) ? 'sign-in-refused' : 'sign-in-misconfigured'
  }
  if (thrown instanceof client.WWWAuthenticateChallengeError) return 'sign-in-misconfigured'
  if (hasNoAnswer(thrown)) return 'entra-unreachable'
  return thrown instanceof client.ClientError || thrown instanceof TypeError ? 'sign-in-not-proven' : 'unexpected'
}

/** The library compares the issuer itself; at a refresh another one means another person. */
export function ofAnotherIssuer(thrown: unknown): never {
  const { cause } = thrown instanceof client.ClientError && thrown.cause instanceof Error ? thrown.cause : {}
  const isIssuer = typeof cause === 'object' && cause !== null && 'claim' in cause && cause.claim === 'iss'
  throw isIssuer ? new Problem('other-person', { cause: thrown }) : thrown
}

/** What Entra holds against someone at a refresh, in our words. */
export type Refusal = keyof typeof refusals

/**
 * By AADSTS number. All but one are for the log: 'not-assigned' is told apart, because that person stays signed in at
 * Entra and can be told what to do.
 * Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
const refusals = {
  'not-assigned': [50105],
  revoked: [50173, 50132, 50133],
  expired: [700082, 70008, 70043],
  blocked: [53003, 53000, 53001, 53002, 530032, 530035, 50097, 50129, 50131],
  'mfa-needed': [50074, 50076, 50078, 50079, 50072, 50158],
  disabled: [50057],
  'sign-in-refused': [],
} as const satisfies Record<string, readonly number[]>

export function refusalOf(problem: Problem): Refusal {
  const codes = aadstsOf(problem.cause)
  const found = Object.entries(refusals).find(([, ofThisKind]) =>
    codes.some(code => ofThisKind.some(each => each === code)),
  )
  return (found?.[0] ?? 'sign-in-refused') as Refusal
}

/** A client secret that is wrong, or has expired. Source: as above. */
const secretRefusals = [7000215, 7000222]

/** The number by which Entra refused the client secret itself, if that is what happened. */
export const secretRefusalOf = (thrown: unknown): number | undefined =>
  aadstsOf(thrown).find(code => secretRefusals.includes(code))

/** The AADSTS numbers of Entra's answer. */
function aadstsOf(thrown: unknown): readonly number[] {
  const body = thrown instanceof Error ? thrown.cause : undefined
  const codes: unknown =
    typeof body === 'object' && body !== null && 'error_codes' in body ? body.error_codes : undefined
  return Array.isArray(codes) ? codes.filter(code => Number.isInteger(code)) : []
}

/** How long Entra or Graph asked to be left alone, in milliseconds, if it did. */
export function retryAfterMsOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined
  return thrown instanceof NoAnswer && thrown.retryAfterMs ? thrown.retryAfterMs : retryAfterMsOf(thrown.cause)
}

const unanswered = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
])
function hasNoAnswer(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  return (
    thrown instanceof NoAnswer || unanswered.has((thrown as { code?: string }).code ?? '') || hasNoAnswer(thrown.cause)
  )
}
