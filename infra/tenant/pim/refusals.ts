import { refuse } from '../refusal.ts'

/** PIM's texts of refusals, by code. The spelling is PIM's own. */
const texts = {
  RoleAssignmentExists: 'The Role assignment already exists.',
  PendingRoleAssignmentRequest: 'There is already an existing pending Role assignment request',
  RoleAssignmentDoesNotExist: 'The Role assignment does not exist.',
  ActiveDurationTooShort: 'The Active duration is too short. Miniumum Required is 5 minutes.',
  InvalidRoleAssignmentRequest: 'The role assignment request is invalid.',
  InvalidRoleAssignmentRequestSchedule: 'The role assignment request schedule is invalid.',
  InvalidPolicy: 'The policy is invalid.',
  InvalidPolicyRule: 'The policy rule is invalid.',
  MfaAndAcrsConflict: 'The Mfa and Acrs policy settings cannot be enabled simultaneously.',
  SubjectNotFound: 'The subject is not found.',
}

export function refusePim(code: keyof typeof texts): never {
  return refuse(400, code, texts[code])
}

const worded = {
  EligibilityRule: 'The caller is not eligible',
  ExpirationRule: 'The duration is longer than allowed',
  JustificationRule: 'Justification is required',
  TicketingRule: 'Ticket information is required',
  MfaRule: 'Multi-factor authentication is required',
}
export type RuleName = keyof typeof worded

/** One message names every failed rule, in one of the two forms that PIM uses. */
export function refuseByRules(rules: readonly RuleName[], style: 'list' | 'worded'): never {
  const named = style === 'list' ? JSON.stringify(rules) : rules.map(rule => `${rule} - ${worded[rule]}`).join(', ')
  return refuse(400, 'RoleAssignmentRequestPolicyValidationFailed', `The following policy rules failed: ${named}`)
}

/** The demand for an authentication context: the blank before "value" is PIM's. */
export function refuseForContext(context: string): never {
  const claims = `{"access_token":{"acrs":{"essential":true, "value":${JSON.stringify(context)}}}}`
  return refuse(400, 'RoleAssignmentRequestAcrsValidationFailed', `&claims=${encodeURIComponent(claims)}`)
}
