import { describe, expect } from 'vitest'
import { askedOf, openSelfService, progressOf, turnOn } from '../../support/self-service.ts'
import { testIn } from '../../support/test-in.ts'
import type { Visitor } from '../../support/visitor.ts'

let ben: Visitor
const test = testIn(openSelfService)
test.beforeAll(async ({ house }) => {
  house.tenant.setPolicy({ context: false })
  ben = await house.visitor('ben')
})

const failedRules = (rules: string) => `The following policy rules failed: ${rules}`
/** What Graph says, and what the person reads instead. Source: graph error tables of PIM. */
const cases: [code: string, message: string, status: number, sentence: RegExp][] = [
  ['ActiveDurationTooShort', 'The Active duration is too short. Miniumum Required is 5 minutes.', 400, /five minutes/],
  ['RoleAssignmentDoesNotExist', 'The Role assignment does not exist.', 400, /does not show this access as on/],
  ['RoleAssignmentRequestPolicyValidationFailed', failedRules('["ExpirationRule"]'), 400, /longe(r|st)/],
  ['RoleAssignmentRequestPolicyValidationFailed', failedRules('["JustificationRule"]'), 400, /reason is needed/],
  [
    'RoleAssignmentRequestPolicyValidationFailed',
    failedRules('TicketingRule - Ticket information is required'),
    400,
    /ticket is needed/,
  ],
  [
    'RoleAssignmentRequestPolicyValidationFailed',
    failedRules('["EligibilityRule"]'),
    400,
    /permission to turn on access/,
  ],
  ['RoleAssignmentRequestPolicyValidationFailed', failedRules('["NewRule"]'), 400, /rule for turning on access/],
  ['InvalidRoleAssignmentRequest', 'The role assignment request is invalid.', 400, /refused this request/],
  ['InvalidRoleAssignmentRequestSchedule', 'The role assignment request schedule is invalid.', 400, /these times/],
  ['InvalidRoleAssignmentId', '', 400, /still changing/],
  ['ResourceTypeNotSupported', '', 400, /group of this kind/],
  ['AadPremiumLicenseRequired', 'The tenant needs Microsoft Entra ID P2.', 400, /licence/],
  ['PermissionScopeNotGranted', 'Authorization failed due to missing permission scope A,B.', 403, /lacks a permission/],
  [
    'Authorization_RequestDenied',
    'Insufficient privileges to complete the operation.',
    403,
    /does not allow your account/,
  ],
  ['ResourceNotFound', 'The resource is not found.', 404, /does not know this group yet/],
  ['SubjectNotFound', 'The subject is not found.', 400, /does not find your account/],
  ['SomethingNobodyKnows', `{"a":1} 5b0d7e19-2c84-4f6a-8e31-9d4a6c2b7f05`, 400, /refused this request/],
]
describe.each(['plain', 'wrapped'] as const)('in the %s envelope', graphEnvelope => {
  test.for(cases)(
    '%s (%s, %i) is a sentence, and nothing that was typed is lost',
    async ([code, message, status, sentence], { house }) => {
      const reason = `Refund for ${code.length} customers, agreed with Lee`
      house.tenant.set({
        graphEnvelope,
        graphError: { what: 'refusal', code, message, status, where: 'requests', method: 'POST', when: 'next' },
      })
      const answer = await turnOn(ben, '/sessions', { reason })
      const text = answer.text.slice(answer.text.indexOf('<main'))
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(answer.status).toBeLessThan(500)
      expect(text).toMatch(sentence)
      expect(text).toContain(reason)
      expect(text).not.toContain(code)
      expect(text).not.toMatch(/5b0d7e19|errorCode|policy rules failed|Rule\b/)
      expect(askedOf(house)).toHaveLength(0)
    },
  )
})

test('429 is said to be passing, and nothing was sent', async ({ house }) => {
  house.tenant.set({
    graphError: { what: '429', where: 'requests', method: 'POST', when: 'next', retryAfterSeconds: 20 },
  })
  const answer = await turnOn(ben, '/sessions')
  expect(answer.text).toMatch(/busy/)
  expect(askedOf(house)).toHaveLength(0)
})
test('while Graph does not answer at all, the page says so and lets nobody in', async ({ house }) => {
  house.tenant.set({ graphDown: true })
  const answer = await ben.get('/sessions')
  house.tenant.set({ graphDown: false })
  expect(answer.status).toBe(403)
  expect(answer.text).toMatch(/cannot check/i)
})
test('a status nobody knows is waited for, and the truth is what counts', async ({ house }) => {
  house.tenant.set({ forcedStatus: 'SomethingNew', provisioningSeconds: 20 })
  await turnOn(ben, '/sessions')
  expect((await progressOf(ben)).step).toBe('accepted')
  house.clock.advance({ seconds: 21 })
  expect((await progressOf(ben)).step).toBe('in')
})
