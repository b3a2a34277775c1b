import { describe, expect, test } from 'vitest'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import { Problem } from '../../../src/errors.ts'
import { refusalFrom } from '../../../src/pim/refusals/from-graph.ts'
import { type PimRefusal, pimRefusal, type RefusalCode } from '../../../src/pim/refusals/words.ts'
import { graphThat, type Reply, thrownBy } from '../../entra/graph/fake-graph.ts'

const guid = '0f8fad5b-d9cb-469f-a165-70867728950e'
const plain = (code: string, message: string) => ({ error: { code, message, innerError: { 'request-id': guid } } })
const wrapped = (code: string, message: string) =>
  plain('UnknownError', JSON.stringify({ errorCode: code, message, instanceAnnotations: [] }))

async function refusal(reply: Reply): Promise<PimRefusal> {
  const { graph } = graphThat(() => reply)
  return refusalFrom(await thrownBy(graph.call('/anything', 'a-token', { method: 'POST', success: 201 })))
}

type Listed = {
  status: number
  graphs: string
  message: string
  code: RefusalCode
  act: PimRefusal['act']
  says: RegExp
  field?: PimRefusal['field']
}
const listed = (
  [status, graphs, message]: [number, string, string],
  [code, act, says, field]: [RefusalCode, PimRefusal['act'], RegExp, PimRefusal['field']?],
): Listed => ({ status, graphs, message, code, act, says, ...(field && { field }) })

const failedRules = 'RoleAssignmentRequestPolicyValidationFailed'
const rules = (...names: string[]): [number, string, string] => [
  400,
  failedRules,
  `The following policy rules failed: ${JSON.stringify(names)}`,
]
const stepUpMessage = `&claims=${encodeURIComponent('{"access_token":{"acrs":{"essential":true, "value":"c1"}}}')}`

