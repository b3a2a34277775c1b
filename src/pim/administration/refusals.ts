import { GraphRefusal } from '../../entra/graph/refusal.ts'
import { isBlockedByPolicy, signInRefusalOf } from '../../entra/oidc/errors.ts'
import { NoAnswer } from '../../entra/outbound.ts'
import { isProblem, Problem } from '../../errors.ts'
import { type OrderRefusal, type OrderRefusalCode, orderRefusal } from './words.ts'

const byCode: Record<string, OrderRefusalCode> = {
  RoleAssignmentExists: 'has-it-already',
  PendingRoleAssignmentRequest: 'request-pending',
  RoleAssignmentDoesNotExist: 'has-it-not',
  ActiveDurationTooShort: 'too-young',
  InvalidRoleAssignmentId: 'still-changing',
  InvalidRoleAssignmentRequestSchedule: 'time-invalid',
  StartTimeInPast: 'time-invalid',
  InvalidStartDateTime: 'time-invalid',
  JustificationRuleViolated: 'reason-needed',
  SubjectNotFound: 'not-in-directory',
  ResourceNotFound: 'group-not-in-pim',
  ResourceTypeNotSupported: 'group-unsupported',
  AadPremiumLicenseRequired: 'no-licence',
  PermissionScopeNotGranted: 'consent-missing',
  Authorization_RequestDenied: 'role-missing',
  RoleAssignmentRequestAcrsValidationFailed: 'check-needed',
  GroupAssignmentRequestAcrsValidationFailed: 'check-needed',
}

/** The rules of a policy that an administrator can meet, in the order in which they are told. */
const byRule: readonly (readonly [rule: string, code: OrderRefusalCode])[] = [
  ['ExpirationRule', 'too-long'],
  ['TicketingRule', 'ticket-needed'],
  ['JustificationRule', 'reason-needed'],
  ['MfaRule', 'check-needed'],
]

/**
 * Puts Graph's answer to an administrator, or its silence, into our words. The sentence never holds a code, an id or JSON.
 * A NoAnswer of another kind than 'throttled' may hide that the act happened: this says nothing of that. Throws every other
 * error, Problem('redis-away') included.
 * Source: https://learn.microsoft.com/rest/api/authorization/includes/privileged-role-common-errors
 */
export function orderRefusalFrom(thrown: unknown): OrderRefusal {
  if (thrown instanceof NoAnswer) return orderRefusal(thrown.kind === 'throttled' ? 'busy' : 'unreachable')
  if (thrown instanceof Problem) return ofNoToken(thrown)
  if (!(thrown instanceof GraphRefusal)) throw thrown
  if (Object.hasOwn(byCode, thrown.code)) return orderRefusal(byCode[thrown.code] ?? 'refused')
  const missed = byRule.find(([rule]) => thrown.rules.includes(rule))
  if (missed) return orderRefusal(missed[1])
  if (thrown.claims) return orderRefusal('check-needed')
  if (thrown.status === 401) return orderRefusal('sign-in-not-taken')
  return orderRefusal(thrown.status === 403 ? 'role-missing' : 'refused')
}

/** There was no token to ask with, so nothing was asked. */
function ofNoToken(problem: Problem): OrderRefusal {
  if (isProblem(problem, 'entra-unreachable')) return orderRefusal('unreachable')
  if (isProblem(problem, 'sign-in-misconfigured')) return orderRefusal('consent-missing')
  if (!isProblem(problem, 'sign-in-refused', 'sign-in-not-proven')) throw problem
  const isOfConsent = signInRefusalOf(problem) === 'consent-missing'
  if (isOfConsent) return orderRefusal('consent-missing')
  return orderRefusal(
    signInRefusalOf(problem) === 'mfa-needed' || isBlockedByPolicy(problem) ? 'check-needed' : 'sign-in-not-taken',
  )
}
