import { GraphRefusal, NoAnswer } from '../../entra/graph/graph.ts'
import { Problem } from '../../errors.ts'
import { ofRules } from './from-rules.ts'
import { type PimRefusal, type RefusalCode, refusalOf, sendReference } from './words.ts'

export { type PimRefusal, type RefusalCode, type RefusalFacts, refusalOf } from './words.ts'

const sentences = {
  'group-unknown': 'Microsoft does not know this group yet. Try again in a minute or two.',
  'not-found': 'Microsoft does not find this, or not yet. Try again in a minute or two.',
  'person-unknown': `Microsoft does not find your account in this directory. ${sendReference}`,
  'policy-unusable': `The rules for turning on access cannot be used as they are set. ${sendReference}`,
  'sign-in-not-taken': `Microsoft did not take your sign-in for this. Try again; if that does not help, send the reference below to whoever runs this application.`,
  'changed-meanwhile': 'Somebody else changed this at the same moment. Look at it again.',
  unreadable: 'Microsoft gave an answer that we cannot read. Try again in a minute.',
  unreachable: 'Microsoft cannot be reached right now, and nothing was changed. Try again in a minute.',
}
const said = (code: RefusalCode, sentence: keyof typeof sentences, act?: PimRefusal['act']): PimRefusal => {
  const known = refusalOf(code)
  return { ...known, sentence: sentences[sentence], act: act ?? known.act }
}

/** Something was only asked, and there is no answer. */
export const unreachable = said('busy', 'unreachable')

/** By Graph's code. Names that only others report are here too: a name that never comes costs nothing. */
const byCode: Record<string, PimRefusal> = {
  RoleAssignmentExists: refusalOf('already-on'),
  PendingRoleAssignmentRequest: refusalOf('already-waiting'),
  RoleAssignmentDoesNotExist: refusalOf('not-on'),
  ActiveDurationTooShort: refusalOf('too-soon-to-end'),
  RoleAssignmentRequestAcrsValidationFailed: refusalOf('step-up-needed'),
  GroupAssignmentRequestAcrsValidationFailed: refusalOf('step-up-needed'),
  JustificationRuleViolated: refusalOf('reason-needed'),
  EligibilityNotFound: refusalOf('not-eligible'),
  InvalidRoleAssignmentRequestSchedule: refusalOf('time-invalid'),
  StartTimeInPast: refusalOf('time-invalid'),
  InvalidStartDateTime: refusalOf('time-invalid'),
  InvalidRoleAssignmentId: refusalOf('still-changing'),
  InvalidRoleAssignmentRequest: refusalOf('refused'),
  InvalidPolicy: said('refused', 'policy-unusable'),
  InvalidPolicyRule: said('refused', 'policy-unusable'),
  MfaAndAcrsConflict: said('refused', 'policy-unusable'),
  ResourceTypeNotSupported: refusalOf('group-unsupported'),
  AadPremiumLicenseRequired: refusalOf('no-licence'),
  PermissionScopeNotGranted: refusalOf('app-lacks-permission'),
  Authorization_RequestDenied: refusalOf('caller-lacks-permission'),
  ResourceNotFound: said('still-changing', 'group-unknown'),
  SubjectNotFound: said('refused', 'person-unknown'),
}

/** Where the code is none that we know. */
const byStatus: Record<number, PimRefusal> = {
  0: said('no-answer', 'unreadable', 'try-again'),
  401: said('refused', 'sign-in-not-taken', 'try-again'),
  403: refusalOf('app-lacks-permission'),
  404: said('still-changing', 'not-found'),
  409: said('still-changing', 'changed-meanwhile', 'try-again'),
}

/**
 * What Graph answered, in our words: a sentence and what to do next, for every answer there is, and never a code, an id
 * or JSON in the sentence. What is neither an answer nor the lack of one rises.
 * Source: https://learn.microsoft.com/rest/api/authorization/includes/privileged-role-common-errors
 */
export function refusalFrom(thrown: unknown): PimRefusal {
  if (thrown instanceof NoAnswer) return ofNoAnswer(thrown)
  if (thrown instanceof Problem) return ofProblem(thrown)
  if (!(thrown instanceof GraphRefusal)) throw thrown
  if (Object.hasOwn(byCode, thrown.code)) return byCode[thrown.code] ?? refusalOf('refused')
  if (thrown.rules.length > 0) return ofRules(thrown.rules)
  if (thrown.claims) return refusalOf('step-up-needed')
  return byStatus[thrown.status] ?? refusalOf('refused')
}

/** For a page that has nothing to say without an answer. What is a Problem already stays it. */
export function unansweredAsProblem(cause: unknown): never {
  if (cause instanceof NoAnswer) throw new Problem('graph-silent', { cause })
  if (cause instanceof Problem && cause.code === 'entra-unreachable') throw new Problem('graph-silent', { cause })
  throw cause instanceof GraphRefusal ? new Problem('graph-refused', { cause }) : cause
}

/** Throttled is turned away at the door; every other silence may hide that it was done. */
const ofNoAnswer = ({ kind, retryAfterMs }: NoAnswer): PimRefusal =>
  kind === 'throttled' ? refusalOf('busy', { retryAfterMs }) : refusalOf('no-answer')

/** Of getting the token to ask with, so before anything was asked. */
function ofProblem(problem: Problem): PimRefusal {
  if (problem.code === 'entra-unreachable') return unreachable
  if (problem.code === 'sign-in-refused' || problem.code === 'sign-in-not-proven')
    return said('refused', 'sign-in-not-taken', 'try-again')
  if (problem.code === 'sign-in-misconfigured') return refusalOf('app-lacks-permission')
  throw problem
}
