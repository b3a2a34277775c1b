import { GraphRefusal } from '../../entra/graph/refusal.ts'
import { NoAnswer } from '../../entra/outbound.ts'
import { isProblem, Problem } from '../../errors.ts'
import { ofRules } from './from-rules.ts'
import { type PimRefusal, pimRefusal, type RefusalCode, sendReference } from './words.ts'

const sentences = {
  'group-unknown': 'Microsoft does not know this group yet. Try again in a minute or two.',
  'not-found': 'Microsoft does not find this, or not yet. Try again in a minute or two.',
  'person-unknown': `Microsoft does not find your account in this directory. ${sendReference}`,
  'policy-unusable': `The rules for turning on access cannot be used as they are set. ${sendReference}`,
  'sign-in-not-taken': `Microsoft did not take your sign-in for this. Try again; if that does not help, send the reference below to the people who run this application.`,
  'changed-meanwhile': 'Somebody else changed this at the same moment. Look at it again.',
  unreadable: 'Microsoft gave an answer that we cannot read. Try again in a minute.',
  unreachable: 'Microsoft cannot be reached right now, and nothing was changed. Try again in a minute.',
}
const said = (code: RefusalCode, sentence: keyof typeof sentences, act?: PimRefusal['act']): PimRefusal => {
  const known = pimRefusal(code)
  return { ...known, sentence: sentences[sentence], act: act ?? known.act }
}

/** The refusal where a question was not answered. A question changes nothing. */
export const unreachable = said('busy', 'unreachable')

/** Refusals by Graph's code. Codes that only others have seen are here too: a code that never comes costs nothing. */
const byCode: Record<string, PimRefusal> = {
  RoleAssignmentExists: pimRefusal('already-on'),
  PendingRoleAssignmentRequest: pimRefusal('already-waiting'),
  RoleAssignmentDoesNotExist: pimRefusal('not-on'),
  ActiveDurationTooShort: pimRefusal('too-soon-to-end'),
  RoleAssignmentRequestAcrsValidationFailed: pimRefusal('step-up-needed'),
  GroupAssignmentRequestAcrsValidationFailed: pimRefusal('step-up-needed'),
  JustificationRuleViolated: pimRefusal('reason-needed'),
  EligibilityNotFound: pimRefusal('not-eligible'),
  InvalidRoleAssignmentRequestSchedule: pimRefusal('time-invalid'),
  StartTimeInPast: pimRefusal('time-invalid'),
  InvalidStartDateTime: pimRefusal('time-invalid'),
  InvalidRoleAssignmentId: pimRefusal('still-changing'),
  InvalidRoleAssignmentRequest: pimRefusal('refused'),
  InvalidPolicy: said('refused', 'policy-unusable'),
  InvalidPolicyRule: said('refused', 'policy-unusable'),
  MfaAndAcrsConflict: said('refused', 'policy-unusable'),
  ResourceTypeNotSupported: pimRefusal('group-unsupported'),
  AadPremiumLicenseRequired: pimRefusal('no-licence'),
  PermissionScopeNotGranted: pimRefusal('app-lacks-permission'),
  Authorization_RequestDenied: pimRefusal('caller-lacks-permission'),
  ResourceNotFound: said('still-changing', 'group-unknown'),
  SubjectNotFound: said('refused', 'person-unknown'),
}

/** Refusals by status, where the code is unknown. */
const byStatus: Record<number, PimRefusal> = {
  0: said('no-answer', 'unreadable', 'try-again'),
  401: said('refused', 'sign-in-not-taken', 'try-again'),
  403: pimRefusal('app-lacks-permission'),
  404: said('still-changing', 'not-found'),
  409: said('still-changing', 'changed-meanwhile', 'try-again'),
}

/**
 * Puts Graph's answer, or its silence, into our words: a sentence and what to do next. The sentence never holds a code,
 * an id or JSON. Throws every other error, Problem('redis-away') included.
 * Source: https://learn.microsoft.com/rest/api/authorization/includes/privileged-role-common-errors
 */
export function refusalFrom(thrown: unknown): PimRefusal {
  if (thrown instanceof NoAnswer) return ofNoAnswer(thrown)
  if (thrown instanceof Problem) return ofProblem(thrown)
  if (!(thrown instanceof GraphRefusal)) throw thrown
  if (Object.hasOwn(byCode, thrown.code)) return byCode[thrown.code] ?? pimRefusal('refused')
  if (thrown.rules.length > 0) return ofRules(thrown.rules)
  if (thrown.claims) return pimRefusal('step-up-needed')
  return byStatus[thrown.status] ?? pimRefusal('refused')
}

/**
 * For a page that has nothing to say without an answer. Throws Problem('graph-silent') or Problem('graph-refused'), with
 * the cause. Throws every other error as it is.
 */
export function unansweredAsProblem(cause: unknown): never {
  if (cause instanceof NoAnswer) throw new Problem('graph-silent', { cause })
  if (isProblem(cause, 'entra-unreachable')) throw new Problem('graph-silent', { cause })
  throw cause instanceof GraphRefusal ? new Problem('graph-refused', { cause }) : cause
}

/** A throttled request was turned away before anything was done. Every other silence may hide that it was done. */
const ofNoAnswer = ({ kind, retryAfterMs }: NoAnswer): PimRefusal =>
  kind === 'throttled' ? pimRefusal('busy', { retryAfterMs }) : pimRefusal('no-answer')

/** The token to ask with could not be had, so nothing was asked. */
function ofProblem(problem: Problem): PimRefusal {
  if (problem.code === 'entra-unreachable') return unreachable
  if (problem.code === 'sign-in-refused' || problem.code === 'sign-in-not-proven')
    return said('refused', 'sign-in-not-taken', 'try-again')
  if (problem.code === 'sign-in-misconfigured') return pimRefusal('app-lacks-permission')
  throw problem
}