const table: Listed[] = [
  listed([400, 'RoleAssignmentExists', 'The Role assignment already exists.'], ['already-on', 'go-in', /already on/]),
  listed(
    [400, 'PendingRoleAssignmentRequest', 'There is already an existing pending Role assignment request'],
    ['already-waiting', 'wait', /wait for approval/],
  ),
  listed(
    [400, 'RoleAssignmentDoesNotExist', 'The Role assignment does not exist.'],
    ['not-on', 'wait', /look again in a minute/],
  ),
  listed(
    [400, 'ActiveDurationTooShort', 'The Active duration is too short. Miniumum Required is 5 minutes.'],
    ['too-soon-to-end', 'wait', /first five minutes/],
  ),
  listed(rules('JustificationRule'), ['reason-needed', 'fix', /^A reason is needed\.$/, 'reason']),
  listed(rules('TicketingRule'), ['ticket-needed', 'fix', /^A ticket is needed\.$/, 'ticket']),
  listed(rules('ExpirationRule'), ['too-long', 'fix', /shorter time/, 'minutes']),
  listed(rules('MfaRule'), ['step-up-needed', 'step-up', /one more check/]),
  listed(rules('EligibilityRule'), ['not-eligible', 'ask-someone', /permission to turn on access has ended/]),
  listed(rules('MoonPhaseRule'), ['refused', 'tell-operator', /a rule .* Send the reference/]),
  listed(rules('ExpirationRule', 'TicketingRule', 'JustificationRule'), [
    'reason-needed',
    'fix',
    /a reason, a ticket and a shorter time/,
    'reason',
  ]),
  listed(rules('ExpirationRule', 'TicketingRule'), ['ticket-needed', 'fix', /a ticket and a shorter time/, 'ticket']),
  listed(rules('MfaRule', 'JustificationRule'), ['reason-needed', 'fix', /^A reason is needed\.$/, 'reason']),
  listed(rules('JustificationRule', 'MoonPhaseRule'), [
    'reason-needed',
    'fix',
    /a reason and something that this form does not have/,
    'reason',
  ]),
  listed(rules('JustificationRule', 'EligibilityRule'), ['not-eligible', 'ask-someone', /has ended/]),
  listed(rules('MfaRule', 'MoonPhaseRule'), ['refused', 'tell-operator', /a rule/]),
  listed(
    [400, failedRules, 'The following policy rules failed: TicketingRule - Ticket information is required'],
    ['ticket-needed', 'fix', /^A ticket is needed\.$/, 'ticket'],
  ),
  listed([400, failedRules, 'The following policy rules failed'], ['refused', 'tell-operator', /Send the reference/]),
  listed(
    [400, 'RoleAssignmentRequestAcrsValidationFailed', stepUpMessage],
    ['step-up-needed', 'step-up', /one more check/],
  ),
  listed(
    [400, 'GroupAssignmentRequestAcrsValidationFailed', stepUpMessage],
    ['step-up-needed', 'step-up', /one more check/],
  ),
  listed(
    [400, 'InvalidRoleAssignmentRequest', 'The role assignment request is invalid.'],
    ['refused', 'tell-operator', /refused this request\. Send the reference/],
  ),
  listed(
    [400, 'InvalidRoleAssignmentRequestSchedule', 'The role assignment request schedule is invalid.'],
    ['time-invalid', 'fix', /Choose how long again/, 'minutes'],
  ),
  listed([400, 'StartTimeInPast', ''], ['time-invalid', 'fix', /these times/, 'minutes']),
  listed([400, 'InvalidStartDateTime', ''], ['time-invalid', 'fix', /these times/, 'minutes']),
  listed([400, 'InvalidRoleAssignmentId', ''], ['still-changing', 'wait', /still changing/]),
  listed([400, 'InvalidPolicy', 'The policy is invalid.'], ['refused', 'tell-operator', /cannot be used as they are/]),
  listed([400, 'InvalidPolicyRule', 'InvalidPolicyRule'], ['refused', 'tell-operator', /cannot be used as they are/]),
  listed(
    [400, 'MfaAndAcrsConflict', 'The Mfa and Acrs policy settings cannot be enabled simultaneously.'],
    ['refused', 'tell-operator', /cannot be used as they are/],
  ),
  listed([400, 'ResourceTypeNotSupported', ''], ['group-unsupported', 'tell-operator', /group of this kind/]),
  listed([400, 'AadPremiumLicenseRequired', ''], ['no-licence', 'tell-operator', /licence/]),
  listed([403, 'AadPremiumLicenseRequired', ''], ['no-licence', 'tell-operator', /licence/]),
  listed(
    [403, 'PermissionScopeNotGranted', 'Authorization failed due to missing permission scope A,B.'],
    ['app-lacks-permission', 'tell-operator', /application lacks a permission/],
  ),
  listed(
    [403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.'],
    ['caller-lacks-permission', 'ask-someone', /your account/],
  ),
  listed([403, 'SomethingElse', ''], ['app-lacks-permission', 'tell-operator', /application lacks a permission/]),
  listed([404, 'ResourceNotFound', ''], ['still-changing', 'wait', /does not know this group/]),
  listed([404, 'Request_ResourceNotFound', ''], ['still-changing', 'wait', /does not find this/]),
  listed([400, 'SubjectNotFound', ''], ['refused', 'tell-operator', /your account/]),
  listed([400, 'JustificationRuleViolated', ''], ['reason-needed', 'fix', /A reason/, 'reason']),
  listed([400, 'EligibilityNotFound', ''], ['not-eligible', 'ask-someone', /has ended/]),
  listed([401, 'InvalidAuthenticationToken', 'Access token has expired.'], ['refused', 'try-again', /your sign-in/]),
  listed([409, 'Conflict', ''], ['still-changing', 'try-again', /at the same moment/]),
  listed([400, 'BadRequest', 'Invalid filter clause'], ['refused', 'tell-operator', /Send the reference/]),
  listed([400, 'constructor', ''], ['refused', 'tell-operator', /Send the reference/]),
  listed([418, 'NeverSeenBefore', guid], ['refused', 'tell-operator', /Send the reference/]),
]

for (const [name, envelope] of Object.entries({ plain, wrapped }))
  describe(`an error in the ${name} envelope`, () => {
    test.each(table)('$status $graphs ($message) is $code', async ({ status, graphs, message, ...expected }) => {
      const { sentence, ...found } = await refusal({ status, body: envelope(graphs, message) })
      const { says, ...rest } = expected
      expect(found).toEqual(rest)
      expect(sentence).toMatch(says)
    })

    test.each(table)('$status $graphs ($message) is told in plain words', async ({ status, graphs, message }) => {
      expect(oddIn((await refusal({ status, body: envelope(graphs, message) })).sentence)).toEqual([])
    })
  })

/** The parts that have no place in a sentence for people: names of code, ids, numbers of errors, JSON. */
const oddIn = (sentence: string) => [
  ...(sentence.match(/[a-z][A-Z]|_|[{}[\]<>"\\=]|[0-9a-f]{8}-|\b[45]\d\d\b|AADSTS|Graph|PIM|JSON|undefined/g) ?? []),
  ...(/^[A-Z].*\.$/.test(sentence) ? [] : ['not a sentence']),
]

test('the test recognises what has no place in a sentence', () => {
  for (const odd of ['RoleAssignmentExists.', `Id ${guid}.`, 'Error 403.', 'It is {}.', 'no capital.', 'No stop'])
    expect(oddIn(odd)).not.toEqual([])
})

describe('a call that was not answered', () => {
  const noAnswer = (reply: Reply) => refusal({ body: {}, ...reply })
  test.each<[string, Reply, RefusalCode, RegExp]>([
    ['429', { status: 429 }, 'busy', /Try again in a minute/],
    ['429 that asks for a pause', { status: 429, headers: { 'retry-after': '17' } }, 'busy', /Try again in 17 seconds/],
    ['429 that asks for a second', { status: 429, headers: { 'retry-after': '1' } }, 'busy', /Try again in 1 second\./],
    ['500', { status: 500 }, 'no-answer', /It may have worked\. We are checking\./],
    ['503 that asks for a pause', { status: 503, headers: { 'retry-after': '17' } }, 'no-answer', /may have worked/],
    ['504', { status: 504 }, 'no-answer', /may have worked/],
    ['a page', { status: 200, body: '<html>' }, 'no-answer', /may have worked/],
  ])('(%s) is told in plain words', async (_, reply, code, says) => {
    const found = await noAnswer(reply)
    expect(found.code).toBe(code)
    expect(found.sentence).toMatch(says)
    expect(oddIn(found.sentence)).toEqual([])
  })

  test('in time may have worked', () => {
    const cause = new DOMException('The operation was aborted due to timeout', 'TimeoutError')
    expect(refusalFrom(new NoAnswer('no connection', { cause }))).toMatchObject({ code: 'no-answer', act: 'wait' })
  })

  test('in a way that can be used is tried again', () => {
    expect(refusalFrom(new GraphRefusal('shape'))).toMatchObject({ code: 'no-answer', act: 'try-again' })
  })

  test('by Entra, before Graph was asked, has changed nothing', () => {
    const { code, sentence } = refusalFrom(new Problem('entra-unreachable'))
    expect([code, sentence]).toEqual(['busy', expect.stringContaining('nothing was changed')])
  })
})

test('a demand for a newer token is one more check', async () => {
  const claims = Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1"}}}').toString('base64')
  const headers = { 'WWW-Authenticate': `Bearer error="insufficient_claims", claims="${claims}"` }
  expect(await refusal({ status: 401, headers, body: plain('InvalidAuthenticationToken', '') })).toMatchObject({
    code: 'step-up-needed',
  })
})

test.each([new Error('a bug'), new TypeError('a bug'), new Problem('redis-away'), 'text', undefined])(
  'an error that is no answer of Microsoft’s rises: %s',
  thrown => {
    const rising = () => {
      try {
        return refusalFrom(thrown)
      } catch (risen) {
        return { risen }
      }
    }
    expect(rising()).toEqual({ risen: thrown })
  },
)

const codes: Record<RefusalCode, true> = {
  denied: true,
  lapsed: true,
  cancelled: true,
  'already-on': true,
  'already-waiting': true,
  'reason-needed': true,
  'ticket-needed': true,
  'too-long': true,
  'not-eligible': true,
  'step-up-needed': true,
  'step-up-in-vain': true,
  'step-up-cancelled': true,
  'not-on': true,
  'too-soon-to-end': true,
  'not-done': true,
  'time-invalid': true,
  'still-changing': true,
  'still-ending': true,
  'ending-denied': true,
  'ending-failed': true,
  'app-lacks-permission': true,
  'caller-lacks-permission': true,
  'no-licence': true,
  'group-unsupported': true,
  busy: true,
  'no-answer': true,
  failed: true,
  refused: true,
}
test.each(Object.keys(codes) as RefusalCode[])(
  'the refusal %s, made by the application itself, is told in plain words',
  code => {
    const found = pimRefusal(code)
    expect(found.code).toBe(code)
    expect(oddIn(found.sentence)).toEqual([])
  },
)

test('a refusal of too long a time names the longest time, where it is known', () => {
  expect(pimRefusal('too-long', { longestMinutes: 120 }).sentence).toBe('The longest allowed is now 2 hours.')
  expect(pimRefusal('too-long', { longestMinutes: 90 }).sentence).toBe('The longest allowed is now 1 hour 30 minutes.')
})

test('a refusal after a check in vain explains how its policy may be set', () => {
  const { sentence } = pimRefusal('step-up-in-vain')
  expect(sentence).toMatch(/policy .* switched off/)
  expect(sentence).toMatch(/leave your account out/)
})
