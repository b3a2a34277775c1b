import { Problem, type ProblemCode } from '../../errors.ts'

/** The parameters of the callback that may come once only. Which of two would count, two readers could see differently. */
const single = ['code', 'state', 'error', 'error_subcode', 'error_description', 'iss', 'session_state']

/** The parameters that came to the callback. Throws Problem('sign-in-not-started') for one that came twice. */
export function answerIn(url: string): URLSearchParams {
  const answer = new URLSearchParams(url.split('?')[1] ?? '')
  if (single.some(name => answer.getAll(name).length > 1)) throw new Problem('sign-in-not-started')
  return answer
}

/** Entra gave no code, and these are its words for why. */
export type Denied = { error: string; subcode: string | null }

/**
 * Undefined where Entra gave a code. Throws Problem('sign-in-not-proven') when the answer says that it comes from another
 * issuer.
 */
export function denialIn(answer: URLSearchParams, issuer: string): Denied | undefined {
  const claimed = answer.get('iss')
  if (claimed !== null && claimed !== issuer) throw new Problem('sign-in-not-proven')
  const error = answer.get('error')
  return error === null ? undefined : { error, subcode: answer.get('error_subcode') }
}

/** Errors that say that this application, or how it is set up in Entra, is at fault. */
const ours = [
  'invalid_request',
  'unauthorized_client',
  'invalid_client',
  'unsupported_response_type',
  'invalid_scope',
  'invalid_resource',
]

/**
 * Goes by `error` and `error_subcode` only: Entra asks not to read its descriptions, and anyone can write them.
 * `cancelled` is for a person who pressed Cancel.
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
 */
export function problemOfDenial({ error, subcode }: Denied, cancelled: ProblemCode): Problem {
  return new Problem(codeOfDenial(error, subcode, cancelled))
}

function codeOfDenial(error: string, subcode: string | null, cancelled: ProblemCode): ProblemCode {
  if (error === 'access_denied' && subcode === 'cancel') return cancelled
  if (error === 'access_denied' || error === 'consent_required') return 'consent-missing'
  if (error === 'server_error' || error === 'temporarily_unavailable') return 'entra-unreachable'
  return ours.includes(error) ? 'sign-in-misconfigured' : 'sign-in-refused'
}
