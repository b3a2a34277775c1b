import { expect, test } from 'vitest'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { Problem } from '../../../src/errors.ts'
import { orderRefusalFrom } from '../../../src/pim/administration/refusals.ts'
import { orderRefusal } from '../../../src/pim/administration/words.ts'

const entra = (...codes: number[]) => Object.assign(new Error('refused'), { cause: { error_codes: codes } })
const refused = (code: string, status = 400, more: object = {}) => new GraphRefusal(code, { status, ...more })

test.each([
  ['RoleAssignmentExists', 'has-it-already', 'change-end'],
  ['PendingRoleAssignmentRequest', 'request-pending', 'again'],
  ['RoleAssignmentDoesNotExist', 'has-it-not', 'nothing'],
  ['ActiveDurationTooShort', 'too-young', 'again'],
  ['InvalidRoleAssignmentId', 'still-changing', 'again'],
  ['InvalidRoleAssignmentRequestSchedule', 'time-invalid', 'correct'],
  ['StartTimeInPast', 'time-invalid', 'correct'],
  ['InvalidStartDateTime', 'time-invalid', 'correct'],
  ['JustificationRuleViolated', 'reason-needed', 'correct'],
  ['SubjectNotFound', 'not-in-directory', 'correct'],
  ['ResourceNotFound', 'group-not-in-pim', 'again'],
  ['ResourceTypeNotSupported', 'group-unsupported', 'tell-operator'],
  ['AadPremiumLicenseRequired', 'no-licence', 'tell-operator'],
  ['PermissionScopeNotGranted', 'consent-missing', 'tell-operator'],
  ['Authorization_RequestDenied', 'role-missing', 'again'],
  ['RoleAssignmentRequestAcrsValidationFailed', 'check-needed', 'check'],
  ['GroupAssignmentRequestAcrsValidationFailed', 'check-needed', 'check'],
  ['toString', 'refused', 'tell-operator'],
])('%s is told as %s, and what is next is %s', (code, told, next) => {
  expect(orderRefusalFrom(refused(code))).toMatchObject({ code: told, next })
})

test.each([
  [['JustificationRule', 'ExpirationRule', 'TicketingRule'], 'too-long'],
  [['JustificationRule', 'TicketingRule'], 'ticket-needed'],
  [['MfaRule', 'JustificationRule'], 'reason-needed'],
  [['MfaRule'], 'check-needed'],
  [['UnheardOfRule'], 'refused'],
])('of the rules %j the first that can be met is told', (rules, code) => {
  expect(orderRefusalFrom(refused('RoleAssignmentRequestPolicyValidationFailed', 400, { rules })).code).toBe(code)
})

test.each([
  ['a claims challenge', refused('InvalidAuthenticationToken', 401, { claims: '{}' }), 'check-needed'],
  ['a 401 without one', refused('InvalidAuthenticationToken', 401), 'sign-in-not-taken'],
  ['a 403 of another code', refused('status 403', 403), 'role-missing'],
  ['a 409', refused('Conflict', 409), 'refused'],
  ['throttling', new NoAnswer('status 429', { kind: 'throttled' }), 'busy'],
  ['silence', new NoAnswer('no connection'), 'unreachable'],
  ['Entra away', new Problem('entra-unreachable'), 'unreachable'],
  ['a registration that is wrong', new Problem('sign-in-misconfigured'), 'consent-missing'],
  ['missing consent', new Problem('sign-in-refused', { cause: entra(65001) }), 'consent-missing'],
  ['a second factor wanted', new Problem('sign-in-refused', { cause: entra(50076) }), 'check-needed'],
  ['a policy that forbids the token', new Problem('sign-in-refused', { cause: entra(53003) }), 'check-needed'],
  ['a session that is over', new Problem('sign-in-refused', { cause: entra(700082) }), 'sign-in-not-taken'],
  ['a token that does not hold', new Problem('sign-in-not-proven'), 'sign-in-not-taken'],
])('%s is told in our words', (_what, thrown, code) => {
  expect(orderRefusalFrom(thrown).code).toBe(code)
})

test.each([new Problem('redis-away'), new Problem('other-person'), new TypeError('a bug')])('%s rises', thrown => {
  expect(() => orderRefusalFrom(thrown)).toThrow(thrown)
})

test('missing consent names each permission that is needed', () => {
  const { sentence } = orderRefusal('consent-missing')
  for (const name of [
    'PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup',
    'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
    'RoleManagementPolicy.Read.AzureADGroup',
    'User.ReadBasic.All',
  ])
    expect(sentence).toContain(name)
})
