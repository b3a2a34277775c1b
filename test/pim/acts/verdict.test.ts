import { describe, expect, test } from 'vitest'
import type { Verdict } from '../../../src/audit/trail.ts'
import { GraphRefusal } from '../../../src/entra/graph/refusal.ts'
import { NoAnswer } from '../../../src/entra/outbound.ts'
import type { PimRequest, RequestStatus } from '../../../src/entra/pim/requests.ts'
import { Problem } from '../../../src/errors.ts'
import { outcomeOfRequest, verdictOf, verdictOfThrown } from '../../../src/pim/acts/verdict.ts'

const ofGranting: [RequestStatus, Verdict][] = [
  ['provisioned', 'done'],
  ['granted', 'done'],
  ['schedulecreated', 'done'],
  ['revoked', 'failed'],
  ['denied', 'denied'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
  ['pendingapproval', 'waiting'],
  ['other', 'waiting'],
]
const ofEnding: [RequestStatus, Verdict][] = [
  ['provisioned', 'done'],
  ['granted', 'waiting'],
  ['schedulecreated', 'waiting'],
  ['revoked', 'done'],
  ['denied', 'denied'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
  ['other', 'waiting'],
]

describe('the result of a request', () => {
  test.for(ofGranting)('to grant access that is "%s" is "%s"', ([status, verdict]) => {
    expect(verdictOf(status, 'granting')).toBe(verdict)
  })

  test.for(ofEnding)('to end access that is "%s" is "%s"', ([status, verdict]) => {
    expect(verdictOf(status, 'ending')).toBe(verdict)
  })

  test('is recorded with the id of the request and its status', () => {
    const request = { id: 'r-1', status: 'revoked' } as PimRequest
    expect(outcomeOfRequest(request, 'ending')).toEqual({ verdict: 'done', request: 'r-1', status: 'revoked' })
  })
})

test.for<[string, unknown, Verdict]>([
  ['that got no answer is unanswered', new NoAnswer('silence'), 'unanswered'],
  ['on which Microsoft had a fault is unanswered', new NoAnswer('status 500', { kind: 'failed' }), 'unanswered'],
  ['that was throttled failed', new NoAnswer('status 429', { kind: 'throttled' }), 'failed'],
  ['that Graph refused failed', new GraphRefusal('RoleAssignmentDoesNotExist'), 'failed'],
  ['that was never sent failed', new Problem('entra-unreachable'), 'failed'],
  ['that ran into an error nobody foresaw is unanswered', new TypeError('oops'), 'unanswered'],
])('an act %s', ([, thrown, verdict]) => {
  expect(verdictOfThrown(thrown)).toBe(verdict)
})
