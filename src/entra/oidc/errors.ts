import * as client from 'openid-client'
import { Problem, type ProblemCode } from '../../errors.ts'
import { NoAnswer, retryAfterOf } from '../outbound.ts'
import { type Blame, blameFor, blockedByPolicy, type SignInRefusal, secretRefusals, signInRefusalIn } from './aadsts.ts'

/**
 * An error of a call to Entra, as a Problem. An outage and a token that does not hold become different Problems, so that
 * readers of the page and the log know which happened.
 */
export function entraProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  // A Problem of ours, thrown while the library asked us to authenticate.
  if (thrown instanceof client.ClientError && thrown.cause instanceof Problem) return thrown.cause
  return new Problem(problemCodeOf(thrown), { cause: thrown })
}

const byBlame = {
  person: 'sign-in-refused',
  passing: 'entra-unreachable',
  us: 'sign-in-misconfigured',
} as const satisfies Record<Blame, ProblemCode>

function problemCodeOf(thrown: unknown): ProblemCode {
  if (thrown instanceof client.ResponseBodyError) return byBlame[blameFor(thrown.error, aadstsOf(thrown))]
  if (thrown instanceof client.WWWAuthenticateChallengeError) return 'sign-in-misconfigured'
  if (hasNoAnswer(thrown)) return 'entra-unreachable'
  return thrown instanceof client.ClientError || thrown instanceof TypeError ? 'sign-in-not-proven' : 'unexpected'
}

/**
 * Rethrows an error of a refresh. The library compares the issuer itself; at a refresh a token of another issuer is one of
 * another person: Problem('other-person').
 */
export function ofAnotherIssuer(thrown: unknown): never {
  const { cause } = thrown instanceof client.ClientError && thrown.cause instanceof Error ? thrown.cause : {}
  const isIssuer = typeof cause === 'object' && cause !== null && 'claim' in cause && cause.claim === 'iss'
  throw isIssuer ? new Problem('other-person', { cause: thrown }) : thrown
}

/** The reason of a Problem('sign-in-refused'), by the AADSTS numbers in Entra's answer. */
export const signInRefusalOf = (problem: Problem): SignInRefusal => signInRefusalIn(aadstsOf(problem.cause))

/** Whether a policy of Conditional Access forbade the token. */
export const isBlockedByPolicy = (problem: Problem): boolean => aadstsOf(problem.cause).includes(blockedByPolicy)

/** Whether Entra itself says that it has too much to do or that a part of it is down. Asking less often helps then. */
export const isPassing = (problem: Problem): boolean =>
  problem.cause instanceof client.ResponseBodyError && problem.code === byBlame.passing

/** The AADSTS number by which Entra refused the client secret; undefined where Entra refused something else. */
export const secretRefusalOf = (thrown: unknown): number | undefined =>
  aadstsOf(thrown).find(code => secretRefusals.includes(code))

/** The AADSTS numbers of Entra's answer. Numbers in its description do not count: anybody's text may be part of that. */
function aadstsOf(thrown: unknown): readonly number[] {
  const body = thrown instanceof Error ? thrown.cause : undefined
  const codes: unknown =
    typeof body === 'object' && body !== null && 'error_codes' in body ? body.error_codes : undefined
  return [codes].flat().map(Number).filter(Number.isInteger)
}

/** How long Entra or Graph asked us to wait before the next call, in ms; undefined where the answer does not say. */
export function retryAfterMsOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined
  const asked =
    thrown instanceof client.ResponseBodyError
      ? retryAfterOf(thrown.response)
      : thrown instanceof NoAnswer && thrown.retryAfterMs
  return asked || retryAfterMsOf(thrown.cause)
}

const codesOfNoAnswer = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
])
function hasNoAnswer(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false
  if (thrown instanceof NoAnswer) return true
  return codesOfNoAnswer.has((thrown as { code?: string }).code ?? '') || hasNoAnswer(thrown.cause)
}
