import * as client from 'openid-client'
import { Problem, type ProblemCode } from '../../errors.ts'
import { NoAnswer, retryAfterOf } from '../outbound.ts'
import { type About, aboutOf, blockedByPolicy, type Refusal, refusalIn, secretRefusals } from './aadsts.ts'

/** An outage is not a lie, and a lie is not an outage: whoever reads the page or the log must know which it was. */
export function problemFrom(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  // Ours, thrown while the library asked for the proof of who we are.
  if (thrown instanceof client.ClientError && thrown.cause instanceof Problem) return thrown.cause
  return new Problem(codeOf(thrown), { cause: thrown })
}

const byAbout = {
  person: 'sign-in-refused',
  passing: 'entra-unreachable',
  us: 'sign-in-misconfigured',
} as const satisfies Record<About, ProblemCode>

function codeOf(thrown: unknown): ProblemCode {
  if (thrown instanceof client.ResponseBodyError) return byAbout[aboutOf(thrown.error, aadstsOf(thrown))]
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

/** What Entra holds against someone, by the AADSTS number of its answer. */
export const refusalOf = (problem: Problem): Refusal => refusalIn(aadstsOf(problem.cause))

/** Whether a policy of Conditional Access forbade the token. */
export const isBlockedByPolicy = (problem: Problem): boolean => aadstsOf(problem.cause).includes(blockedByPolicy)

/** Whether Entra has too much to do, or a part of it is down, by its own word: asking less helps. */
export const isPassing = (problem: Problem): boolean =>
  problem.cause instanceof client.ResponseBodyError && problem.code === byAbout.passing

/** The number by which Entra refused the client secret itself, if that is what happened. */
export const secretRefusalOf = (thrown: unknown): number | undefined =>
  aadstsOf(thrown).find(code => secretRefusals.includes(code))

/** The AADSTS numbers of Entra's answer. Never those in its description, which anybody's text may be part of. */
function aadstsOf(thrown: unknown): readonly number[] {
  const body = thrown instanceof Error ? thrown.cause : undefined
  const codes: unknown =
    typeof body === 'object' && body !== null && 'error_codes' in body ? body.error_codes : undefined
  return [codes].flat().map(Number).filter(Number.isInteger)
}

/** How long Entra or Graph asked to be left alone, in milliseconds, if it did. */
export function retryAfterMsOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined
  const asked =
    thrown instanceof client.ResponseBodyError
      ? retryAfterOf(thrown.response)
      : thrown instanceof NoAnswer && thrown.retryAfterMs
  return asked || retryAfterMsOf(thrown.cause)
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
